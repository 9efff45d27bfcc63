"""Bringing the newest checkpoint to where this machine cannot change it: folders elsewhere, and authorities."""

from __future__ import annotations

from contextlib import suppress

from core.recording import Clock
from evidence_store.errors import StoreError
from evidence_store.log.publication import publish
from evidence_store.store import Store
from evidence_store.timestamps.stamps import stamp_newest
from runs.authorities import authorities
from runs.configuration import Configuration


def bring_out(configuration: Configuration, store: Store, clock: Clock) -> None:
    """Publish the checkpoint and have it stamped. What was sealed stands, whatever comes of this: the next scan tries
    again."""
    with suppress(StoreError):
        if configuration.publish:
            publish(store, configuration.publish, clock)
        if configuration.timestamps:
            stamp_newest(store, authorities(configuration), clock)
