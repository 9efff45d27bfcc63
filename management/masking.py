"""Masking what people write down: a password in a reason must not be sealed, for what is sealed is never taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from core.management.acceptance import AcceptedFinding
from core.management.subject import Subject
from core.redaction import redact_written
from evidence_store.events import KEPT

AS_SEALED = (AcceptedFinding, Subject)
"""They name verdicts as evidence has them, in which secrets were masked when it was sealed, and are found by that."""

Said = TypeVar("Said")


def masked(said: Said) -> Said:
    """The same (an act, a statement, text, or tuples of them) with marks in place of what can be a secret.

    Masking twice changes nothing.
    """
    texts: list[str] = []

    def note(text: str) -> str:
        texts.append(text)
        return text

    _changed(said, note)
    marks = dict(zip(texts, _masked(texts), strict=True))
    found: Said = _changed(said, marks.__getitem__)
    return found


def _masked(texts: Sequence[str]) -> list[str]:
    """Each text masked. Most hold nothing, and looking through many at once is far cheaper than one by one."""
    if len(texts) <= 1:
        return list(map(redact_written, texts))
    together = "\n\n".join(texts)
    if redact_written(together) == together:
        return list(texts)
    middle = len(texts) // 2
    return [*_masked(texts[:middle]), *_masked(texts[middle:])]


def _changed(value: Any, change: Callable[[str], str]) -> Any:
    if type(value) is str:  # enumerations are strings, too, and hold words of ours
        return change(value)
    if isinstance(value, tuple):
        return tuple(_changed(each, change) for each in value)
    if not is_dataclass(value) or isinstance(value, (type, *AS_SEALED)):
        return value
    return replace(
        value,
        **{
            field.name: _changed(getattr(value, field.name), change)
            for field in fields(value)
            if field.name not in KEPT
        },
    )
