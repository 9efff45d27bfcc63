"""nginx: its configuration, includes and inheritance resolved.

`nginx -T` would show the same files, but it is no mere look: it makes the file of the process id, folders and logs that
are not there yet, binds the ports when nginx does not run, and prints every secret of the configuration. So the files
are read as they are, and only words that matter here leave the host
(docs/decisions/0027-services-are-read-or-asked.md).
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from collectors.host.directives import Block, Words
from collectors.host.facts import Fact
from collectors.host.key_files import KEY_MODES

MAIN = "/etc/nginx/nginx.conf"
FOLDERS = (
    "/etc/nginx", "/etc/nginx/conf.d", "/etc/nginx/conf.d/*", "/etc/nginx/default.d", "/etc/nginx/http.d",
    "/etc/nginx/includes", "/etc/nginx/modules-enabled", "/etc/nginx/sites-enabled", "/etc/nginx/snippets",
    "/etc/nginx/ssl", "/etc/nginx/stream.d", "/etc/nginx/streams-enabled", "/etc/nginx/vhosts.d",
    "/usr/share/nginx/modules",
)  # fmt: skip
"""Where distributions and guides put configuration that nginx includes."""
SINGLE_FILES = ("/etc/letsencrypt/options-ssl-nginx.conf",)

# Takes the files apart as nginx does (words, quotes, comments, blocks) and prints, with tabs between words, `F FILE`,
# `S DIRECTIVE WORD…`, `B BLOCK`, `E` for the end of one, and `!` where a file ends in the middle of something. Of
# `return` and `rewrite` only the fact that they lead to https is told. Lua is skipped by counting its braces.
_AWK = r"""
function clean(text) { gsub(/[[:cntrl:]]/, " ", text); return text }
function ended() { if (have) { word[++n] = token; token = ""; have = 0 } }
function statement(  i, line) {
  if (word[1] == "return" || word[1] == "rewrite") {
    for (i = 2; i <= n; i++) if (word[i] ~ /^https:\/\//) { print "S\tredirect\thttps"; break }
  } else if (index(kept, " " word[1] " ") && word[2] !~ /^(data|engine|store):/) {
    line = "S"
    for (i = 1; i <= n; i++) line = line "\t" clean(word[i])
    print line
  }
  n = 0
}
function block(  name) {
  name = index(blocks, " " word[1] " ") ? word[1] : "other"
  if (name == "location" && !(n == 2 && word[2] == "/")) name = "other"
  if (name == "if" && word[2] !~ /^\(\$(host|scheme)$/) name = "other"
  print "B\t" name
  if (word[1] ~ /_by_lua_block$/) lua = 1
  n = 0
}
function finished() { if (quote != "" || lua || have || n) print "!"; quote = ""; lua = have = n = 0; token = "" }
FNR == 1 { finished(); print "F\t" clean(FILENAME) }
{
  size = length($0)
  for (i = 1; i <= size; i++) {
    c = substr($0, i, 1)
    if (lua) { lua += (c == "{") - (c == "}"); if (!lua) print "E"; continue }
    if (quote != "") {
      if (c == "\\") { token = token substr($0, ++i, 1) } else if (c == quote) { quote = "" } else token = token c
      continue
    }
    if (c ~ /[ \t\r]/) ended()
    else if (c == ";") { ended(); statement() }
    else if (c == "{" && !(have && token ~ /\$$/)) { ended(); block() }
    else if (c == "}" && !have) print "E"
    else if (c == "#" && !have) break
    else if ((c == "\"" || c == "\047") && !have) { quote = c; have = 1 }
    else { have = 1; token = token c; if (c == "\\") token = token substr($0, ++i, 1) }
  }
  if (quote != "") token = token " "; else if (!lua) ended()
}
END { finished(); print "." }
"""
_KEPT = (
    "include listen server_name server_tokens ssl ssl_protocols ssl_ciphers ssl_conf_command ssl_certificate_key "
    "access_log error_log"
)
_BLOCKS = "http stream mail server location if"

NGINX_VERSION = Fact("nginx_version", "if [ -e /usr/sbin/nginx ]; then /usr/sbin/nginx -v 2>&1; else echo absent; fi")
NGINX_CONFIGURATION = Fact(
    "nginx_configuration",
    f"[ -e {MAIN} ] || {{ echo absent; exit; }}\n"
    "command -v awk >/dev/null || exit 127\n"
    "cd /etc/nginx || exit 13\nset --\n"
    f'for d in {" ".join(FOLDERS)}; do [ ! -d "$d" ] || [ -r "$d" -a -x "$d" ] || printf \'? %s\\n\' "$d"; done\n'
    f"for f in {' '.join(f'{folder}/*' for folder in FOLDERS)} {' '.join(SINGLE_FILES)}; do\n"
    "case $f in *.key|*.pem|*.crt|*.cer|*.der|*.p12) continue ;; esac\n"
    '[ -f "$f" ] || continue; if [ -r "$f" ]; then set -- "$@" "$f"; else printf \'? %s\\n\' "$f"; fi; done\n'
    "tab=$(printf '\\t')\n"
    f"awk -v kept=' {_KEPT} ' -v blocks=' {_BLOCKS} ' '{_AWK}' \"$@\" | while IFS= read -r line; do\n"
    "printf '%s\\n' \"$line\"\n"
    'case $line in "S${tab}ssl_certificate_key$tab"*) key=${line##*"$tab"}; ' + KEY_MODES + " ;; esac; done",
    limit=2_097_152,
)
MOST_NESTED = 30


def parse_tree(words: Words) -> Block:
    """The configuration as one block, includes resolved. Raises `ValueError` for an include that was not read."""
    main = Block("main")
    _fill([main], MAIN, words, 0)
    return main


def _fill(within: list[Block], path: str, words: Words, depth: int) -> None:
    if path not in words.files:
        raise ValueError(f"{path} was not read")
    if depth > MOST_NESTED:
        raise ValueError(f"{path} is included too deep")
    floor = len(within)
    for kind, *rest in words.files[path]:
        if kind == "B":
            within[-1].blocks.append(Block(" ".join(rest)))
            within.append(within[-1].blocks[-1])
        elif kind == "E" and len(within) > floor:
            within.pop()
        elif kind == "S" and rest[0] == "include":
            for each in _included(rest[-1], words):
                _fill(within, each, words, depth + 1)
        elif kind == "S":
            within[-1].add(*rest)
        else:
            raise ValueError(f"{path} is not written as nginx wants it")
    if len(within) != floor:
        raise ValueError(f"{path} ends within a block")


def _included(pattern: str, words: Words) -> list[str]:
    """The files that an `include` names, in the order of nginx: relative to the folder of the main file, sorted."""
    absolute = str(PurePosixPath(MAIN).parent / pattern)
    folder = str(PurePosixPath(absolute).parent)
    looked_at = absolute in words.files or any(PurePosixPath(folder).match(each) for each in FOLDERS)
    if not looked_at:
        raise ValueError(f"it includes {absolute}, which is not among the places we look at")
    closed = [path for path in words.hidden if PurePosixPath(path).match(absolute) or path == folder]
    if closed:
        raise ValueError(f"it includes {closed[0]}, which only root may read")
    if not re.search(r"[*?[]", absolute):
        return [absolute]
    return sorted(path for path in words.files if PurePosixPath(path).match(absolute))
