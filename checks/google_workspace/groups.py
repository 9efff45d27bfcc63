"""Checks of who from outside is let into groups, which hold mail and open files."""

from __future__ import annotations

from checks.host.fleet import listed
from checks.idp.accounts import is_named
from core.model import Severity, Status, Verdict, failed, passed, unknown
from core.plugins import check
from core.resource import missing_fields
from core.resources.google_workspace import WorkspaceGroup

JOINING = {
    "ANYONE_CAN_JOIN": "anybody on the internet may join",
    "ALL_IN_DOMAIN_CAN_JOIN": "all of our people may join",
    "INVITED_CAN_JOIN": "who is invited may join",
    "CAN_REQUEST_TO_JOIN": "who asks may be let in",
}
READING = {
    "ANYONE_CAN_VIEW": "anybody on the internet may read",
    "ALL_IN_DOMAIN_CAN_VIEW": "all of our people may read",
    "ALL_MEMBERS_CAN_VIEW": "members may read",
    "ALL_MANAGERS_CAN_VIEW": "managers may read",
    "ALL_OWNERS_CAN_VIEW": "owners may read",
}
"""https://developers.google.com/workspace/admin/groups-settings/v1/reference/groups"""


@check(objective="outside-access-is-approved", severity=Severity.HIGH)
def strangers_cannot_join(group: WorkspaceGroup) -> Verdict:
    """Nobody from outside can let themselves into a group.

    Whoever is in a group gets its mail, and everything that was shared with it. What a group says of who may join holds
    for our people alone when it admits no members from outside.

    Remediation: In the group's access settings let only invited people join, or those whom a manager lets in.
    """
    verdict = _said(group, group.may_join, JOINING, "ANYONE_CAN_JOIN")
    if verdict.status is Status.FAIL and "admits_outsiders" not in missing_fields(group) and not group.admits_outsiders:
        return passed(f"{group.email}: anybody may join, of our people alone")
    return verdict


@check(objective="data-is-not-public", severity=Severity.HIGH)
def strangers_cannot_read(group: WorkspaceGroup, *, approved: tuple[str, ...] = ()) -> Verdict:
    """What was written to a group is not open to the whole internet.

    Search engines find such conversations, with whatever somebody once sent there. Name groups that are meant to be
    public in `approved`, by address; `*` stands for anything.

    Remediation: In the group's access settings let only members, or people of the organization, view conversations.
    """
    verdict = _said(group, group.may_read, READING, "ANYONE_CAN_VIEW")
    if group.may_read == "ANYONE_CAN_VIEW" and is_named(group.email, approved):
        return passed(f"{verdict.reason}, which is approved")
    return verdict


@check(objective="outside-access-is-approved", severity=Severity.MEDIUM)
def outsiders_are_approved(group: WorkspaceGroup, *, approved: tuple[str, ...] = ()) -> Verdict:
    """Everybody from outside who is in a group was approved.

    They get its mail and what is shared with it, and another organization decides who has their mailbox. Name them in
    `approved` by address: `*@partner.example`.

    Remediation: Take them out of the group, or name them in `approved`.
    """
    others = [each for each in group.outsiders if not is_named(each, approved)]
    if others:
        return failed(
            f"nobody has approved that {listed(others)} {'are' if len(others) > 1 else 'is'} in {group.email}"
        )
    if group.outsiders:
        return passed(f"in {group.email} are {len(group.outsiders)} from outside, who are approved")
    return passed(f"nobody from outside is in {group.email}")


def _said(group: WorkspaceGroup, word: str, meanings: dict[str, str], wrong: str) -> Verdict:
    if word not in meanings:
        return unknown(f"{group.email}: {word} is not known here")
    return (failed if word == wrong else passed)(f"{group.email}: {meanings[word]}")
