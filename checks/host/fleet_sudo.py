"""Checks of who may use sudo where, over all hosts together."""

from __future__ import annotations

from collections import defaultdict

from checks.host.fleet import listed
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.host.accounts import Account, Group
from core.resources.host.sudo import SudoGrant


@check(objective="privileged-access-is-rare", severity=Severity.MEDIUM)
def person_with_sudo_is_known_elsewhere(
    accounts: Population[Account],
    everywhere: Population[Account],
    groups: Population[Group],
    grants: Population[SudoGrant],
    *,
    hosts: int = 2,
    compared_from: int = 3,
    approved: tuple[str, ...] = (),
) -> Verdict:
    """Nobody may use sudo on one host only.

    An account with sudo on a single host of many was made there by hand: for a test nobody remembers, or by somebody
    who got in.

    Remediation: Remove the account or its right (`deluser NAME sudo`), or list the name in `approved` when it is meant
    to be. Fewer hosts than `compared_from` are not compared.
    """
    if len(grants.sources) < compared_from:
        return not_applicable(f"{len(grants.sources)} hosts are too few to tell who is the odd one out")
    elsewhere = sorted({rule.principal for rule in grants.here if rule.principal.startswith(("+", "%:"))})
    groups.here.require_all()
    people = {account.name for account in accounts if not account.system} - {*approved}
    here = {rule.principal for rule in grants.here}
    mighty = [name for name in sorted(people) if here & _principals(name, grants.home, everywhere, groups)]
    rare = [name for name in mighty if len(_where_sudo_works(name, everywhere, groups, grants)) < hosts]
    if rare:
        for population in (everywhere, groups, grants):
            population.require_all()
        return failed(f"{listed(rare)} may use sudo on fewer than {hosts} of {len(grants.sources)} hosts")
    if elsewhere:
        return unknown(f"sudo has rules for {', '.join(elsewhere)}, whose members are not known here")
    return passed(f"each of {len(mighty)} people with sudo has it on at least {hosts} of {len(grants.sources)} hosts")


@check(objective="privileged-access-is-rare", severity=Severity.HIGH)
def sudo_rule_is_approved(grant: SudoGrant, *, approved: tuple[str, ...] = ()) -> Verdict:
    """The rule of sudo is on the list of approved rules.

    One list for all hosts shows the rule that somebody added on one of them.

    Remediation: Remove the rule with visudo. Or, when it is meant to be, add it to `approved`: its id, as it stands in
    the finding, approves exactly this rule; `PRINCIPAL PROGRAM` (`%sudo ALL`, `deploy /usr/bin/systemctl`) approves
    every rule with a password by which the principal may run the program.
    """
    if not approved:
        return not_applicable("no list of approved rules is configured")
    if grant.id in approved:
        return passed(f"{grant.id} is an approved rule")
    allowed = [command.program for command in grant.commands if not command.forbidden]
    strange = sorted({program for program in allowed if f"{grant.principal} {program}" not in approved})
    if strange:
        return failed(f"{grant.principal} may run {', '.join(strange)}, which is not on the list")
    if not grant.needs_password:
        return failed(
            f"{grant.principal} may run {', '.join(allowed)} without a password: only its id can approve that"
        )
    return passed(f"all that {grant.principal} may run is on the list: {', '.join(allowed)}")


def members(group: Group) -> tuple[str, ...]:
    """Who is in a group."""
    return group.members


def _principals(name: str, source: str, accounts: Population[Account], groups: Population[Group]) -> set[str]:
    """As what rules of sudo may name the account that is called so on a host: itself, its groups, everybody."""
    found = {f"#{account.uid}" for place, account in accounts.having(name, by="name") if place == source}
    found |= {name, "ALL"} if found else set()
    for place, group in groups.having(name, by=members):
        found |= {f"%{group.name}", f"%#{group.gid}"} if place == source else set()
    return found


def _where_sudo_works(
    name: str, accounts: Population[Account], groups: Population[Group], grants: Population[SudoGrant]
) -> set[str]:
    """The sources where an account of this name was seen, and a rule for it, for a group it is in, or for everybody."""
    named: defaultdict[str, set[str]] = defaultdict(set)
    for source, account in accounts.having(name, by="name"):
        for principal in ("ALL", name, f"#{account.uid}"):
            named[principal].add(source)
    for source, group in groups.having(name, by=members):
        named[f"%{group.name}"].add(source)
        named[f"%#{group.gid}"].add(source)
    return {
        source
        for principal, places in named.items()
        for source, _ in grants.having(principal, by="principal")
        if source in places
    }
