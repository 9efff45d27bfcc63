"""Checks of who may act in the name of others (Kerberos delegation)."""

from __future__ import annotations

from checks.active_directory.accounts import called
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resources.active_directory import AdAccount, AdComputer

KRBTGT = "-502"
OF_CONTROLLERS = ("krbtgt/", "e3514235-4b06-11d1-ab04-00c04fc2dcd2/")
LONGEST_NAME = 15
"""Of a computer's account; its name in DNS may be longer."""


@check(objective="privilege-cannot-be-escalated", severity=Severity.HIGH)
def account_does_not_act_for_anybody(account: AdAccount) -> Verdict:
    """Only controllers may act in the name of whoever signs in to them.

    Everybody who signs in to such a service leaves a ticket with which it can be them everywhere: also a controller
    that it makes sign in.

    Remediation: Delegate to named services only (*Trust this computer for delegation to specified services only*).
    """
    if not account.enabled:
        return not_applicable(f"{called(account)} is switched off")
    if not account.acts_for_anybody:
        return passed(f"{called(account)} may not act in everybody's name everywhere")
    if account.controller:
        return passed(f"{called(account)} is a controller, which acts in everybody's name by design")
    return failed(f"{called(account)} may act everywhere in the name of whoever signs in to it")


@check(objective="privilege-cannot-be-escalated", severity=Severity.HIGH)
def delegation_is_narrow(
    account: AdAccount, computers: Population[AdComputer], *, approved: tuple[str, ...] = ()
) -> Verdict:
    """Who may act for others towards named services needs them to have signed in, and rules no controller thereby.

    With protocol transition a service may become anybody who is not protected, at any time. Towards a controller that
    is to be administrator. Name accounts for which that was decided by login in the setting `approved`.

    Remediation: Choose *Use Kerberos only*, and let the service reach the servers it needs, never a controller.
    """
    if not account.enabled:
        return not_applicable(f"{called(account)} is switched off")
    if not account.acts_towards:
        return not_applicable(f"{called(account)} is given no services towards which it may act for others")
    towards = ", ".join(account.acts_towards)
    if approved and account.login in approved:
        return passed(f"{account.login} may act for others towards {towards}, which is approved")
    controllers = _controllers(account, computers)
    if controllers:
        return failed(f"{called(account)} may act for others towards a controller: {', '.join(controllers)}")
    if account.acts_for_absent:
        return failed(f"{called(account)} may act for people who have not signed in to it, towards {towards}")
    return passed(f"{called(account)} may act for those who signed in to it, towards {towards}")


@check(objective="privilege-cannot-be-escalated", severity=Severity.HIGH)
def deputies_are_approved(account: AdAccount, *, approved: tuple[str, ...] = ()) -> Verdict:
    """Nobody may act in everybody's name towards an account unless that was approved, and never towards a controller or
    krbtgt.

    Whoever can write this one attribute of a computer can make himself its administrator. Name those who may act, by
    SID, in the setting `approved`.

    Remediation: `Set-ADComputer -PrincipalsAllowedToDelegateToAccount $null`.
    """
    if not account.admits_deputies:
        return passed(f"nobody may act in others' names towards {called(account)} by its own permission")
    deputies = ", ".join(account.admits_deputies)
    if account.controller:
        return failed(f"{deputies} may act in everybody's name towards the controller {called(account)}")
    if account.sid.endswith(KRBTGT):
        return failed(f"{deputies} may get tickets of everybody from {called(account)}")
    if set(account.admits_deputies) <= set(approved):
        return passed(f"{deputies} may act in others' names towards {called(account)}, which is approved")
    return failed(f"{deputies} may act in everybody's name towards {called(account)}, which nobody approved")


def _controllers(account: AdAccount, computers: Population[AdComputer]) -> list[str]:
    """Services on controllers, whatever they are called: a ticket for one service of a computer serves for all of them.

    Raises `NotObservedError` when not all computers are known.
    """
    names = {each.name.lower() for each in computers.here if each.controller}
    return [each for each in account.acts_towards if _is_of_controllers(each) or _host(each)[:LONGEST_NAME] in names]


def _is_of_controllers(service: str) -> bool:
    """A service that none but controllers have: that of Kerberos itself, that of replication (MS-DRSR, 2.2.3.2), and
    those named by a controller's number."""
    return service.lower().startswith(OF_CONTROLLERS) or "._msdcs." in service.lower()


def _host(service: str) -> str:
    """The computer in a service principal name, `class/host.domain:port/name`, without its domain."""
    return service.partition("/")[2].partition("/")[0].partition(":")[0].partition(".")[0].lower()
