"""Services that programs call, mostly from Resource Graph: Service Bus, Event Hubs, AI, search, configuration stores.

They say the same things in nearly the same words, so they are one kind. What they leave out has the default that
the reference of each names (learn.microsoft.com/rest/api: servicebus, eventhub, aiservices/accountmanagement,
searchmanagement, appconfiguration); where it names none, it is unobserved.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from collectors.azure.operations import Query, Read
from collectors.azure.parts import part_of
from collectors.azure.reading import Answer
from collectors.azure.rows import itself
from collectors.azure.source import AzureTenant
from core.plugins import collector
from core.resources.azure.services import CalledService

COMMON = {"no_keys": "properties.disableLocalAuth", "public": "properties.publicNetworkAccess"}
SERVICE_BUS = Query(
    "microsoft.servicebus/namespaces",
    "Microsoft.ServiceBus/namespaces/read",
    {**COMMON, "minimum_tls": "properties.minimumTlsVersion"},
)
EVENT_HUBS = Query(
    "microsoft.eventhub/namespaces",
    "Microsoft.EventHub/namespaces/read",
    {**COMMON, "minimum_tls": "properties.minimumTlsVersion"},
)
AI = Query(
    "microsoft.cognitiveservices/accounts",
    "Microsoft.CognitiveServices/accounts/read",
    {
        **COMMON,
        "default_action": "properties.networkAcls.defaultAction",
        "ip_rules": "properties.networkAcls.ipRules",
    },
)
SEARCH = Query(
    "microsoft.search/searchservices",
    "Microsoft.Search/searchServices/read",
    {**COMMON, "ip_rules": "properties.networkRuleSet.ipRules"},
)
STORES = Query(
    "microsoft.appconfiguration/configurationstores", "Microsoft.AppConfiguration/configurationStores/read", COMMON
)
MESSAGES = {
    SERVICE_BUS: Read(
        "{scope}/networkRuleSets/default", "2024-01-01", "Microsoft.ServiceBus/namespaces/networkRuleSets/read"
    ),
    EVENT_HUBS: Read(
        "{scope}/networkRuleSets/default", "2024-01-01", "Microsoft.EventHub/namespaces/networkRuleSets/read"
    ),
}
"""Namespaces of messages, and how each is asked for its rules for networks."""


@collector(permissions=(*MESSAGES, *MESSAGES.values(), AI, SEARCH, STORES))
def called_services(tenant: AzureTenant) -> Iterator[CalledService]:
    """Every namespace of messages, AI account, search service and configuration store: who may call it, and how."""
    for query, row in tenant.rows_of((*MESSAGES, AI, SEARCH, STORES)):
        public = _public(row, query)
        default_action, ranges = _rules(tenant, query, row, public)
        yield CalledService(
            **itself(row),
            type=query.type,
            keys_work=part_of(row.flag("no_keys", absent=False), lambda without: not without),
            minimum_tls=row.text("minimum_tls") if query in MESSAGES else None,
            public=public,
            default_action=default_action,
            ranges=ranges,
        )


def _public(row: Answer, query: Query) -> bool:
    """A configuration store that does not say it is public unless it has a private endpoint, which it does not say."""
    found: bool = row.switch("public") if query is STORES else row.switch("public", absent=True)
    return found


def _rules(tenant: AzureTenant, query: Query, row: Answer, public: bool) -> tuple[Any, Any]:
    """What happens to networks that no rule names, and which ranges of addresses rules name.

    Those of a namespace are a thing of their own, which is asked for where it is public. A search service lets in
    everybody until it has rules; a configuration store has none.
    """
    if query in MESSAGES and public is not False:
        said = tenant.look(lambda: tenant.ask(MESSAGES[query], row.must("id")))
        return (
            part_of(said, lambda found: found.text("properties.defaultAction", absent="Allow")),
            part_of(said, lambda found: found.each("properties.ipRules", lambda each: each.must("ipMask"))),
        )
    ranges = row.each("ip_rules", lambda each: each.must("value"))
    if query is SEARCH:
        return "Deny" if ranges else "Allow", ranges
    return row.text("default_action", absent="Allow"), ranges
