"""How people are called in a bundle, and what is done to sealed bytes that name some of them in plain.

What identifies people is sealed as tokens, which say nothing to whoever has no key. So sealed bytes leave as they are,
and every proof over them holds; beside them stands a table that says what to read for each token: a name, or with
`--redact people` a pseudonym. Only what was sealed before somebody was known as a person may hold that name in plain.
Then a copy without it leaves in its place, and the bundle says so: the sealed digest stays, and its bytes stay home.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from core.codec import CodecError, canonical, parse
from evidence_store.events import KEPT
from evidence_store.people.keyring import Keyring
from evidence_store.people.persons import Concealment, beside_tokens, tokens
from evidence_store.questions.states import FindingState, GapState
from runs.report import Report

FIXED = KEPT | {
    "agent_version", "as_of", "at", "body", "check_digest", "checks", "collected_at", "collector", "digest", "finished",
    "hint", "kind", "lines", "operation", "response", "settings", "sources", "started", "version",
}  # fmt: skip
"""Fields of sealed bodies that name things of ours, places and moments: never a person."""


class _Everything(frozenset[bytes]):
    def __contains__(self, _: object) -> bool:
        return True


class Names:
    """Reads names, or says pseudonyms. With `known` people, their names are replaced also where they stand in plain."""

    def __init__(self, keyring: Keyring, known: Concealment | None = None) -> None:
        self._keyring = keyring
        self._known = known
        self._met: dict[bytes, str] = {}
        self._everybody = (keyring.people, keyring.erased)  # asks the store now, while it is open

    @property
    def redacted(self) -> bool:
        """Whether people are called by pseudonyms."""
        return self._known is not None

    def data(self, data: bytes) -> bytes:
        """Sealed bytes, or a copy of them, as they are to be read."""
        return self._keyring.reveal(data)

    def text(self, text: str) -> str:
        """Text of a store, as it is to be read."""
        if self._known and self._known.concerns(text.encode()):
            text = beside_tokens(text.encode(), self._known.body).decode()
        return self._keyring.text(text)

    def meet(self, data: bytes) -> None:
        """Remember the tokens in these bytes, which leave."""
        for token in tokens(data) - self._met.keys():
            self._met[token] = self._keyring.reveal(token).decode(errors="surrogateescape")

    def met(self) -> Mapping[str, str]:
        """What stands for each token that was met, in the order of the tokens."""
        return {token.decode(): self._met[token] for token in sorted(self._met)}

    def answer(self, data: bytes) -> bytes:
        """A recorded answer as it may leave: the same bytes where nobody is named in it in plain."""
        return beside_tokens(data, self._known.body) if self._known else data

    def population(self, data: bytes) -> bytes:
        """The lines of a population as they may leave."""
        known = self._known
        return beside_tokens(data, lambda rest: known.lines(rest, _Everything())) if known else data

    def body(self, data: bytes) -> bytes:
        """The body of a leaf or a unit as it may leave."""
        return self._known_in(data, self._structured)

    def lines(self, data: bytes) -> bytes:
        """Lines of bodies as they may leave."""
        return self._known_in(data, lambda all_: b"".join(self._structured(each) + b"\n" for each in all_.splitlines()))

    def _known_in(self, data: bytes, change: Callable[[bytes], bytes]) -> bytes:
        return change(data) if self._known and self._known.concerns(data) else data

    def _structured(self, line: bytes) -> bytes:
        try:
            return canonical(self._without("", parse(line)))
        except CodecError:  # no canonical JSON: a file of a mapping
            return self.answer(line)

    def _without(self, name: str, value: Any) -> Any:
        known = self._known
        if isinstance(value, str):
            return value if name in FIXED or not known else beside_tokens(value.encode(), known.body).decode()
        if isinstance(value, dict):
            return {key: self._without(key, each) for key, each in value.items()}
        return [self._without(name, each) for each in value] if isinstance(value, list) else value

    def report(self, report: Report) -> Report:
        """What stood, with people called as here."""
        if not self.redacted:
            return report
        return replace(
            report,
            findings=tuple(map(self._finding, report.findings)),
            gaps=tuple(map(self._gap, report.gaps)),
            warnings=tuple(map(self.text, report.warnings)),
        )

    def _finding(self, each: FindingState) -> FindingState:
        return replace(each, reason=self.text(each.reason), resource=self.text(each.resource))

    def _gap(self, each: GapState) -> GapState:
        return replace(each, reason=self.text(each.reason), hint=self.text(each.hint))
