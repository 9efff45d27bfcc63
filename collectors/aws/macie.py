"""Macie. Where it is not on, AWS answers as if the question were denied, with other words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from collectors.aws.errors import NoAnswerError, is_answer
from collectors.aws.offers import is_missing
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resources.aws.macie import MacieRegion

SESSION = Read("macie2", "GetMacieSession")
DISCOVERY = Read("macie2", "GetAutomatedDiscoveryConfiguration")

NOT_ON = "Macie is not enabled"


@collector(permissions=(SESSION, DISCOVERY))
def region(region: AwsRegion) -> Iterator[MacieRegion]:
    """Whether Macie looks for sensitive data in the region."""
    try:
        session: dict[str, Any] = _session(region)
    except NoAnswerError as error:
        if not is_missing(error, SESSION.service, region.scope, region.identity.partition):
            raise
        yield MacieRegion(id=region.scope, offered=False, status="", discovers=False)
        return
    on = bool(session)
    yield MacieRegion(
        id=region.scope,
        offered=True,
        status=session["status"] if on else "",
        discovers=region.look(lambda: on and region.ask(DISCOVERY)["status"] == "ENABLED"),
    )


def _session(region: AwsRegion) -> dict[str, Any]:
    try:
        found: dict[str, Any] = region.ask(SESSION)
    except ClientError as error:
        if is_answer(error, "AccessDeniedException") and NOT_ON in str(error):
            return {}
        raise
    return found
