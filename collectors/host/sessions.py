"""What a session starts with. Only lines about umask and TMOUT leave the host: others may hold secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from collectors.host.accounts import LOGIN_DEFS
from collectors.host.facts import Fact
from collectors.host.pam import PAM, PamRule, parse_pam, read_as_pam, read_files
from collectors.host.source import Host, NeedsRootError
from collectors.host.sshd import ROOT_HINT, may_list, rows
from core.plugins import collector
from core.resource import Unobserved, unobserved
from core.resources.host.sessions import IdleTimeout, SessionDefaults, UmaskSetting

SHELL_FILES = Fact(
    "shell_files",
    may_list("/etc/profile.d")
    + 'for f in /etc/profile /etc/bash.bashrc /etc/bashrc /etc/profile.d/*.sh; do [ -f "$f" ] || continue\n'
    'if [ ! -r "$f" ]; then printf \'%s\\0unread\\0\' "$f"; continue; fi\n'
    "while read -r line || [ -n \"$line\" ]; do case $line in '#'*) ;; *umask*|*TMOUT*) "
    'printf \'%s\\0%s\\0\' "$f" "$line" ;; esac; done <"$f"; done',
)
SESSIONS = ("cockpit", "gdm-password", "lightdm", "login", "remote", "sddm", "sshd", "xrdp-sesman")
"""Services of PAM through which people begin a session. What others set, such as cron, holds for none of them."""
_COMMENT = re.compile(r"(?:^|\s)#.*")
_COMMAND = r"(?:^|[;&|{]|\bthen|\belse|\bdo)\s*"
_UMASK = re.compile(_COMMAND + r"umask\s+([^\s;&|}-][^\s;&|}]*)")
_SYMBOLIC = re.compile(r"([ugoa]+)=([rwx]*)")
_TMOUT = re.compile(r"\bTMOUT=[\"']?(\d{1,7})\b")
_READ_ONLY = re.compile(_COMMAND + r"(?:readonly|(?:declare|typeset)\s+-\w*r\w*)\b[^;#]*\bTMOUT\b")


@collector(permissions=(SHELL_FILES, PAM, LOGIN_DEFS))
def session_defaults(host: Host) -> Iterator[SessionDefaults]:
    """The umask and the idle time-out that shells and PAM give to every session."""
    lines = [(file, line) for file, line in rows(host, SHELL_FILES, 2)]
    for file, line in lines:
        if line == "unread":
            raise NeedsRootError(SHELL_FILES, f"only root may read {file}", ROOT_HINT)
    lines = [(file, _COMMENT.sub("", line)) for file, line in lines]
    definitions = read_as_pam(host.text(LOGIN_DEFS))
    mask, source = pam_umask(parse_pam(read_files(host, PAM)), definitions)
    yield SessionDefaults(
        id=host.name,
        shell_umasks=tuple(parse_umasks(lines)),
        pam_umask=mask,
        pam_umask_from=source,
        idle_timeouts=tuple(parse_timeouts(lines)),
    )


def parse_umasks(lines: Sequence[tuple[str, str]]) -> Iterator[UmaskSetting]:
    """Each `umask` command, whether or not a condition stands before it. One with a variable is unobserved."""
    for file, line in lines:
        for mask in _UMASK.findall(line):
            yield UmaskSetting(file=file, mask=parse_mask(mask))


def parse_timeouts(lines: Sequence[tuple[str, str]]) -> Iterator[IdleTimeout]:
    """Each assignment to `TMOUT`, and whether the same file makes it read-only."""
    read_only = {file for file, line in lines if _READ_ONLY.search(line)}
    for file, line in lines:
        for seconds in _TMOUT.findall(line):
            yield IdleTimeout(file=file, seconds=int(seconds), read_only=file in read_only)


def pam_umask(stacks: Mapping[str, Sequence[PamRule]], definitions: Mapping[str, str]) -> tuple[int | None, str]:
    """What `pam_umask` sets where it takes least away, and what tells it to.

    `None` where a service through which people sign in does not have it, or nothing tells it a mask.
    """
    found: list[tuple[int, str]] = []
    for service in [name for name in SESSIONS if name in stacks] or stacks:
        rules = [rule for rule in stacks[service] if rule.type == "session" and rule.module == "pam_umask"]
        told = [
            (rule.arguments["umask"], f"pam_umask in the service {service}")
            if "umask" in rule.arguments
            else (definitions.get("UMASK", ""), "pam_umask with UMASK of /etc/login.defs")
            for rule in rules
        ]
        text, source = next((each for each in reversed(told) if each[0]), ("", ""))
        if not text:
            return None, ""
        mask = parse_mask(text)
        if isinstance(mask, Unobserved):
            return mask, source
        found.append((mask, source))
    return min(found, key=lambda each: each[0].bit_count(), default=(None, ""))


def parse_mask(text: str) -> int:
    """An octal mask, or permissions such as `u=rwx,g=rx,o=`. What is neither is unobserved."""
    parts = [_SYMBOLIC.fullmatch(part) for part in text.split(",")]
    if re.fullmatch(r"[0-7]{1,4}", text):
        return int(text, 8)
    if not all(parts):
        unknown: int = unobserved(f"umask {text} can only be known while the shell runs")
        return unknown
    granted = 0
    for part in filter(None, parts):
        bits = sum({"r": 4, "w": 2, "x": 1}[letter] for letter in set(part[2]))
        granted |= sum(bits * {"u": 64, "g": 8, "o": 1, "a": 73}[who] for who in set(part[1]))
    return 0o777 & ~granted
