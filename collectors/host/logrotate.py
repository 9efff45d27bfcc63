"""The configuration of logrotate(8). Pure reading."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.resources.host.logging import LogRotation

DAYS = {"hourly": 0, "daily": 1, "weekly": 7, "monthly": 28, "yearly": 365}
"""How many days a rotation covers, at least."""


def parse_rotation(found: dict[str, str]) -> Iterator[LogRotation]:
    """One resource for each section. Settings outside of sections are defaults for what comes after them.

    So the files of a folder know of those before the line that includes it.
    """
    defaults: dict[str, str] = {}
    included = defaults
    paths = sorted(found, key=lambda path: path != "/etc/logrotate.conf")
    for path in paths:
        local = defaults if path == "/etc/logrotate.conf" else dict(included)
        logs: list[str] = []
        inside, script = None, False
        for line in (line.strip() for line in found[path].splitlines()):
            word = line.partition(" ")[0].partition("\t")[0]
            if script or word in ("postrotate", "prerotate", "firstaction", "lastaction", "preremove"):
                script = word != "endscript"
            elif line.startswith("}") and inside is not None:
                yield _section(path, tuple(logs), inside)
                inside, logs = None, []
            elif word == "include" and inside is None:
                included = dict(local)
            elif line and not line.startswith("#"):
                names, brace, _ = line.partition("{")
                if inside is None and (brace or names.startswith(("/", '"', "'"))):
                    logs += [name.strip("\"'") for name in re.findall(r"\"[^\"]*\"|'[^']*'|\S+", names)]
                    inside = dict(local) if brace else None
                else:
                    _note(line.split(), local if inside is None else inside)


def _note(words: list[str], settings: dict[str, str]) -> None:
    if words[0] in (*DAYS, "size") or (words[0].startswith("size=")):
        settings["interval"] = "size" if words[0].startswith("size") else words[0]
    elif words[0] in ("rotate", "maxage", "maxsize") and len(words) > 1:
        settings[words[0]] = words[1]


def _section(path: str, logs: tuple[str, ...], settings: dict[str, str]) -> LogRotation:
    rotations = int(settings["rotate"]) if re.fullmatch(r"-?\d{1,9}", settings.get("rotate", "")) else 0
    # Without a word about it logrotate goes by size: above one megabyte.
    interval = settings.get("interval", "size")
    age = int(settings["maxage"]) if re.fullmatch(r"\d{1,9}", settings.get("maxage", "")) else None
    days = rotations * DAYS[interval] if interval in DAYS and "maxsize" not in settings else None
    keeps_all = rotations < 0 and age is None
    if rotations < 0:
        days = age
    elif days is not None and age is not None:
        days = min(days, age)
    return LogRotation(
        id=f"{path} {logs[0] if logs else ''}".strip(),
        logs=logs,
        rotations=rotations,
        interval=interval,
        days=days,
        keeps_all=keeps_all,
    )
