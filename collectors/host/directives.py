"""Configurations of web servers as blocks of directives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Identify = Callable[[str], str]
"""Makes a name unique."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a configuration: the words of its directives in order, and the blocks in it."""

    name: str
    words: tuple[str, ...] = ()
    directives: dict[str, list[tuple[str, ...]]] = field(default_factory=dict[str, "list[tuple[str, ...]]"])
    blocks: list[Block] = field(default_factory=list["Block"])

    def named(self, *names: str) -> Iterator[Block]:
        """The blocks in it that are called so, in order."""
        return (block for block in self.blocks if block.name in names)

    def add(self, directive: str, *words: str) -> None:
        self.directives.setdefault(directive, []).append(words)


@dataclass(frozen=True, slots=True)
class Words:
    """What the facts about web servers print: the statements of each file, the modes of keys, what may not be read."""

    files: dict[str, list[tuple[str, ...]]]
    keys: dict[str, tuple[str, str]]
    hidden: frozenset[str]


def parse_words(text: str) -> Words:
    """One line for each statement, with tabs between its words, and a full stop after the last one.

    Raises `ValueError` for what is not such output, or not all of it.
    """
    *lines, last = text.split("\n")[:-1] or [""]
    if last != ".":
        raise ValueError("the output has no end")
    files: dict[str, list[tuple[str, ...]]] = {}
    keys: dict[str, tuple[str, str]] = {}
    hidden, current = set[str](), list[tuple[str, ...]]()
    for line in lines:
        match line.split("\t"):
            case ["F", path]:
                current = files.setdefault(path, [])
            case ["K", path, count, modes]:
                keys[path] = count, modes
            case ["E" | "!"] | ["B", _, *_] | ["S", _, _, *_] as statement:
                current.append(tuple(statement))
            case _ if line.startswith("? "):
                hidden.add(line[2:])
            case _:
                raise ValueError(f"{line!r:.80} is no word of a configuration")
    return Words(files, keys, frozenset(hidden))


def told_apart() -> Identify:
    """Tells names apart that come again: `a`, `a (2)`, `a (3)`."""
    seen: Counter[str] = Counter()

    def identify(name: str) -> str:
        seen[name] += 1
        return name if seen[name] == 1 else f"{name} ({seen[name]})"

    return identify
