"""How a person can look for themselves: each recorded exchange as the command that shows the same."""

from __future__ import annotations

import logging
import shlex
from collections.abc import Sequence

from core.errors import AnnexaError
from core.model import Exchange, Unit
from core.provider import Equivalent
from runs.plugins import collector_with_provider

logger = logging.getLogger(__name__)


def equivalents(unit: Unit, exchanges: Sequence[Exchange]) -> list[str]:
    """A command for each exchange, or its operation and parameters where the provider offers none or is not installed.

    Never raises: what cannot be said as a command can still be read.
    """
    say = _hook(unit)
    return [_said(say, unit, each) for each in exchanges]


def _hook(unit: Unit) -> Equivalent:
    try:
        found = collector_with_provider(unit.collector, unit.source)
    except AnnexaError:  # its SDK is not installed, where somebody only reads
        return _plain
    hook: Equivalent = getattr(found[2], "equivalent", _plain) if found else _plain
    return hook


def _said(say: Equivalent, unit: Unit, exchange: Exchange) -> str:
    try:
        return say(unit, exchange)
    except Exception as error:  # noqa: BLE001 - evidence may be older than the provider's code
        logger.warning("%s cannot be said as a command: %s", exchange.operation, type(error).__name__)
        return _plain(unit, exchange)


def _plain(unit: Unit, exchange: Exchange) -> str:  # noqa: ARG001 - as providers offer it
    """`ask what=roses`: no command, but all that was asked."""
    named = (f"{name}={shlex.quote(value)}" for name, value in sorted(exchange.parameters.items()))
    return " ".join([exchange.operation, *named])
