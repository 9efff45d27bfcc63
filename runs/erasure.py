"""Erasing people from the evidence of a configured store."""

from __future__ import annotations

from collections.abc import Sequence

from core.recording import Clock
from core.redaction import redact_written
from evidence_store.people import erasure
from evidence_store.people.erasure import Decision, Erasure, Survey
from evidence_store.store import Store
from runs.configuration import Configuration
from runs.login import login
from runs.outward import bring_out


def survey(configuration: Configuration, names: Sequence[str]) -> Survey:
    """Where people occur in what is sealed. Raises `AnnexaError`."""
    with Store.open(configuration.location) as store:
        return erasure.survey(store, names)


def erase(configuration: Configuration, names: Sequence[str], *, reason: str, approver: str, clock: Clock) -> Erasure:
    """Destroy their keys and seal that it was done; then publish the checkpoint over that, and have it stamped.

    Raises `AnnexaError`; then nobody was erased.
    """
    decision = Decision(reason=redact_written(reason), login=login(), approver=redact_written(approver))
    with Store.open(configuration.location) as store:
        done = erasure.erase(store, names, decision, clock())
        if done.leaf >= 0:
            bring_out(configuration, store, clock)
        return done
