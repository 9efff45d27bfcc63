"""What the modules of PAM are told: by their arguments, and by the files they read."""

from __future__ import annotations

from collections.abc import Mapping

from collectors.host.facts import Fact
from collectors.host.pam import READ_FILES, PamRule, read_as_pam
from collectors.host.sshd import may_list
from core.resource import unobserved

Configuration = Mapping[str, str]

# In the order in which the library reads them: later files win.
PAM_SETTINGS = Fact(
    "pam_settings",
    may_list("/etc/security", "/etc/security/pwquality.conf.d")
    + "for f in /etc/security/pwquality.conf.d/*.conf /etc/security/pwquality.conf /etc/security/pwhistory.conf "
    "/etc/security/faillock.conf; do " + READ_FILES,
)


def parse_settings(files: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Settings of files, by the name of the library that reads them. A bare name has an empty value.

    Between name and value stands an equals sign, or white space alone; the last word about a name counts. The file of
    `pam_pwhistory` is read as PAM itself reads: there the first one does.
    """
    settings: dict[str, dict[str, str]] = {}
    for path, text in files.items():
        library = path.partition(".conf")[0].rpartition("/")[2]
        lines = text.splitlines()
        read = read_as_pam("\n".join(lines if library == "pwhistory" else reversed(lines)))
        settings.setdefault(library, {}).update((name.lower(), value) for name, value in read.items())
    return settings


def told(rule: PamRule, file: Configuration, name: str, default: int) -> int:
    """What a module is told by its arguments, else by the file it reads. Another file (`conf=`) is not looked at."""
    if name not in rule.arguments and "conf" in rule.arguments:
        unread: int = unobserved(f"{rule.module} reads {rule.arguments['conf']}, which is not looked at")
        return unread
    values = {**file, **rule.arguments}
    return 0 if (name, values.get(name)) == ("unlock_time", "never") else number(values, name, default)


def origin(arguments: Configuration, file: Configuration, name: str, path: str) -> str:
    """Which of its places tells a module something."""
    if name in arguments:
        return "its arguments"
    if "conf" in arguments:
        return arguments["conf"]
    return path if name in file else "its default"


def number(values: Configuration, name: str, default: int) -> int:
    """A number from a file or an argument; the documented default when it is not there."""
    if name not in values:
        return default
    try:
        return int(values[name])
    except ValueError:
        unknown: int = unobserved(f"{name}={values[name]} is no number")
        return unknown
