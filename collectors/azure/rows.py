"""What every row of Resource Graph, and every resource of Resource Manager, says of itself."""

from __future__ import annotations

import sys
from typing import Any

from collectors.azure.reading import Answer, subscription_of


def itself(found: Answer) -> dict[str, Any]:
    """The fields that all kinds of resource have."""
    location = found.text("location", "global")
    return {
        **where(found),
        "name": found.must("name"),
        "location": sys.intern(location) if isinstance(location, str) else location,
    }


def where(found: Answer) -> dict[str, Any]:
    """The id of a resource and the number of its subscription."""
    return {"id": found.id(), "subscription": sys.intern(subscription_of(found.must("id")))}
