"""Hosts over SSH as the configuration has them: which there are, what is known of their keys, and whom to trust."""

from __future__ import annotations

from collections.abc import Sequence

from collectors.host.inventory.instances import KINDS
from collectors.host.ssh.errors import SshError
from collectors.host.ssh.trusting import Listed, Shown, every_host, look_at, trust
from core.errors import AnnexaError
from core.model import Evidence
from core.recording import Clock
from evidence_store.store import Store
from runs.configuration import Configuration
from runs.login import login
from runs.selection import matches
from runs.telling import newest

__all__ = ["Listed", "Shown", "known_hosts", "remember", "shown_by"]


def known_hosts(configuration: Configuration, patterns: Sequence[str], clock: Clock) -> list[Listed]:
    """Every host over SSH that the patterns mean, or all; and inventories that cannot be read."""
    settings = configuration.sources.get("host", ())
    found = every_host(settings, _seen(configuration, clock), clock)
    return [each for each in found if not patterns or any(_means(each.name, pattern) for pattern in patterns)]


def _means(name: str, pattern: str) -> bool:
    return matches(name, pattern.removeprefix("host/"))


def shown_by(configuration: Configuration, name: str, clock: Clock) -> Shown:
    """What a host shows that may not be known yet. Raises `AnnexaError`, also when it changed its key."""
    try:
        return look_at(name, configuration.sources.get("host", ()), _seen(configuration, clock), clock)
    except SshError as error:
        raise AnnexaError(f"{name}: {error}", error.hint) from error


def remember(shown: Shown, clock: Clock) -> None:
    """Trust a host's key from now on. Raises `AnnexaError`."""
    try:
        trust(shown, login(), clock())
    except SshError as error:
        raise AnnexaError(str(error), error.hint) from error


def _seen(configuration: Configuration, clock: Clock) -> Sequence[Evidence]:
    """The instances that earlier scans saw, if some inventory is made of them."""
    if not any(entry.inventory and entry.inventory.instances for entry in configuration.sources.get("host", ())):
        return ()
    with Store.open(configuration.location) as store:
        return newest(store, KINDS, clock(), configuration.stale_after)
