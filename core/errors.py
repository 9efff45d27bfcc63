"""Errors a person can act on. Anything that is not an `AnnexaError` is a bug of ours."""

from __future__ import annotations


class AnnexaError(Exception):
    """What went wrong and where, and in `hint` what to do next.

    `exit_status` is what the command line ends with: 2 for usage and configuration, 4 for a broken seal.
    """

    exit_status = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint
