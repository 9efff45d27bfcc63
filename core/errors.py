"""Errors a person can act on. Anything that is not an `AnnexaError` is a bug of ours."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class AnnexaError(Exception):
    """What went wrong and where, and in `hint` what to do next.

    `exit_status` is what the command line ends with: 2 for usage and configuration, 4 for a broken seal.
    """

    exit_status = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint

    @property
    def each(self) -> tuple[AnnexaError, ...]:
        """Itself; or the errors that it stands for, where it is about several mistakes at once."""
        return (self,)


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """`, did you mean regions?`, or nothing when no allowed word is close."""
    close = get_close_matches(word, tuple(allowed), n=1)
    return f", did you mean {close[0]}?" if close else ""
