"""Whether the host's log knows of our own visit: asked for in the very session that it must know of."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.host.facts import Fact
from collectors.host.source import FactError, Host
from core.plugins import collector
from core.resources.host.our_session import OurSession

NOWHERE = "nowhere"

# journald keeps what programs say apart by their names; in files any program may write `sshd`. Only whether the lines
# are there leaves the host. `status` is that of the program that read the log.
OUR_SESSION = Fact(
    "our_session",
    """\
[ -n "$SSH_CONNECTION" ] || { echo local; exit; }
set -- $SSH_CONNECTION
user=$(id -un) || exit
if [ -d /run/systemd/journal ] && [ -e /usr/bin/journalctl ]; then log=journal
else log=; for f in /var/log/auth.log /var/log/secure /var/log/messages; do [ ! -e $f ] || { log=$f; break; }; done; fi
{ case $log in
  journal) $SUDO /usr/bin/journalctl -q --no-pager -o cat --since -15min -t sshd -t sshd-session -t sudo ;;
  /var/log/auth.log) $SUDO /usr/bin/tail -n 5000 /var/log/auth.log ;;
  /var/log/secure) $SUDO /usr/bin/tail -n 5000 /var/log/secure ;;
  /var/log/messages) $SUDO /usr/bin/tail -n 5000 /var/log/messages ;;
esac; echo "ended $?"; } | { login=unseen elevation=unseen
  while IFS= read -r line; do last=$line; case $line in
    *"Accepted "*" for $user from $1 port $2 "*|*"Accepted "*" for $user from $1 port $2") login=seen ;;
    *"$user : "*"COMMAND="*) elevation=seen ;;
  esac; done
  printf '%s\\n' "$last" "${log:-nowhere}" "${SUDO:-root}" $login $elevation; }
""",
    (
        "/usr/bin/journalctl -q --no-pager -o cat --since -15min -t sshd -t sshd-session -t sudo",
        "/usr/bin/tail -n 5000 /var/log/auth.log",
        "/usr/bin/tail -n 5000 /var/log/secure",
        "/usr/bin/tail -n 5000 /var/log/messages",
    ),
)


@collector(permissions=(OUR_SESSION,))
def our_session(host: Host) -> Iterator[OurSession]:
    """Whether the log of the host shows that we signed in, and that we used sudo, in this very session.

    The journal counts where there is one, else /var/log/auth.log, /var/log/secure or /var/log/messages; the last 15
    minutes of the one, the last 5,000 lines of the others.
    """
    yield parse_session(host.text(OUR_SESSION), host.name)


def parse_session(text: str, name: str) -> OurSession:
    """What `OUR_SESSION` printed. Raises `FactError` for other text, and where the log could not be read."""
    match text.splitlines():
        case ["local"]:
            remote, log, became, login, elevation = False, "", "root", "unseen", "unseen"
        case [ended, log, became, "seen" | "unseen" as login, "seen" | "unseen" as elevation]:
            if log != NOWHERE and ended != "ended 0":
                raise FactError(OUR_SESSION, f"{OUR_SESSION.name}: {log} could not be read: {ended:.80}")
            remote = True
        case _:
            raise FactError(OUR_SESSION, f"{OUR_SESSION.name}: {text!r:.80} is not what we asked for")
    return OurSession(
        id=name,
        remote=remote,
        log="" if log == NOWHERE else log,
        login_recorded=login == "seen",
        elevated=became != "root",
        elevation_recorded=elevation == "seen",
    )
