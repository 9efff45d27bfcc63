"""The one place that reads the clock. Everything else takes the moment as an argument."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment in UTC, to the millisecond."""
    moment = datetime.now(UTC)  # noqa: TID251 - this is the place
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
