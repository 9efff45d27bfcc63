"""What a tenant records of sign-ins and of administration, and where that is sent.

Where it is sent is known to Azure Resource Manager alone, which takes a token and wants a role of its own:
https://github.com/Azure/azure-rest-api-specs, specification/azureactivedirectory, 2017-04-01.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from collectors.azure.reading import arm_id, last
from collectors.entra.source import AZURE, ITEMS, REPORTS, Entra, text_or_none
from collectors.entra.tenant import ORGANIZATION, has_premium, organization
from collectors.rest import Read, remembered
from collectors.rest_answers import FORBIDDEN, Fields, RestError, items_of
from collectors.rest_pages import odata_next_link
from core.plugins import collector
from core.resources.azure.logging import DiagnosticSetting, DirectoryLog
from core.resources.idp import AuditLog

AUDITS = Read("/v1.0/auditLogs/directoryAudits", needs="AuditLog.Read.All", limit=REPORTS)
SIGN_INS = Read("/v1.0/auditLogs/signIns", needs="AuditLog.Read.All", limit=REPORTS)
EXPORTS = Read("/providers/microsoft.aadiam/diagnosticSettings", needs="the role Reader of Azure there", service=AZURE)
VERSION = "2017-04-01"
LOGS: tuple[tuple[Read, str, str, str, Mapping[str, str]], ...] = (
    (AUDITS, "Audit log", "AuditLogs", "activityDateTime", {"$orderby": "activityDateTime desc"}),
    (SIGN_INS, "Sign-in log", "SignInLogs", "createdDateTime", {}),
)
"""What is asked, what it is called, and by diagnostic settings, when an entry was written, and what makes the newest
come first: sign-ins do so."""
PREMIUM_DAYS, FREE_DAYS = 30, 7
"""https://learn.microsoft.com/entra/identity/monitoring-health/reference-reports-data-retention"""
EVERYTHING = "allLogs"
OFF = "where it is sent is not asked for: see diagnostic_settings of the source, and the role of Azure that it takes"
NO_ROLE = "give the application the role Reader at /providers/microsoft.aadiam, as `annexa permissions entra` shows"
Settings = Callable[[], tuple[DiagnosticSetting, ...]]


@collector(permissions=(AUDITS, SIGN_INS, ORGANIZATION, EXPORTS))
def logs(entra: Entra) -> Iterator[AuditLog | DirectoryLog]:
    """Both logs: when each was last written, and where it is sent. They cannot be switched off."""
    kept = remembered(lambda: PREMIUM_DAYS if has_premium(entra) else FREE_DAYS)
    settings = remembered(lambda: _settings(entra))
    for read, name, category, written, order in LOGS:
        yield AuditLog(
            id=read.path.rpartition("/")[2],
            name=name,
            enabled=True,
            kept_days=entra.look(kept),
            exported_to=entra.look(lambda: _destinations(settings, category)),  # noqa: B023 - now
            daily=True,
            newest=entra.look(lambda: _newest(entra, read, written, order)),  # noqa: B023 - the same
        )
    yield DirectoryLog(id=organization(entra).text("id"), settings=entra.look(settings))


def _newest(entra: Entra, read: Read, written: str, order: Mapping[str, str]) -> datetime | None:
    answer = entra.ask(read, **{"$top": "1", "$select": f"id,{written}", **order})
    found = [Fields(each, f"an entry of {read}") for each in items_of(read, answer.data, ITEMS)]
    return found[0].moment(written) if found else None


def _settings(entra: Entra) -> tuple[DiagnosticSetting, ...]:
    """The diagnostic settings of the directory, by name. Raises `RestError`, also where these are not to be asked."""
    if not entra.questions().diagnostic_settings:
        raise RestError(OFF)
    try:
        found = list(entra.azure.listing(EXPORTS, odata_next_link, items=ITEMS, **{"api-version": VERSION}))
    except RestError as error:
        raise (RestError(f"{error}: {NO_ROLE}") if error.status == FORBIDDEN else error) from None
    settings = (_setting(Fields(each, f"an entry of {EXPORTS}")) for each in found)
    return tuple(sorted(settings, key=lambda each: each.name))


def _setting(entry: Fields) -> DiagnosticSetting:
    said = entry.part("properties")
    enabled = [each for each in said.parts("logs") if each.flag("enabled")]
    if not all(text_or_none(each, "category") or text_or_none(each, "categoryGroup") for each in enabled):
        raise RestError("a setting does not say which log it exports")
    return DiagnosticSetting(
        name=entry.text("name"),
        categories=tuple(sorted(filter(None, (text_or_none(each, "category") for each in enabled)))),
        groups=tuple(sorted(filter(None, (text_or_none(each, "categoryGroup") for each in enabled)))),
        storage=arm_id(text_or_none(said, "storageAccountId")),
        workspace=arm_id(text_or_none(said, "workspaceId")),
        event_hub=arm_id(text_or_none(said, "eventHubAuthorizationRuleId")),
        partner=arm_id(text_or_none(said, "marketplacePartnerId")),
    )


def _destinations(settings: Settings, category: str) -> tuple[str, ...]:
    """Where this category arrives, each by what it is and its name."""
    found = set[str]()
    for each in settings():
        if category.lower() in map(str.lower, each.categories) or EVERYTHING in each.groups:
            ends = {"workspace": each.workspace, "storage account": each.storage, "partner": each.partner}
            found |= {f"{kind} {last(where)}" for kind, where in ends.items() if where}
            if each.event_hub:
                found.add(f"event hubs {_namespace(each.event_hub)}")
    return tuple(sorted(found))


def _namespace(rule: str) -> str:
    """The namespace of event hubs in whose rule of access the setting writes."""
    return rule.partition("/namespaces/")[2].partition("/")[0] or last(rule)
