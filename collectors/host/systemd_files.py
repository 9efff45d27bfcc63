"""Configuration files of systemd's daemons with their drop-ins: which of them count, and in which order.

systemd itself is asked where `systemd-analyze` is there. Its word is held against the files, because what it prints
runs them together: a comment in one could pass for the beginning of another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from collectors.host.facts import Fact
from collectors.host.source import FactError, Host

FOLDERS = ("/etc/systemd", "/run/systemd", "/usr/local/lib/systemd", "/usr/lib/systemd", "/lib/systemd")
"""From the strongest to the weakest."""

# What is a device, as a link to /dev/null, counts as empty, and hides files of the same name in weaker folders.
_COMMAND = """\
for d in @FOLDERS@; do
  [ ! -d "$d" ] || { [ -r "$d" ] && [ -x "$d" ]; } || { echo "$d: Permission denied" >&2; exit 1; }
done
some=
for f in @FILES@; do
  [ -f "$f" ] || [ -c "$f" ] || continue
  some=1; printf '%s\\0' "$f"; [ -c "$f" ] || cat "$f" || exit 1; printf '\\0'
done
[ -z "$some" ] || ! command -v systemd-analyze >/dev/null || systemd-analyze cat-config systemd/@NAME@"""
_REMARKS = re.compile(r"\A(?:\n|# [^/\n][^\n]*(?:\n|\Z))*")
"""Between files: empty lines, and that there is no main file."""
_HEADING = re.compile(r"# (/\S+)[^\n]*(?:\n|\Z)")


def configuration(name: str, daemon_file: str) -> Fact:
    """The fact about one of systemd's files, as `journald.conf`: read it with `in_effect`."""
    folders = [place for folder in FOLDERS for place in (folder, f"{folder}/{daemon_file}.d")]
    patterns = [place for d in FOLDERS for place in (f"{d}/{daemon_file}", f"{d}/{daemon_file}.d/*.conf")]
    words = {"@FOLDERS@": " ".join(folders), "@FILES@": " ".join(patterns), "@NAME@": daemon_file}
    return Fact(name, re.sub(r"@\w+@", lambda found: words[found[0]], _COMMAND))


def in_effect(host: Host, fact: Fact) -> tuple[str, ...]:
    """The texts of those files that count, the weakest first; none where there is no file.

    Raises `FactError` when one could not be read, or when systemd tells of other texts than those that are there.
    """
    answer = host.answer(fact)
    if answer.status:
        raise FactError(fact, f"{fact.name}: {answer.error or f'ended with status {answer.status}'}")
    *pieces, said = answer.output.decode(errors="backslashreplace").split("\0")
    if len(pieces) % 2:
        raise FactError(fact, f"{fact.name}: a file holds NUL bytes, so it is no text")
    found = dict(zip(pieces[::2], pieces[1::2], strict=True))
    try:
        return tuple(taken_apart(said, found) if said.strip() else merged(found))
    except ValueError as error:
        raise FactError(fact, f"{fact.name}: {error}") from error


def taken_apart(said: str, found: dict[str, str]) -> Iterator[str]:
    """The texts of `found`, by path, that `systemd-analyze cat-config` shows. Raises `ValueError` for any other."""
    while rest := _REMARKS.sub("", said):
        heading = _HEADING.match(rest)
        text = found.get(heading[1]) if heading else None
        if heading is None or text is None or not rest.startswith(text, heading.end()):
            raise ValueError(f"systemd-analyze shows another text than the files: {rest.splitlines()[0]!r:.80}")
        yield text
        said = rest[heading.end() + len(text) :]


def merged(found: dict[str, str]) -> Iterator[str]:
    """The same by the rules of journald.conf(5): the strongest main file, then for each name of a drop-in the
    strongest file, in order of names."""
    main: dict[int, str] = {}
    drop_ins: dict[str, tuple[int, str]] = {}
    for path, text in found.items():
        rank = next(number for number, folder in enumerate(FOLDERS) if path.startswith(folder + "/"))
        folder, _, name = path.rpartition("/")
        if folder.endswith(".conf.d"):
            drop_ins[name] = min((rank, text), drop_ins.get(name, (rank, text)))
        else:
            main[rank] = text
    if main:
        yield main[min(main)]
    yield from (drop_ins[name][1] for name in sorted(drop_ins))


def parse_settings(texts: Iterable[str], section: str) -> dict[str, str]:
    """One section of a configuration, as systemd.syntax(7) has it: an empty value takes an earlier one back, a line
    goes on after a backslash, and a section ends with its file."""
    values = dict[str, str]()
    for text in texts:
        current = ""
        lines = (line.strip() for line in text.splitlines())
        plain = "\n".join(line for line in lines if not line.startswith(("#", ";")))
        for line in plain.replace("\\\n", " ").splitlines():
            if line.startswith("["):
                current = line.strip("[]")
            elif current == section and "=" in line:
                name, _, value = line.partition("=")
                values[name.strip()] = value.strip()
    return {name: value for name, value in values.items() if value}
