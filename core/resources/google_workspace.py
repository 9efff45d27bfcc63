"""What only Google Workspace has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from core.resource import Resource, missing_fields, resource

SecondSteps = Literal[
    "ALL", "NO_TELEPHONY", "PASSKEY_PLUS_SECURITY_CODE", "PASSKEY_PLUS_IP_BOUND_SECURITY_CODE", "PASSKEY_ONLY"
]
"""What is taken as a second step, in Google's words: anything; all but text messages and calls; security keys and
passkeys, with codes that such a key gives for use anywhere, or on the same network, or none."""


@resource("google_workspace_account")
class WorkspaceAccount(Resource):
    """What Google says of an account beside what every provider says. The id is the user's."""

    id: str
    administrator: Literal["super", "delegated", "none"]
    """`super`: may do everything; `delegated`: has a smaller role."""
    second_step_enforced: bool
    """Google lets this account in only with 2-Step Verification, by the policy that holds for it."""


@resource("google_workspace_second_step_policy")
class SecondStepPolicy(Resource):
    """What 2-Step Verification demands of an organizational unit, or of a group in it: by what was set for these, and
    by what they inherit."""

    id: str
    name: str
    everybody: bool
    """It is for the topmost unit, of all accounts; below it others may hold instead."""
    may_enrol: bool
    """People may set up a second step."""
    enforced_from: datetime | None
    """From when on nobody gets in without one; `None` when it is not demanded."""
    new_people_days: int
    """For how long new people get in without one; parts of a day count as a day."""
    methods: SecondSteps
    trusts_devices: bool
    """Who says so is not asked again on the same device."""
    suspended_days: int
    """For how long codes open an account that is for keys alone, once an administrator has given some; likewise."""


@resource("google_workspace_administrator")
class WorkspaceAdministrator(Resource):
    """Which second steps Google takes of somebody who administers, and has been given. The id is the user's."""

    id: str
    methods: SecondSteps
    """By the policy that holds for this account."""
    security_keys: int
    passkeys: int
    keys_counted: str
    """The day of the report that tells both; Google makes it days later."""


@resource("google_workspace_group")
class WorkspaceGroup(Resource):
    """Who may join and read a group, and who from outside is in it. The id is the group's."""

    id: str
    email: str
    may_join: str
    """In Google's words: `ANYONE_CAN_JOIN`, `ALL_IN_DOMAIN_CAN_JOIN`, `INVITED_CAN_JOIN`, `CAN_REQUEST_TO_JOIN`."""
    admits_outsiders: bool
    """Accounts of others may be members; when not, `ANYONE_CAN_JOIN` lets nobody in from outside."""
    may_read: str
    """In Google's words: `ANYONE_CAN_VIEW`, `ALL_IN_DOMAIN_CAN_VIEW`, `ALL_MEMBERS_CAN_VIEW`, ..."""
    outsiders: tuple[str, ...]
    """Addresses of members that are in none of our domains, sorted. Who is in a group that is a member is not looked
    for."""

    def persons(self) -> Iterator[str]:
        if "outsiders" not in missing_fields(self):
            yield from self.outsiders


@resource("google_workspace_device")
class WorkspaceDevice(Resource):
    """A telephone or tablet that synchronises somebody's account."""

    id: str
    model: str
    owners: tuple[str, ...]
    """Addresses of the accounts on it, sorted."""
    approved: bool
    """It may synchronise; `False` when it is blocked, wiped, or waits to be approved."""
    encrypted: bool
    locked: bool
    """A password, or what stands for one, opens it."""
    compromised: bool
    """Google has seen that somebody broke its protections."""

    def persons(self) -> Iterator[str]:
        if "owners" not in missing_fields(self):
            yield from self.owners


@resource("google_workspace_alert")
class WorkspaceAlert(Resource):
    """Something that Google has warned the administrators of in the Alert Center."""

    id: str
    type: str
    """In Google's words: `Suspicious login`, `Leaked password`."""
    created: datetime
    status: Literal["NOT_STARTED", "IN_PROGRESS", "CLOSED"]
    """How far somebody has come with it."""


@resource("google_workspace_drive_sharing")
class DriveSharing(Resource):
    """How far people may share files of Drive with others outside: a setting for an organizational unit or group."""

    id: str
    name: str
    mode: Literal["ALLOWED", "ALLOWLISTED_DOMAINS", "DISALLOWED"]
    """With anybody, with domains that were named, or with nobody."""
    warns: bool
    """Whoever shares with anybody outside is asked whether they mean it."""
