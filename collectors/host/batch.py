"""The batch: one POSIX shell program that answers every fact, and the reader of its framed output.

A random nonce delimits the sections, so that no file or command can spoof one. Each fact is bounded in time
(`timeout`) and size (`head -c`), its errors are kept apart from its output, and its exit status travels in band.
Nothing is written on the host.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from collectors.host.facts import Answer, Fact
from core.redaction import redact

ERROR_LIMIT = 2_000
"""Bytes of standard error that are kept for each fact."""

NEEDS_ROOT = "needs-root"
"""Stands for `$SUDO` where we are neither root nor allowed to ask sudo: a program that does not exist."""

# f NAME SECONDS LIMIT COMMAND. Descriptor 3 is our output; inside $(…), 4 carries the exit status and 5 the errors.
# A command with more output than its limit gets SIGPIPE; one with more errors than we keep is drained and goes on.
# Readers have a time limit too: a child that outlives its command would hold their pipe open.
_PROLOGUE = """\
LC_ALL=C; export LC_ALL
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH
umask 077
if [ "$(id -u)" = 0 ]; then SUDO=; else SUDO={sudo}; fi; export SUDO
N={nonce}
exec 3>&1
centiseconds() {{ u=0.00; read -r u _ </proc/uptime; c=${{u%.*}}${{u#*.}}; }}
f() {{
  printf '\\n%s BEGIN %s\\n' "$N" "$1"
  centiseconds; s=$c
  e=$({{ {{ {{ timeout -k 2 "$2" sh -c "$4" </dev/null 2>&5 3>&- 4>&- 5>&-
      printf '\\n%s STATUS %s\\n' "$N" "$?" >&4; }} | timeout $(($2 + 3)) head -c "$3" >&3
    }} 5>&1 | timeout $(($2 + 3)) sh -c 'head -c {error_limit}; cat >/dev/null'
  }} 4>&1)
  centiseconds
  printf '\\n%s ERROR %s\\n%s\\n%s END %s\\n' "$N" "$((c - s))" "$e" "$N" "$1"
}}
printf '\\n%s PRINCIPAL %s\\n' "$N" "$(id -un 2>/dev/null || id -u)"
"""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a host said: who we were there, and the answer to each fact that the batch reached, by name."""

    principal: str
    by_fact: dict[str, Answer]


def program(facts: Sequence[Fact], nonce: str, *, sudo: bool) -> bytes:
    """The shell program for `sh -s`. Raises `ValueError` for a nonce that is not 32 hexadecimal digits."""
    if not re.fullmatch(r"[0-9a-f]{32}", nonce):
        raise ValueError("the nonce is 128 random bits in hexadecimal")
    privilege = "'sudo -n'" if sudo else NEEDS_ROOT
    lines = [_PROLOGUE.format(nonce=nonce, error_limit=ERROR_LIMIT, sudo=privilege)]
    lines += [f"f {fact.name} {fact.seconds} {fact.limit + 1} {shlex.quote(fact.command)}\n" for fact in facts]
    return "".join(lines).encode()


def read(output: bytes, nonce: str, facts: Sequence[Fact]) -> Answers:
    """Take the batch's output apart, redacting each answer before anything else sees it.

    A section that was cut off (the host died, the time was up) is not among the answers.
    """
    mark = nonce.encode()
    principal = re.search(rb"\n" + mark + rb" PRINCIPAL ([^\n]{1,200})\n", output)
    answers: dict[str, Answer] = {}
    for fact in facts:
        name = fact.name.encode()
        _, begun, rest = output.partition(b"\n%b BEGIN %b\n" % (mark, name))
        section, ended, _ = rest.partition(b"\n%b END %b\n" % (mark, name))
        body, marked, tail = section.partition(b"\n%b ERROR " % mark)
        if begun and ended and marked:
            answers[fact.name] = _answer(body, tail, mark, fact)
    return Answers(_text(principal[1]) if principal else "", answers)


def _answer(body: bytes, tail: bytes, mark: bytes, fact: Fact) -> Answer:
    centiseconds, _, errors = tail.partition(b"\n")
    status = re.search(rb"\n?" + mark + rb" STATUS (\d+)\n?", errors)
    errors = errors.replace(status[0], b"\n") if status else errors
    output, redactions = redact(body[: fact.limit])
    return Answer(
        output=output,
        error=_text(redact(errors)[0]).strip(),
        status=int(status[1]) if status else -1,
        truncated=len(body) > fact.limit,
        duration_ms=max(0, int(centiseconds)) * 10 if re.fullmatch(rb"-?\d{1,9}", centiseconds) else 0,
        redactions=redactions,
    )


def _text(data: bytes) -> str:
    return data.decode(errors="backslashreplace").replace("\0", "\\x00")
