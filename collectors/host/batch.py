"""The batch: one POSIX shell program that answers every fact, and the same as a program that a host pins.

A random nonce delimits the sections, so that no file or command can spoof one (`answers.py` reads them). Each fact is
bounded in time and size, its errors are kept apart from its output, and its exit status travels in band. Nothing is
written on the host, and one fact is asked after the other: it is never busy with more than one.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence
from functools import lru_cache

from collectors.host.answers import Answers, read
from collectors.host.facts import Fact

__all__ = ["ASKING_SECONDS", "NEEDS_ROOT", "PINNED_PROGRAM", "Answers", "pinned", "program", "read", "request"]

ERROR_LIMIT = 2_000
"""Bytes of standard error that are kept for each fact."""

NEEDS_ROOT = "needs-root"
"""Stands for `$SUDO` where we are neither root nor allowed to ask sudo: a program that does not exist."""

ASKING_SECONDS = 85
"""After so long the batch asks no more, so that what was answered arrives before we hang up."""

PINNED_PROGRAM = "/usr/local/libexec/annexa-facts"

REQUEST = "# annexa-facts 1"
"""How a request to a pinned program begins. A shell that gets one takes it for a comment; without the sign it would
run the names of facts, and `reboot` is one."""

LONGEST_REQUEST = 16_384
"""Bytes that a pinned program reads."""

# $SUDO and $AS_NOBODY are for facts (`facts.py`).
_ENVIRONMENT = """\
LC_ALL=C; export LC_ALL
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH
umask 077
SUDO={sudo}; AS_NOBODY=
if [ "$(id -u)" = 0 ]; then
  SUDO=; AS_NOBODY='setpriv --reuid=65534 --regid=65534 --clear-groups'; $AS_NOBODY true 2>/dev/null || AS_NOBODY=
fi
export SUDO AS_NOBODY
"""

# What runs one fact, in a session of its own: SECONDS LIMIT COMMAND, and the nonce on its standard input, where the
# command cannot see it. Answers go to 3, errors and status to 4. A command with more output than its limit gets
# SIGPIPE; one with more errors than we keep is drained and goes on. Whichever ends first, the sleep or the work, the
# rest of the session ends with it, and with it whatever the command left behind. (`timeout` is not the same everywhere:
# that of busybox ends one process only, and what it starts to do so holds our pipes for a second more.)
_ASK = """\
read -r N
sleep "$1" </dev/null >/dev/null 3>&- 4>&- &
clock=$!
{ { { sh -c "$3" </dev/null 2>&5 3>&- 4>&- 5>&-; printf "\\n%s STATUS %s\\n" "$N" "$?" >&4; } | head -c "$2" >&3
  } 5>&1 | { head -c @ERRORS@; cat >/dev/null; } >&4
  kill $clock
} &
trap "" TERM
if wait $clock; then kill -TERM 0; exec >/dev/null 3>&- 4>&-; sleep 1; kill -KILL 0; fi
kill -TERM 0
wait
""".replace("@ERRORS@", str(ERROR_LIMIT))

# f NAME DIGEST SECONDS LIMIT COMMAND. Small writes would each travel in a packet of their own, which costs us more than
# all the rest: dd gathers them.
_FUNCTIONS = """\
ask='@ASK@'
now() {
  read -r u _ </proc/uptime || u=$(date +%s).00
  c=$((${u%.*} * 100 + 1${u#*.} - 100))
}
f() {
  now; s=$c; r=$(((end - c) / 100))
  [ "$r" -gt 0 ] || { late=1; return 0; }
  [ "$r" -lt "$3" ] || r=$3
  printf '\\n%s BEGIN %s %s\\n' "$N" "$1" "$2"
  e=$(printf '%s\\n' "$N" | setsid sh -c "$ask" ask "$r" "$4" "$5" 4>&1)
  now
  case $e in *"$N STATUS "*) x= ;; *) [ $((c - s)) -lt $((r * 100 - 5)) ] && x= || x="$N STATUS 124" ;; esac
  printf '\\n%s ERROR %s\\n%s\\n%s\\n%s END %s\\n' "$N" $((c - s)) "$e" "$x" "$N" "$1"
}
lacks=
[ "$(setsid sh -c 'echo ok' 2>/dev/null)" = ok ] || lacks=setsid
[ "$(printf abc | head -c 2 2>/dev/null)" = ab ] || lacks="$lacks head"
if command -v dd >/dev/null; then gather='dd ibs=16384 obs=65536'; else gather=cat; fi
""".replace("@ASK@", _ASK)

_BEGIN = """\
{
now; end=$((c + @SECONDS@ * 100)); late=
printf '\\n%s PRINCIPAL %s\\n' "$N" "$(id -un || id -u)"
printf '\\n%s CLOCK %s\\n' "$N" "$(date +%s.%N)"
[ -z "$lacks" ] || { printf '\\n%s LACKS %s\\n' "$N" "$lacks"; exit 1; }
""".replace("@SECONDS@", str(ASKING_SECONDS))
_END = """\
printf '\\n%s CLOCK %s\\n' "$N" "$(date +%s.%N)"
[ -n "$late" ] || printf '\\n%s DONE\\n' "$N"
} 2>/dev/null 3>&1 | $gather 2>/dev/null
"""

# p asks what is wanted of all that is pinned.
_REQUESTED = """\
refuse() { echo "annexa: $1"; exit 1; }
[ -z "$lacks" ] || refuse "this host has no $lacks"
set -f
set -- $(head -c @LONGEST@)
[ "$1 $2 $3" = '@REQUEST@' ] || refuse "this key runs only $0: set privilege: pinned for this host"
N=$4
case $N in *[!0-9a-f]*) N= ;; esac
[ ${#N} = 32 ] || refuse "this is no request"
shift 4; wanted=" $* "
p() { case $wanted in *" $1 "*) f "$@" ;; esac; }
""".replace("@LONGEST@", str(LONGEST_REQUEST)).replace("@REQUEST@", REQUEST)


def program(facts: Iterable[Fact], nonce: str, *, sudo: bool) -> bytes:
    """The shell program for `sh -s`. Raises `ValueError` for a nonce that is not 32 hexadecimal digits."""
    environment = _ENVIRONMENT.format(sudo="'sudo -n'" if sudo else NEEDS_ROOT)
    asked = (_line("f", fact) for fact in facts)
    return "".join((environment, _FUNCTIONS, f"N={_checked(nonce)}\n", _BEGIN, *asked, _END)).encode()


def pinned(facts: Iterable[Fact]) -> str:
    """The program that a host pins: it asks these facts and no others, and takes a `request` on its standard input."""
    environment = _ENVIRONMENT.format(sudo="'sudo -n'")
    asked = (_line("p", fact) for fact in facts)
    return "".join(("#!/bin/sh\n", environment, _FUNCTIONS, _REQUESTED, _BEGIN, *asked, _END))


def request(facts: Sequence[Fact], nonce: str) -> bytes:
    """What a pinned program is given: the nonce, and the names of the facts that are wanted of it."""
    return f"{REQUEST} {_checked(nonce)} {' '.join(fact.name for fact in facts)}\n".encode()


@lru_cache(maxsize=2_048)  # every host of a fleet is asked the same
def _line(function: str, fact: Fact) -> str:
    return f"{function} {fact.name} {fact.digest} {fact.seconds} {fact.limit + 1} {shlex.quote(fact.command)}\n"


def _checked(nonce: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{32}", nonce):
        raise ValueError("the nonce is 128 random bits in hexadecimal")
    return nonce
