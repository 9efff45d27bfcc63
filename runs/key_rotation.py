"""Changing the key of a log, and what is known of its keys."""

from __future__ import annotations

from dataclasses import dataclass

from core.recording import Clock
from evidence_store.errors import StoreError
from evidence_store.keys import rotation
from evidence_store.keys import signing as keys
from evidence_store.keys.rotation import Rotation
from evidence_store.store import Store
from runs.configuration import Configuration
from runs.outward import bring_out


@dataclass(frozen=True, slots=True)
class RetiredKey:
    """A key that signed once, and the leaf that ended that."""

    key: str
    leaf: int


@dataclass(frozen=True, slots=True)
class KeyState:
    """The keys of a log: the current one with its file, and the retired ones.

    `unfinished` means that a change of the key was begun, and `problem` says what keeps the key from signing.
    """

    key: str
    file: str
    retired: tuple[RetiredKey, ...]
    unfinished: bool
    problem: str = ""


def rotate(configuration: Configuration, clock: Clock) -> Rotation:
    """Change the key; then publish the checkpoint that hands over, and have it stamped. Raises `AnnexaError`."""
    with Store.open(configuration.location) as store:
        done = rotation.rotate(store, clock())
        bring_out(configuration, store, clock)
        return done


def key_state(configuration: Configuration) -> KeyState:
    """What the store says about its keys, and whether the key file fits. Raises `AnnexaError`."""
    problem = ""
    with Store.open(configuration.location) as store, store.reading() as connection:
        history = store.history(connection)
        try:
            store.signing_key(connection)
        except StoreError as error:
            problem = str(error)
    file, waiting = configuration.key_file, keys.waiting_file(configuration.key_file)
    return KeyState(
        key=str(history.current),
        file=str(file),
        retired=tuple(RetiredKey(str(verifier), position) for position, verifier in history.retired),
        unfinished=waiting.exists(),
        problem=problem,
    )
