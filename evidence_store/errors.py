"""What can go wrong with a store, in words a person can act on."""

from __future__ import annotations

from core.errors import AnnexaError


class StoreError(AnnexaError):
    """The store cannot be used: not writable, full, locked, or of another version. Nothing in it is wrong."""


class BrokenSealError(AnnexaError):
    """Sealed evidence was altered after the fact, or was damaged."""

    exit_status = 4


class DisposedError(AnnexaError):
    """Evidence was thrown away, and a sealed tombstone says so: nothing is wrong, but it cannot be read any more."""


class UnreachableError(StoreError):
    """The place where evidence lies cannot be reached, or refuses, now."""


class ClaimedError(StoreError):
    """Somebody else does already what only one may do."""


class OutdatedError(StoreError):
    """Others have sealed newer evidence than what was judged: judge again, on that."""
