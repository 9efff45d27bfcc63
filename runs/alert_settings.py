"""What the configuration says about alerts: channels, each an address by reference, and rules that choose what goes
there."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from core.settings import Secret, StrictModel
from runs.management_settings import SeverityName

ChangeName = Literal[
    "new_failure",
    "reappeared",
    "became_unknown",
    "resolved",
    "could_look_again",
    "gone",
    "left_out",
    "added",
    "said_otherwise",
    "appeared",
    "vanished",
    "changed",
    "rule_changed",
    "acceptance_expired",
    "attestation_ends",
    "attestation_ended",
    "alarm",
]

TELLING: tuple[ChangeName, ...] = (
    *("new_failure", "reappeared", "became_unknown", "acceptance_expired"),
    *("attestation_ends", "attestation_ended", "alarm"),
)
"""The changes that somebody is told of unless a rule names others."""


class AlertRule(StrictModel):
    """What goes to some channels: changes at least this severe; what is left out is not asked for.

    `checks` and `controls` choose resources that appear, vanish or change by what reads them, and they are as severe as
    the gravest of that. `owner` is who is said to answer for it.
    """

    channels: list[str] = Field(min_length=1)
    severity: SeverityName = "medium"
    checks: list[str] = Field(default_factory=list[str])
    controls: list[str] = Field(default_factory=list[str])
    sources: list[str] = Field(default_factory=list[str])
    changes: list[ChangeName] = Field(default_factory=lambda: list(TELLING))
    owner: str = Field(default="", max_length=200)


class AlertSettings(StrictModel):
    """Channels by name, the rules, and the address that hears from us as long as the agent is alive."""

    channels: dict[str, Secret] = Field(default_factory=dict[str, Secret])
    rules: list[AlertRule] = Field(default_factory=list[AlertRule])
    heartbeat: Secret | None = None

    @property
    def in_force(self) -> tuple[AlertRule, ...]:
        """The rules; where there are none, every channel hears of what a rule without conditions is about."""
        if self.rules or not self.channels:
            return tuple(self.rules)
        return (AlertRule(channels=sorted(self.channels)),)
