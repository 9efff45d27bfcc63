"""The command that shows a person what an exchange with a JSON interface showed us."""

from __future__ import annotations

import shlex
from urllib.parse import quote

from collectors.rest import BRACES, CONFIGURED, NOBODY, PAGE
from core.model import Exchange, Unit

BODY = "body"


def equivalent(unit: Unit, exchange: Exchange) -> str:  # noqa: ARG001 - the exchange says it all
    """`curl` with the reader's own token in the variable TOKEN; the first page of a listing
    (`core.provider.Equivalent`)."""
    verb, _, rest = exchange.operation.partition(" ")
    path, nobody, _ = rest.partition(NOBODY)
    if exchange.operation == CONFIGURED or "/" not in path:
        return ""
    asked = dict(exchange.parameters)
    asked.pop(PAGE, None)
    filled = BRACES.sub(lambda found: quote(asked.pop(found[1]), safe=""), path[path.index("/") :])
    words = ["curl", "--fail-with-body", "--request", verb]
    if verb == "POST":
        words += ["--header", "Content-Type: application/json", "--data", asked.pop(BODY, "{}")]
    for name, value in sorted(asked.items()):
        words += ["--url-query", f"{name}={value}"]
    token = "" if nobody else ' --header "Authorization: Bearer $TOKEN"'
    return f"{shlex.join(words)}{token} {shlex.quote(exchange.endpoint + filled)}"
