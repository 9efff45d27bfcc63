"""Accounts of which Entra ID Protection believes that somebody else uses them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, cast

from collectors.entra.source import PROTECTION, Entra
from collectors.rest import Read
from collectors.rest_answers import Fields, RestError
from core.plugins import collector
from core.resource import Unobserved
from core.resources.entra import RiskyUser

RISKY = Read("/v1.0/identityProtection/riskyUsers", needs="IdentityRiskyUser.Read.All", limit=PROTECTION)
RISKY_STATES = ("atRisk", "confirmedCompromised")
OPEN = " or ".join(f"riskState eq '{each}'" for each in RISKY_STATES)
LEVELS = ("low", "medium", "high")
MOST = "500"
OVER = frozenset({"none", "confirmedSafe", "remediated", "dismissed"})
"""States of which none is asked for; a word that nobody knows is no such state."""


@collector(permissions=(RISKY,))
def risks(entra: Entra) -> Iterator[RiskyUser]:
    """Accounts at risk with which nobody has dealt. The level is hidden from tenants without Entra ID P2."""
    for entry in entra.entries(RISKY, filter=OPEN, top=MOST):
        deleted = entra.look(lambda: entry.flag("isDeleted"))  # noqa: B023 - now
        if not isinstance(deleted, Unobserved) and deleted:
            continue
        if entry.text("riskState") in OVER:
            continue
        yield RiskyUser(
            id=entry.text("id"),
            login=entra.look(lambda: entry.text("userPrincipalName")),  # noqa: B023 - now
            level=deleted if isinstance(deleted, Unobserved) else entra.look(lambda: _level(entry)),  # noqa: B023 - the same
            since=entra.look(lambda: entry.moment("riskLastUpdatedDateTime")),  # noqa: B023 - the same
        )


def _level(entry: Fields) -> Literal["low", "medium", "high"]:
    if (state := entry.text("riskState")) not in RISKY_STATES:
        raise RestError(f"the state of risk {state} is not known here")
    said = entry.text("riskLevel")
    if said not in LEVELS:
        raise RestError(f"the level of risk {said} is not known here, or not shown")
    return cast("Literal['low', 'medium', 'high']", said)
