"""Checks of IAM Access Analyzer: access from outside and unused access are looked for, and what is found is settled."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from checks.aws.alarm_chains import shortened
from checks.aws.grants import fits
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.aws.accessanalyzer import AccessFinding, AnalyzedRegion, Analyzer
from core.resources.aws.guardrails import Membership

OUTSIDE = ("ACCOUNT", "ORGANIZATION")
UNUSED = ("ACCOUNT_UNUSED_ACCESS", "ORGANIZATION_UNUSED_ACCESS")


@check(objective="outside-access-is-approved", severity=Severity.MEDIUM)
def outside_access_is_looked_for(
    region: AnalyzedRegion, analyzed: Population[AnalyzedRegion], memberships: Population[Membership]
) -> Verdict:
    """An analyzer looks for access from outside in the region.

    It proves from policies who could come in, which nobody sees by reading them. An analyzer of the organization counts
    for each of its accounts, though only the account that has it can see it.

    Remediation: `aws accessanalyzer create-analyzer --analyzer-name outside --type ACCOUNT` in each region, or
    `--type ORGANIZATION` in the account of the delegated administrator.
    """
    here = [each for each in analyzed.observed if each.id == region.id]
    return _looked_for(OUTSIDE, region.account, [region], here, analyzed, memberships, region.id)


@check(objective="unused-access-is-removed", severity=Severity.LOW)
def unused_access_is_looked_for(
    regions: Population[AnalyzedRegion], analyzed: Population[AnalyzedRegion], memberships: Population[Membership]
) -> Verdict:
    """An analyzer looks for roles, keys, passwords and permissions that nobody uses.

    Identities belong to no region, so one is enough. It costs by the number of identities.

    Remediation: `aws accessanalyzer create-analyzer --analyzer-name unused --type ACCOUNT_UNUSED_ACCESS`, or
    `--type ORGANIZATION_UNUSED_ACCESS` in the account of the delegated administrator.
    """
    account = next((each.account for each in regions), "")
    return _looked_for(UNUSED, account, regions, analyzed.observed, analyzed, memberships, "the account")


@check(objective="outside-access-is-approved", severity=Severity.HIGH)
def outside_access_is_settled(analyzer: Analyzer, *, approved: tuple[str, ...] = ()) -> Verdict:
    """All access from outside that an analyzer found is approved: archived, or named here.

    Each is somebody outside who can come in. Resources whose access is meant can be named, by ARN with wildcards, in
    `approved`.

    Remediation: *IAM*, *Access Analyzer*: change the policy that lets somebody in, or archive the finding.
    """
    if analyzer.type not in OUTSIDE:
        return not_applicable(f"{analyzer.name} looks for something else ({analyzer.type})")
    found = [each for each in analyzer.findings if not any(fits(pattern, each.resource) for pattern in approved)]
    if found:
        return failed(f"{analyzer.name} found {len(found)} with access from outside: {_named(found)}")
    if analyzer.errors:
        return unknown(f"{analyzer.name} could not analyze {analyzer.errors} resources")
    return passed(f"{analyzer.name} found no access from outside that is not approved")


@check(objective="unused-access-is-removed", severity=Severity.LOW)
def unused_access_is_settled(analyzer: Analyzer, *, as_of: datetime, days: int = 30) -> Verdict:
    """Access that an analyzer found unused is removed, or approved by archiving, within the agreed time.

    What nobody uses, nobody misses when it is stolen.

    Remediation: *IAM*, *Access Analyzer*, *Unused access*: remove the role, key, password or permission.
    """
    if analyzer.type not in UNUSED:
        return not_applicable(f"{analyzer.name} looks for something else ({analyzer.type})")
    late = [each for each in analyzer.findings if each.since < as_of - timedelta(days=days)]
    if late:
        return failed(f"{analyzer.name} found {len(late)} unused, more than {days} days before: {_named(late)}")
    if analyzer.errors:
        return unknown(f"{analyzer.name} could not analyze {analyzer.errors} resources")
    return passed(f"{analyzer.name} found nothing unused that is open for more than {days} days")


def _looked_for(
    types: tuple[str, ...],
    account: str,
    own: Iterable[AnalyzedRegion],
    all_of_them: Iterable[AnalyzedRegion],
    analyzed: Population[AnalyzedRegion],
    memberships: Population[Membership],
    where: str,
) -> Verdict:
    """Whether an analyzer of the account itself, or of its organization, looks for something."""
    regions = list(own)
    if found := [each.name for region in regions for each in region.active if each.type in types]:
        return passed(f"{', '.join(sorted(set(found)))} looks at {where}")
    lacking = "".join(f"; {each}" for region in regions for each in region.inactive)
    mine = memberships.get(account)
    if mine is None or not mine.organization:
        return failed(f"no analyzer looks at {where}{lacking}")
    for region in all_of_them:
        of_organization = [each.name for each in region.active if each.type == types[1]]
        theirs = memberships.get(region.account) if of_organization else None
        if theirs is not None and theirs.organization == mine.organization:
            return passed(f"{of_organization[0]} of {region.account} looks at {where}, as at the whole organization")
    len(analyzed)  # raises when we could not look everywhere
    organization = [each for each in memberships if each.organization == mine.organization]
    if not any(each.is_management_account for each in organization):
        return unknown(f"no analyzer of the account looks at {where}; the organization's are not looked at{lacking}")
    return failed(f"no analyzer in {len(organization)} accounts of the organization looks at {where}{lacking}")


def _named(found: list[AccessFinding]) -> str:
    return shortened([each.resource or each.type for each in found])
