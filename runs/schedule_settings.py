"""What the configuration says about `annexa run`: when it looks at what, where it answers, and how it logs."""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from typing import Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from core.settings import Duration, StrictModel
from runs.crontab import Crontab

SHORTEST = timedelta(minutes=1)
"""Between two runs of one source: hardly a scan is quicker, and a log that grows faster helps nobody."""

LONGEST_JITTER = timedelta(days=1)


class Times(StrictModel):
    """When something is looked at: every so often, counted from midnight UTC of 1970, or at times of a crontab in a
    time zone. `jitter` is the most that a source comes later, always by the same amount."""

    every: Duration = timedelta(days=1)
    cron: str = ""
    timezone: str = "UTC"
    jitter: Duration = timedelta(0)

    @field_validator("every")
    @classmethod
    def _not_too_often(cls, every: timedelta) -> timedelta:
        if every < SHORTEST:
            raise ValueError("sources are looked at once a minute at most")
        return every

    @field_validator("cron")
    @classmethod
    def _is_a_crontab(cls, text: str) -> str:
        if text:
            Crontab.parse(text)
        return text

    @field_validator("timezone")
    @classmethod
    def _is_a_time_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (LookupError, ValueError, OSError):  # a name that leads to a folder is an OSError
            raise ValueError(f"there is no time zone named {name}: expected one such as Europe/Berlin") from None
        return name

    @field_validator("jitter")
    @classmethod
    def _at_most_a_day(cls, jitter: timedelta) -> timedelta:
        if jitter > LONGEST_JITTER:
            raise ValueError("a source comes later by a day at most")
        return jitter

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.cron and "every" in self.model_fields_set:
            raise ValueError("either every or cron says when")
        return self


class OwnTimes(Times):
    """When some sources are looked at."""

    sources: list[str] = Field(min_length=1)


class ScheduleSettings(Times):
    """When all sources are looked at but those with times of their own (the first that name a source hold), and how
    many scans may run at once."""

    at_once: int = Field(default=4, ge=1, le=64)
    own: list[OwnTimes] = Field(default_factory=list[OwnTimes])


class ServiceSettings(StrictModel):
    """Where `annexa run` answers `/healthz`, `/readyz` and `/metrics` (nowhere, if empty), and how its log looks."""

    listen: str = "127.0.0.1:9476"
    logs: Literal["text", "json"] = "text"

    @field_validator("listen")
    @classmethod
    def _an_address(cls, text: str) -> str:
        if text:
            _parts(text)
        return text

    @property
    def address(self) -> tuple[str, int] | None:
        """Host and port, or nothing."""
        return _parts(self.listen) if self.listen else None


def _parts(text: str) -> tuple[str, int]:
    """Raises `ValueError` for what is no address and port: a name would be looked up, and could lead anywhere."""
    try:
        parts = urlsplit(f"//{text}")
        host, port = str(ipaddress.ip_address(parts.hostname or "")), parts.port
    except ValueError:
        port = None
    if port is None or text not in {f"{host}:{port}", f"[{host}]:{port}"}:
        raise ValueError("expected an address and a port, such as 127.0.0.1:9476 or [::1]:9476")
    return host, port
