"""One scheduler for each store: a lease that is held as long as its process and its connection live."""

from __future__ import annotations

import logging
import os
import platform
import time
from datetime import datetime

from evidence_store.database import database_at
from evidence_store.database.interface import Held
from evidence_store.errors import ClaimedError, StoreError
from evidence_store.location import Location

logger = logging.getLogger(__name__)

NAME = "scheduler"
LOOK = 10.0
"""Seconds between two looks whether the lease still holds, or can be had again."""


class Lease:
    """The lease of a store. Raises `ClaimedError`, which says who has it, and `StoreError`."""

    def __init__(self, location: Location, at: datetime) -> None:
        self.holder = f"annexa run on {platform.node()[:20]}, process {os.getpid()}, {at:%Y-%m-%dT%H:%MZ}"
        self._database = database_at(location)
        self._looked = time.monotonic()
        self._held: Held | None = None
        try:
            self._held = self._database.claim(NAME, self.holder)
        except BaseException:
            self._database.close()
            raise

    @property
    def held(self) -> bool:
        """What `holds` said last."""
        return self._held is not None

    def holds(self) -> bool:
        """Whether it does, as of a moment ago. One that was lost is taken again, unless somebody else has it by now:
        that raises `ClaimedError`."""
        now = time.monotonic()
        if now - self._looked < LOOK:
            return self._held is not None
        self._looked = now
        try:
            if self._held is None:
                self._held = self._database.claim(NAME, self.holder)
                logger.info("the lease of the store was taken again")
            else:
                self._held.refuse_lost()
        except ClaimedError:
            raise
        except StoreError as error:
            logger.warning("the lease of the store is lost, nothing is begun: %s", error)
            self._let_go()
        return self._held is not None

    def close(self) -> None:
        """Let somebody else have it."""
        self._let_go()
        self._database.close()

    def _let_go(self) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None


def holder(location: Location) -> str:
    """Who schedules for this store, in words; nothing when nobody does. Raises `StoreError`."""
    database = database_at(location)
    try:
        return database.claimed_by(NAME)
    finally:
        database.close()
