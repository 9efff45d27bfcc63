"""PAM's configuration: a pure parser of /etc/pam.d that follows `@include`, `include` and `substack`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from collectors.host.facts import Fact
from collectors.host.source import Host, NeedsRootError
from collectors.host.sshd import ROOT_HINT, may_list, rows

WITHOUT_COMMENTS = "sed -e '/\\\\$/{' -e ':a' -e n -e '/\\\\$/ba' -e b -e '}' -e '/^[[:space:]]*#/d'"
"""Shell that prints a file without its comments, which are most of what stands in it. What goes on behind a backslash
is left as it is: there a comment may be none."""
READ_FILES = (
    '[ -f "$f" ] || continue; printf \'%s\\0\' "$f"\n'
    f'if [ -r "$f" ]; then printf \'read\\0\'; {WITHOUT_COMMENTS} "$f"\n'
    "else printf 'unread\\0'; fi; printf '\\0'; done"
)
"""The body of a shell loop that prints files: path, whether it could be read, and what is in it."""

PAM = Fact("pam", may_list("/usr/lib/pam.d", "/etc/pam.d") + "for f in /usr/lib/pam.d/* /etc/pam.d/*; do " + READ_FILES)
INCLUDES = ("include", "substack")
LEFT_OVERS = (".dpkg-", ".ucf-", ".rpmsave", ".rpmnew", ".rpmorig", ".bak", ".orig", ".old", "~")
"""In the names of files that package managers and editors leave beside a service's own; no program asks for them."""


@dataclass(frozen=True, slots=True)
class PamRule:
    """One line of a service's stack, includes resolved."""

    type: str
    """`auth`, `account`, `password` or `session`."""
    control: str
    """`required`, `requisite`, `sufficient`, `optional`, or an expression in brackets."""
    module: str
    """Without folder and `.so`: `pam_unix`."""
    arguments: Mapping[str, str]
    """By name; those without a value have an empty one."""
    within: tuple[int, ...] = field(default=(), compare=False)
    """The substacks around it, by the places of their lines: the outermost first."""


def read_files(host: Host, fact: Fact) -> dict[str, str]:
    """Files that a fact made with `READ_FILES` printed, by path. Raises `NeedsRootError` for one we may not read."""
    files = {}
    for path, state, text in rows(host, fact, 3):
        if state == "unread":
            raise NeedsRootError(fact, f"only root may read {path}", ROOT_HINT)
        files[path] = text
    return files


def read_as_pam(text: str) -> dict[str, str]:
    """Settings of a file as the library of PAM reads it (`pam_modutil_search_key`), by name in capitals.

    The first word about a name counts, a comment may follow it, and an equals sign may stand between the two. The tools
    that read /etc/login.defs beside PAM let the last word count.
    """
    settings: dict[str, str] = {}
    for line in text.splitlines():
        name, _, value = re.sub(r"[\s=]+", " ", line.partition("#")[0].strip(), count=1).partition(" ")
        if name:
            settings.setdefault(name.upper(), value)
    return settings


def parse_pam(files: Mapping[str, str]) -> dict[str, tuple[PamRule, ...]]:
    """The stack of each service.

    A file that others include is a part, not a service, and is left out; but `su`, which only `su-l` includes, is one.
    """
    names = {path: path.rpartition("/")[2] for path in files}
    # /etc comes last and wins
    by_name = {names[path]: text for path, text in files.items() if not any(end in names[path] for end in LEFT_OVERS)}
    lines = {name: list(_lines(text)) for name, text in by_name.items()}
    parts = {
        part
        for service, rules in lines.items()
        for part in (_name(words[-1] if words[0] == "@include" else words[2]) for words in rules if _includes(words))
        if not service.startswith(f"{part}-")
    }
    return {name: tuple(_stack(name, "", lines, (), ())) for name in sorted(lines) if name not in parts}


def _lines(text: str) -> Iterator[list[str]]:
    """The words of each rule; an expression in brackets is one word."""
    for line in text.replace("\\\n", " ").splitlines():
        words = re.findall(r"\[[^\]]*\]|\S+", line.partition("#")[0])
        if words:
            yield words


def _includes(words: list[str]) -> bool:
    return words[0] == "@include" or (len(words) > 2 and words[1] in INCLUDES)  # noqa: PLR2004 - type, control, module


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _stack(
    name: str, only: str, lines: Mapping[str, list[list[str]]], files: tuple[str, ...], within: tuple[int, ...]
) -> Iterator[PamRule]:
    """The rules of a file, of one type or of all; a file that includes itself ends there."""
    for place, words in enumerate(lines.get(name, ()) if name not in files else ()):
        if words[0] == "@include":
            yield from _stack(_name(words[-1]), only, lines, (*files, name), within)
            continue
        kind = words[0].removeprefix("-").lower()
        if len(words) < 3 or (only and kind != only):  # noqa: PLR2004 - type, control, module
            continue
        if words[1] in INCLUDES:
            deeper = (*within, place) if words[1] == "substack" else within
            yield from _stack(_name(words[2]), kind, lines, (*files, name), deeper)
            continue
        pairs = (word.strip("[]").partition("=") for word in words[3:])
        module = _name(words[2]).removesuffix(".so")
        yield PamRule(kind, words[1], module, {key: value for key, _, value in pairs}, within)
