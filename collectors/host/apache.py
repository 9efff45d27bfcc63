"""Apache: its configuration, includes and conditions resolved.

No command of Apache shows it whole: `apachectl -S` lists virtual hosts only, and what `DUMP_CONFIG` needs is seldom
loaded. So the files are read, and only words that matter here leave the host
(docs/decisions/0027-services-are-read-or-asked.md).
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from collectors.host.directives import Block, Words
from collectors.host.facts import Fact
from collectors.host.key_files import KEY_MODES

LAYOUTS = {"/etc/apache2": "/etc/apache2/apache2.conf", "/etc/httpd": "/etc/httpd/conf/httpd.conf"}
"""ServerRoot and main file: of Debian's family, and of Red Hat's."""
FOLDERS = (
    "/etc/apache2", "/etc/apache2/conf.d", "/etc/apache2/conf-enabled", "/etc/apache2/mods-enabled",
    "/etc/apache2/sites-enabled", "/etc/apache2/vhosts.d", "/etc/httpd/conf", "/etc/httpd/conf.d",
    "/etc/httpd/conf.modules.d", "/etc/httpd/sites-enabled", "/etc/httpd/vhosts.d",
)  # fmt: skip
SINGLE_FILES = ("/etc/letsencrypt/options-ssl-apache.conf",)

# Prints, with tabs between words: `F FILE`, `S DIRECTIVE WORD…`, `B SECTION WORD…`, `E` for the end of a section. Names
# are in lower case. Of logs only the path leaves, and of what is redirected only that all of it is led to https.
_AWK = r"""
function clean(text) { gsub(/[[:cntrl:]]/, " ", text); return text }
function split_words(text,  c, i, have, quote, size) {
  n = 0; word[1] = ""; word[2] = ""; size = length(text)
  for (i = 1; i <= size; i++) {
    c = substr(text, i, 1)
    if (quote != "") {
      if (c == "\\" && substr(text, i + 1, 1) == quote) { word[n] = word[n] quote; i++ }
      else if (c == quote) quote = ""
      else word[n] = word[n] c
    } else if (c ~ /[ \t\r]/) have = 0
    else {
      if (!have) { word[++n] = ""; have = 1; if (c == "\"" || c == "\047") { quote = c; continue } }
      word[n] = word[n] c
    }
  }
}
function show(mark, count,  i, line) {
  line = mark "\t" tolower(clean(word[1]))
  for (i = 2; i <= count; i++) line = line "\t" clean(word[i])
  print line
}
function redirects(  i, target, whole) {
  for (i = 2; i <= n; i++) {
    if (word[i] ~ /^https:\/\//) target = 1
    if (word[i] == "/" || word[i] ~ /^\^?\/?\??(\(?\.\*\)?)?\$?$/) whole = 1
  }
  return target && whole
}
function handle(text,  name) {
  sub(/^[ \t]+/, "", text); sub(/[ \t\r]+$/, "", text)
  if (text == "" || text ~ /^#/) return
  if (text ~ /^<\//) { print "E"; return }
  if (text ~ /^</) {
    sub(/^<[ \t]*/, "", text); sub(/>[^>]*$/, "", text); split_words(text); name = " " tolower(word[1]) " "
    if (name == " location " && word[2] != "/") name = " other "
    if (index(sections, name)) show("B", n); else print "B\tother"
    return
  }
  split_words(text); name = tolower(word[1])
  if (name ~ /^(redirect|redirectpermanent|redirectmatch|rewriterule)$/) { if (redirects()) print "S\tredirect\thttps" }
  else if (name ~ /^(customlog|errorlog|transferlog)$/) print "S\t" name "\t" (word[2] ~ /^\// ? clean(word[2]) : "-")
  else if (name ~ /^(define|loadmodule|sslopensslconfcmd|use)$/) show("S", 2)
  else if (index(kept, " " name " ")) show("S", n)
}
FNR == 1 { if (pending != "") handle(pending); pending = ""; print "F\t" clean(FILENAME) }
{
  pending = pending $0
  if (pending ~ /\\$/) pending = substr(pending, 1, length(pending) - 1)
  else { handle(pending); pending = "" }
}
END { if (pending != "") handle(pending); print "." }
"""
_KEPT = (
    "include includeoptional listen serverroot servername serveralias servertokens sslengine sslprotocol "
    "sslciphersuite sslcertificatefile sslcertificatekeyfile undefine"
)
_SECTIONS = "virtualhost ifmodule ifdefine ifversion iffile location"

APACHE_VERSION = Fact(
    "apache_version",
    # Without these folders /usr/sbin/httpd is another program of that name.
    "[ -d /etc/apache2 -o -d /etc/httpd ] || { echo absent; exit; }\n"
    "for p in /usr/sbin/apache2 /usr/sbin/httpd; do [ ! -e $p ] || { $p -v && $p -l; exit; }; done; echo absent",
)
APACHE_CONFIGURATION = Fact(
    "apache_configuration",
    f"[ -e {' -o -e '.join(LAYOUTS.values())} ] || {{ echo absent; exit; }}\n"
    "command -v awk >/dev/null || exit 127\n"
    f"cd /etc/apache2 2>&- || cd /etc/httpd || exit 13\nset --\n"
    f'for d in {" ".join(FOLDERS)}; do [ ! -d "$d" ] || [ -r "$d" -a -x "$d" ] || printf \'? %s\\n\' "$d"; done\n'
    f"for f in {' '.join(f'{folder}/*' for folder in FOLDERS)} {' '.join(SINGLE_FILES)}; do\n"
    "case $f in *.key|*.pem|*.crt|*.cer|*.der|*.p12) continue ;; esac\n"
    '[ -f "$f" ] || continue; if [ -r "$f" ]; then set -- "$@" "$f"; else printf \'? %s\\n\' "$f"; fi; done\n'
    "tab=$(printf '\\t')\n"
    f"awk -v kept=' {_KEPT} ' -v sections=' {_SECTIONS} ' '{_AWK}' \"$@\" | while IFS= read -r line; do\n"
    "printf '%s\\n' \"$line\"\n"
    'case $line in "S${tab}sslcertificatekeyfile$tab"*|"S${tab}sslcertificatefile$tab"*) key=${line##*"$tab"}; '
    + KEY_MODES
    + " ;; esac; done",
    limit=2_097_152,
)
MOST_NESTED = 30
CONDITIONS = frozenset({"ifmodule", "ifdefine", "ifversion", "iffile"})
_COMPARE = {"=": (0,), "==": (0,), ">": (1,), ">=": (0, 1), "<": (-1,), "<=": (-1, 0)}


def parse_modules(text: str) -> set[str]:
    """The modules that are built in, of `httpd -l`."""
    return set(re.findall(r"^\s+(\w+\.c)$", text, re.MULTILINE))


class Reader:
    """Reads files in the order of Apache, which decides conditions on what it has read so far."""

    def __init__(self, words: Words, version: str, modules: set[str]) -> None:
        self._words = words
        self._version = version
        self._modules = {*modules}
        self._defined = set[str]()
        self._root, self._main = next(
            ((root, main) for root, main in LAYOUTS.items() if main in words.files), ("/", "the main file")
        )

    @property
    def red_hat(self) -> bool:
        return self._root == "/etc/httpd"

    def tree(self) -> Block:
        """The configuration as one block. Raises `ValueError` where it depends on what was not read."""
        main = Block("main")
        self._fill([main], self._main, 0)
        return main

    def _fill(self, within: list[Block], path: str, depth: int) -> None:
        if path not in self._words.files:
            raise ValueError(f"{path} was not read")
        if depth > MOST_NESTED:
            raise ValueError(f"{path} is included too deep")
        open_sections: list[bool | None] = []
        """For each section that is open in this file, whether what it holds counts."""
        for kind, *rest in self._words.files[path]:
            if kind == "B":
                open_sections.append(self._enter(within, rest, open_sections))
            elif kind == "E" and open_sections:
                within.pop()
                open_sections.pop()
            elif kind == "S":
                if False in open_sections:
                    continue
                if None in open_sections:
                    raise ValueError(f"{path} sets {rest[0]} under a condition that is not followed here")
                self._statement(within, rest, depth)
            else:
                raise ValueError(f"{path} ends a section that it did not begin")
        if open_sections:
            raise ValueError(f"{path} ends within a section")

    def _enter(self, within: list[Block], rest: list[str], outer: list[bool | None]) -> bool | None:
        """Begins a section; says whether what it holds counts."""
        name, *words = rest
        if name in CONDITIONS:
            within.append(within[-1])
            return self._holds(name, words)
        block = Block(name, tuple(words))
        if all(outer):
            within[-1].blocks.append(block)
        within.append(block)
        return True

    def _holds(self, name: str, words: list[str]) -> bool | None:
        """Whether a condition holds; `None` where only the server that runs could say."""
        wanted = words[0].removeprefix("!") if words else ""
        negated = bool(words) and words[0].startswith("!")
        if name == "ifmodule":
            return (wanted in self._modules) is not negated
        if name == "ifdefine" and wanted in self._defined:
            return not negated
        if name == "ifversion":
            return self._version_is(words)
        return None  # another name may have been defined when the server was started

    def _version_is(self, words: list[str]) -> bool | None:
        operator, version = words if len(words) == 2 else ("=", *words, "")[:2]  # noqa: PLR2004 - operator, version
        negated, operator = operator.startswith("!"), operator.removeprefix("!")
        if operator not in _COMPARE or not re.fullmatch(r"\d+(\.\d+)*", version) or not self._version:
            return None
        asked = tuple(map(int, version.split(".")))
        ours = tuple(map(int, self._version.split(".")))[: len(asked)]
        return (((ours > asked) - (ours < asked)) in _COMPARE[operator]) is not negated

    def _statement(self, within: list[Block], rest: list[str], depth: int) -> None:
        name, *words = rest
        match name:
            case "include" | "includeoptional":
                for each in self._included(words[0]):
                    self._fill(within, each, depth + 1)
            case "loadmodule":
                # `LoadModule ssl_module …/mod_ssl.so`: conditions know it as `ssl_module` and as `mod_ssl.c`.
                self._modules |= {words[0], f"mod_{words[0].removesuffix('_module')}.c"}
            case "define":
                self._defined.add(words[0])
            case "undefine":
                self._defined.discard(words[0])
            case "serverroot":
                self._root = words[0].rstrip("/")
            case "use":
                raise ValueError("it uses macros, which are not followed here")
            case _:
                within[-1].add(*rest)

    def _included(self, pattern: str) -> list[str]:
        """The files that an `Include` names, relative to ServerRoot; those of a folder are all in it."""
        absolute = str(PurePosixPath(self._root) / pattern)
        if absolute in FOLDERS:
            absolute += "/*"
        folder = str(PurePosixPath(absolute).parent)
        if folder not in FOLDERS and absolute not in SINGLE_FILES:
            raise ValueError(f"it includes {absolute}, which is not among the places we look at")
        closed = [path for path in self._words.hidden if PurePosixPath(path).match(absolute) or path == folder]
        if closed:
            raise ValueError(f"it includes {closed[0]}, which only root may read")
        if not re.search(r"[*?[]", absolute):
            return [absolute]
        return sorted(path for path in self._words.files if PurePosixPath(path).match(absolute))
