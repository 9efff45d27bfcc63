"""The command of the Azure command line that asks what an exchange asked."""

from __future__ import annotations

import json
import shlex
from urllib.parse import quote, urlencode

from collectors.azure.exchanges import CONFIGURATION, EXTENT, WHO
from collectors.azure.operations import RESOURCE_GRAPH, RESOURCE_GRAPH_VERSION
from core.model import Exchange, Unit


def equivalent(unit: Unit, exchange: Exchange) -> str:  # noqa: ARG001 - the exchange says all of it
    """`az rest --method get --url …` (`core.provider.Equivalent`)."""
    asked = exchange.parameters
    if exchange.operation == WHO[0]:
        return "az account show --output json"
    if exchange.operation in (EXTENT[0], CONFIGURATION[0]):
        return ": the configuration and the survey say what to look at"
    if "query" in asked:
        body = {"query": asked["query"], "subscriptions": json.loads(asked["subscriptions"])}
        address = f"{exchange.endpoint}{RESOURCE_GRAPH}?api-version={RESOURCE_GRAPH_VERSION}"
        words = ["--method", "post", "--url", address, "--body", json.dumps(body, sort_keys=True)]
    else:
        further = {name: value for name, value in asked.items() if name != "path"}
        address = f"{exchange.endpoint}{quote(asked['path'])}?{urlencode(further, quote_via=quote)}"
        words = ["--method", "get", "--url", address]
    return shlex.join(["az", "rest", *words, "--output", "json"])
