"""The SSH server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from collectors.host.facts import Fact, root_fact
from collectors.host.source import FactError, Host, NeedsRootError
from collectors.host.sshd_matches import is_for_root, parse_matches
from core.plugins import collector
from core.resource import unobserved
from core.resources.host.sshd import Sshd, SshdFile, SshdMatch, SshdOptions, SshHostKey

T = TypeVar("T")
Options = Mapping[str, Sequence[str]]

SSHD_INSTALLED = Fact("sshd_installed", "[ ! -e /usr/sbin/sshd ] || echo installed")
SSHD_OPTIONS = root_fact("sshd_options", "/usr/sbin/sshd -T")
SSHD_OPTIONS_FOR_ROOT = root_fact(
    "sshd_options_for_root", "/usr/sbin/sshd -T -C user=root,host=localhost,addr=127.0.0.1"
)
# Where /proc hides the processes of others (hidepid), that of process 1 is hidden too.
SSHD_RUNNING = Fact(
    "sshd_running",
    "[ -r /proc/1/comm ] || exit 13\n"
    'for f in /proc/[0-9]*/comm; do if read -r c <"$f" && [ "$c" = sshd ]; then echo running; break; fi; done 2>&-',
)


def may_list(*folders: str) -> str:
    """Shell that ends with `CANNOT_LIST` at a folder we may not list, which would look like one without files."""
    return f"for d in {' '.join(folders)}; do [ ! -d $d ] || [ -r $d -a -x $d ] || exit 13; done\n"


_MAY_LIST = may_list("/etc/ssh", "/etc/ssh/sshd_config.d")
# `sshd -T` tells what holds for one connection, not which others are treated otherwise. Of the files, only what stands
# in a Match block, and where further files are, leaves the host. What only root may read there, or list, is printed by
# grep, for which a rule of sudo needs to name no file that is only found there.
_HIDDEN = ("/usr/bin/grep . /etc/ssh/sshd_config", "/usr/bin/grep -RH . /etc/ssh/sshd_config.d")
SSHD_MATCHES = Fact(
    "sshd_matches",
    may_list("/etc/ssh")
    + """\
show() {
  [ "$2" ] || [ "$hidden" ] || [ ! -s "$1" ] || exit 13
  printf '%s\\0' "$1"; within=
  printf '%s\\n' "$2" | while read -r line; do
    case $line in '#'*) continue ;; [Mm][Aa][Tt][Cc][Hh]*) within=1 ;; esac
    case $within$line in 1*|[Ii][Nn][Cc][Ll][Uu][Dd][Ee]*) printf '%s\\n' "$line" ;; esac
  done
  printf '\\0'
}
d=/etc/ssh/sshd_config.d; hidden=
[ ! -d $d ] || [ -r $d -a -x $d ] || hidden=1
for f in $d/*.conf; do [ ! -f "$f" ] || [ -r "$f" ] || hidden=1; done
if [ "$hidden" ]; then
  said=$($SUDO /usr/bin/grep -RH . /etc/ssh/sshd_config.d) || { r=$?; [ $r = 1 ] || exit $r; }
  printf '%s\\n' "$said" | while read -r line; do
    line=${line#$d/}; name=${line%%.conf:*}
    case $name in "$line"|*/*) ;; *) echo "$d/$name.conf" ;; esac
  done | sort -u | while read -r f; do
    show "$f" "$(printf '%s\\n' "$said" | while read -r line; do
      case $line in "$f":*) printf '%s\\n' "${line#"$f":}" ;; esac
    done)"
  done
  hidden=
else
  for f in $d/*.conf; do [ ! -f "$f" ] || show "$f" "$(cat "$f")"; done
fi
f=/etc/ssh/sshd_config
[ ! -f $f ] || { [ -r $f ] && said=$(cat $f); } || said=$($SUDO /usr/bin/grep . /etc/ssh/sshd_config) || exit
[ ! -f $f ] || show $f "$said"
""",
    _HIDDEN,
)
SSHD_FILES = Fact(
    "sshd_files",
    _MAY_LIST
    + "for f in /etc/ssh/sshd_config /etc/ssh/sshd_config.d /etc/ssh/sshd_config.d/* /etc/ssh/ssh_host_*_key; "
    'do [ ! -e "$f" ] || stat -L --printf \'%a\\0%U\\0%G\\0%n\\0\' "$f" || exit; done',
)
SSH_HOST_KEYS = Fact(
    "ssh_host_keys",
    _MAY_LIST + 'for f in /etc/ssh/ssh_host_*_key.pub; do [ -e "$f" ] || continue; printf \'%s\\0\' "$f"\n'
    "ssh-keygen -l -f \"$f\" || [ $? != 127 ] || exit 127; printf '\\0'; done",
)
ROOT_HINT = "run as root: rules of sudo cannot name files that are only found there"
CANNOT_LIST = 13
"""The status of our own commands that says: there is a folder here which we may not list."""
BANNERS = Fact(
    "banners",
    "for f in /etc/issue.net /etc/issue /etc/motd /etc/ssh/*banner* /etc/*banner*; "
    'do [ ! -f "$f" ] || stat -L --printf \'%s\\0%n\\0\' "$f" || exit; done',
)


@collector(permissions=(SSHD_INSTALLED, SSHD_OPTIONS, SSHD_OPTIONS_FOR_ROOT, SSHD_MATCHES, SSHD_RUNNING, BANNERS))
def sshd(host: Host) -> Iterator[Sshd]:
    """The configuration that sshd runs with. We ask sshd instead of parsing its files, so that defaults and drop-ins
    are resolved; only `Match` blocks are read from the files."""
    installed = bool(host.text(SSHD_INSTALLED).strip())
    running = host.look(lambda: bool(host.text(SSHD_RUNNING).strip()))
    options = host.look(lambda: _options(host)) if installed else None
    if not installed and running is not False:
        options = unobserved("an sshd runs, or may, but not from /usr/sbin: what it is told is not known here")
    matches = host.look(lambda: _matches(host)) if installed else ()
    yield Sshd(id=host.name, options=options, matches=matches, running=running)


@collector(permissions=(SSHD_FILES,))
def sshd_files(host: Host) -> Iterator[SshdFile]:
    """Permissions of sshd's configuration and of the private host keys in /etc/ssh."""
    for mode, owner, group, path in rows(host, SSHD_FILES, 4):
        yield SshdFile(id=path, private_key=path.endswith("_key"), mode=int(mode, 8), owner=owner, group=group)


@collector(permissions=(SSH_HOST_KEYS,))
def ssh_host_keys(host: Host) -> Iterator[SshHostKey]:
    """Kind, length and fingerprint of the public host keys in /etc/ssh."""
    for path, line in rows(host, SSH_HOST_KEYS, 2):
        unseen = unobserved("this host's ssh-keygen finds no key in the file")
        try:
            bits, fingerprint, algorithm = parse_key(line)
        except ValueError:
            bits, fingerprint, algorithm = unseen, unseen, unseen
        yield SshHostKey(id=path, algorithm=algorithm, bits=bits, fingerprint=fingerprint)


def rows(host: Host, fact: Fact, width: int) -> list[tuple[str, ...]]:
    """What a fact printed, as rows of `width` fields, each ended by a NUL byte: file names may hold anything else.

    Raises `FactError` when the fact's command failed or printed something else, and `NeedsRootError` when it met a
    folder we may not list.
    """
    answer = host.answer(fact)
    if answer.status == CANNOT_LIST:
        raise NeedsRootError(fact, f"{fact.name}: there is a folder that we may not list", ROOT_HINT)
    if answer.status:
        raise FactError(fact, f"{fact.name}: ended with status {answer.status}: {answer.error:.300}")
    *fields, rest = (field.decode(errors="backslashreplace") for field in answer.output.split(b"\0"))
    if rest or len(fields) % width:
        raise FactError(fact, f"{fact.name}: this is not what we asked for: {rest!r:.80}")
    return [tuple(fields[i : i + width]) for i in range(0, len(fields), width)]


def parse_key(line: str) -> tuple[int, str, str]:
    """Bits, fingerprint and algorithm of a line that `ssh-keygen -l` printed. Raises `ValueError`."""
    bits, fingerprint, *_, algorithm = line.split()
    return int(bits), fingerprint, algorithm.strip("()")


def parse_options(text: str) -> dict[str, list[str]]:
    """What `sshd -T` printed: every value of each option, by its name in lower case."""
    options: dict[str, list[str]] = {}
    for line in text.splitlines():
        name, _, value = line.partition(" ")
        options.setdefault(name.lower(), []).append(value.strip())
    return options


def parse_sshd(options: Options, for_root: Options, banner_sizes: Mapping[str, int]) -> SshdOptions:
    """The options that checks read, from those of every connection and those of root's."""
    banner = _file(options, "banner")
    size: int = banner_sizes.get(banner, unobserved(f"{banner} is not among the banners we look at")) if banner else 0
    methods = " ".join(options.get("authenticationmethods", ())).split()
    # Called ChallengeResponseAuthentication before OpenSSH 8.7.
    interactive = "kbdinteractiveauthentication"
    interactive = interactive if interactive in options else "challengeresponseauthentication"
    return SshdOptions(
        root_login=_read(for_root, "permitrootlogin", _root_login),
        password_authentication=_read(options, "passwordauthentication", _switch),
        keyboard_interactive_authentication=_read(options, interactive, _switch),
        empty_passwords=_read(options, "permitemptypasswords", _switch),
        authentication_methods=tuple(method for method in methods if method != "any"),
        trusts_certificates=_file(options, "trustedusercakeys") != "",
        keys_elsewhere=_file(options, "authorizedkeyscommand") != ""
        or _read(options, "authorizedkeysfile", _elsewhere),
        maximum_authentication_tries=_read(options, "maxauthtries", int),
        client_alive_interval=_read(options, "clientaliveinterval", int),
        client_alive_count=_read(options, "clientalivecountmax", int),
        tcp_forwarding=_read(options, "allowtcpforwarding", str),
        agent_forwarding=_read(options, "allowagentforwarding", _switch),
        x11_forwarding=_read(options, "x11forwarding", _switch),
        forwarding_disabled=_read(options, "disableforwarding", _switch),
        hostbased_authentication=_read(options, "hostbasedauthentication", _switch),
        ignores_rhosts=_read(options, "ignorerhosts", str),
        user_environment=_read(options, "permituserenvironment", str),
        allowed_users=tuple(options.get("allowusers", ())),
        allowed_groups=tuple(options.get("allowgroups", ())),
        denied_users=tuple(options.get("denyusers", ())),
        denied_groups=tuple(options.get("denygroups", ())),
        banner=banner,
        banner_bytes=size,
        log_level=_read(options, "loglevel", str),
        ciphers=_read(options, "ciphers", _names),
        macs=_read(options, "macs", _names),
        key_exchanges=_read(options, "kexalgorithms", _names),
        gssapi_key_exchanges=_read(options, "gssapikexalgorithms", _names)
        if options.get("gssapikeyexchange") == ["yes"]
        else (),
    )


def _options(host: Host) -> SshdOptions:
    return parse_sshd(_complete(host, SSHD_OPTIONS), _complete(host, SSHD_OPTIONS_FOR_ROOT), _banner_sizes(host))


def _matches(host: Host) -> tuple[SshdMatch, ...]:
    options, sizes = _complete(host, SSHD_OPTIONS), _banner_sizes(host)
    found: list[SshdMatch] = []
    files = rows(host, SSHD_MATCHES, 2)
    if not any(path == "/etc/ssh/sshd_config" for path, _ in files):
        raise FactError(SSHD_MATCHES, "there is no /etc/ssh/sshd_config: sshd reads another file, not looked at here")
    for path, text in files:
        try:
            blocks = list(parse_matches(text))
        except ValueError as error:
            raise FactError(SSHD_MATCHES, f"{path}: {error}") from error
        for criteria, changes in blocks:
            here = {**options, **changes}
            found.append(
                SshdMatch(criteria=criteria, for_root=is_for_root(criteria), options=parse_sshd(here, here, sizes))
            )
    return tuple(found)


def _banner_sizes(host: Host) -> dict[str, int]:
    return {path: int(size) for size, path in rows(host, BANNERS, 2)}


def _complete(host: Host, fact: Fact) -> Options:
    """The options; what is absent from them has its default. Raises `FactError` for what is no list of options."""
    options = parse_options(host.text(fact))
    if "permitrootlogin" not in options:  # every version reports it
        raise FactError(fact, f"{fact.name}: sshd did not print its options")
    return options


def _read(options: Options, name: str, convert: Callable[[str], T]) -> T:
    """One option. What this version of sshd does not report, or reports in words we do not know, is unobserved."""
    said = options.get(name, [""])[0]
    unseen: T = unobserved(f"this version of sshd does not report {name}")
    try:
        return convert(said) if said else unseen
    except (KeyError, ValueError):
        unknown: T = unobserved(f"sshd reports {name} {said}, which we do not know")
    return unknown


def _switch(value: str) -> bool:
    return {"yes": True, "no": False}[value]


def _elsewhere(files: str) -> bool:
    usual = {f"{home}.ssh/authorized_keys{number}" for home in ("", "%h/") for number in ("", "2")}
    return not {*files.split()} <= {*usual, "none"}


def _root_login(value: str) -> str:
    names = {"without-password": "prohibit-password"}  # the name it had before OpenSSH 7
    known = ("yes", "no", "prohibit-password", "forced-commands-only")
    return known[known.index(names.get(value, value))]


def _names(value: str) -> tuple[str, ...]:
    return tuple(value.split(","))


def _file(options: Options, name: str) -> str:
    """A path; empty for sshd's word `none`."""
    value = options.get(name, ["none"])[0]
    return "" if value == "none" else value
