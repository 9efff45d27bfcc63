"""Checks of IAM Identity Center: that people sign in there, and what they get."""

from __future__ import annotations

from collections.abc import Iterator

from checks.aws.grants import fits, is_administrator
from checks.aws.left_out import unless_elsewhere
from checks.host.fleet import listed
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resource import NotObservedError
from core.resources.aws.iam import IamPolicy
from core.resources.aws.iam_federation import SamlProvider
from core.resources.aws.identity_center import ADMINISTRATIVE, IdentityCenter, PermissionSet
from core.resources.aws.survey import Region
from core.resources.idp import User


@check(objective="access-is-managed-centrally", severity=Severity.MEDIUM)
def people_sign_in_centrally(
    instances: Population[IdentityCenter], providers: Population[SamlProvider], regions: Population[Region]
) -> Verdict:
    """People come into the account through a directory, by IAM Identity Center or SAML.

    Who leaves the directory then loses the account with it. Users of IAM must be remembered one by one.

    Remediation: Enable *IAM Identity Center* for the organization and connect your identity provider to it.
    """
    if active := sorted({each.owner for each in instances if each.status == "ACTIVE"}):
        return passed(f"IAM Identity Center of {', '.join(active)} is active")
    if found := sorted(each.name for each in providers.here):
        return passed(f"people can come from {', '.join(found)} by SAML")
    found_none = failed("there is neither IAM Identity Center nor a SAML directory")
    return unless_elsewhere(found_none, "IAM Identity Center", regions)


@check(objective="access-is-managed-centrally", severity=Severity.LOW)
def users_come_from_a_directory(
    instance: IdentityCenter, users: Population[User], *, approved: tuple[str, ...] = ()
) -> Verdict:
    """Every user of IAM Identity Center is kept in the directory that the instance is connected with.

    Who was made here by hand stays when the directory lets go. Name those who have to be here, such as accounts for
    emergencies, in `approved`; `*` stands for anything.

    Remediation: *IAM Identity Center*, *Users*: delete those that were made by hand, and provision them by SCIM.
    """
    if not instance.made_here:
        return not_applicable(f"its users are told in the account {instance.owner} alone")
    judged = [each for each in users.here if not any(fits(pattern, each.login) for pattern in approved)]
    if made_here := sorted(each.login for each in judged if not each.synchronised_from):
        return failed(f"{len(made_here)} users were made here by hand: {listed(made_here)}")
    return passed(f"{len(judged)} users come from a directory")


@check(objective="sessions-end", severity=Severity.LOW)
def session_is_short(permission_set: PermissionSet, *, hours: int = 8) -> Verdict:
    """A session with a permission set ends within a working day.

    Until then a lost laptop, or a copied cookie, still has the rights.

    Remediation: *IAM Identity Center*, *Permission sets*, *Session duration*.
    """
    return _session(permission_set, hours)


@check(objective="privileged-access-is-temporary", severity=Severity.MEDIUM)
def administrator_session_is_short(
    permission_set: PermissionSet,
    policies: Population[IamPolicy],
    *,
    hours: int = 2,
    administrative: tuple[str, ...] = ADMINISTRATIVE,
) -> Verdict:
    """A session of an administrator ends within a few hours.

    Privileges are held for the task, not for the day.

    Remediation: *IAM Identity Center*, *Permission sets*, *Session duration*; a second set without these rights for the
    rest of the day.
    """
    if not list(_administration(permission_set, policies, administrative)):
        return not_applicable(f"{permission_set.name} makes no administrator")
    return _session(permission_set, hours)


@check(objective="privileged-access-is-rare", severity=Severity.HIGH)
def permission_set_makes_no_administrator(
    permission_set: PermissionSet,
    policies: Population[IamPolicy],
    *,
    approved: tuple[str, ...] = (),
    administrative: tuple[str, ...] = ADMINISTRATIVE,
) -> Verdict:
    """A permission set does not make administrators, unless that was approved.

    It makes one of everybody who gets it, in every account that it is brought to. Name the approved ones in `approved`,
    where `*` stands for anything.

    Remediation: Attach policies for the duties of those people instead; keep one set for administrators, approved.
    """
    found = list(_administration(permission_set, policies, administrative))
    if not found:
        return passed(f"{permission_set.name} makes no administrator")
    where = f"by {', '.join(found)}, in {len(permission_set.accounts)} accounts"
    if any(fits(pattern, permission_set.name) for pattern in approved):
        return passed(f"{permission_set.name} makes administrators {where}, which is approved")
    return failed(f"{permission_set.name} makes administrators {where}")


@check(objective="access-is-managed-centrally", severity=Severity.LOW)
def permission_set_goes_to_groups(permission_set: PermissionSet) -> Verdict:
    """A permission set is given to groups, not to single people.

    Whoever changes duties leaves a group of the directory; a right of one's own stays behind.

    Remediation: *IAM Identity Center*, *AWS accounts*: assign a group of the directory, then remove the user.
    """
    users = [each for each in permission_set.assignments if each.who == "USER"]
    if users:
        where = sorted({each.account for each in users})
        return failed(f"{permission_set.name} is given to single people in {', '.join(where)}")
    return passed(f"{permission_set.name} is given to no single person")


@check(objective="what-is-not-needed-is-removed", severity=Severity.LOW)
def permission_set_is_given_to_somebody(permission_set: PermissionSet) -> Verdict:
    """Every permission set is given to somebody.

    One that nobody has keeps its rights ready for a mistake.

    Remediation: `aws sso-admin delete-permission-set`.
    """
    if permission_set.assignments:
        accounts = {each.account for each in permission_set.assignments}
        return passed(f"{permission_set.name} is given to somebody in {len(accounts)} accounts")
    return failed(f"{permission_set.name} is given to nobody")


def _session(permission_set: PermissionSet, hours: int) -> Verdict:
    whole, minutes = divmod(permission_set.session_minutes, 60)
    reason = f"a session with {permission_set.name} lasts {whole} hours" + (f" {minutes} minutes" if minutes else "")
    if permission_set.session_minutes > hours * 60:
        return failed(f"{reason}, more than {hours}")
    return passed(reason)


def _administration(
    permission_set: PermissionSet, policies: Population[IamPolicy], administrative: tuple[str, ...]
) -> Iterator[str]:
    """What makes an administrator of whoever has a permission set. Within a boundary nothing does.

    Raises `NotObservedError` where a policy of an account was not seen.
    """
    if permission_set.is_bounded:
        return
    for arn in permission_set.managed_policies:
        if arn.rpartition("/")[2] in administrative:
            yield arn.rpartition("/")[2]
    if is_administrator(permission_set.statements):
        yield "the policy written into it"
    partition = permission_set.id.split(":")[1]
    for each in permission_set.customer_policies:
        arns = [f"arn:{partition}:iam::{account}:policy{each.path}{each.name}" for account in permission_set.accounts]
        if any(is_administrator(_seen(arn, policies).statements) for arn in arns):
            yield each.name


def _seen(arn: str, policies: Population[IamPolicy]) -> IamPolicy:
    found = policies.get(arn, by="arn")
    if found is None:  # its account is none of those that are looked at, or the permission set has broken there
        raise NotObservedError(f"{arn} is in no account that is looked at")
    return found
