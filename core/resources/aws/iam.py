"""Identity and Access Management of an account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from core.resource import Observed, Resource, missing_fields, part, resource
from core.resources.aws.policy import AttachedPolicy, Statement


@part
class PasswordPolicy(Observed):
    """What passwords of IAM users must be like."""

    minimum_length: int
    needs_upper_case: bool
    needs_lower_case: bool
    needs_number: bool
    needs_symbol: bool
    maximum_days: int | None
    """`None` when passwords never expire."""
    remembered: int
    """How many former passwords may not be used again; 0 when any may."""
    users_may_change: bool


@part
class Key(Observed):
    """An access key, as the credential report shows it: without its id."""

    number: int
    active: bool
    created: datetime | None
    """`None` when the report does not know."""
    last_used: datetime | None
    """`None` when it never was, as far as AWS tracks."""


@resource("aws_iam_account")
class IamAccount(Resource):
    """An account and its root user. The id is the account's number."""

    id: str
    root_has_password: bool
    """Without one nobody signs in as root: an organization can take it away from its members."""
    root_has_mfa: bool
    root_mfa_is_virtual: bool
    root_has_keys: bool
    root_signing_certificates: int
    """Its active X.509 certificates, with which old interfaces are called."""
    root_last_used: datetime | None
    """The last sign-in or use of a key; `None` when AWS knows of none."""
    password_policy: PasswordPolicy | None
    """`None` when nobody set one: then AWS only wants eight characters of three kinds."""
    users: int


@resource("aws_iam_user")
class IamUser(Resource):
    """A user. The id is the one that AWS never gives twice; names can be."""

    id: str
    name: str
    arn: str
    created: datetime
    groups: tuple[str, ...]
    policies: tuple[AttachedPolicy, ...]
    """Its own policies, attached or written into it."""
    statements: tuple[Statement, ...]
    """Of its own policies and of its groups'."""
    boundary: tuple[Statement, ...] | None
    """What bounds it; `None` when nothing does."""
    console: bool
    """It has a password for the console."""
    password_last_used: datetime | None
    password_changed: datetime | None
    mfa: bool
    mfa_is_virtual: bool
    keys: tuple[Key, ...]
    signing_certificates: int
    """Active X.509 certificates, with which a few old interfaces let a user in."""

    def persons(self) -> Iterator[str]:
        """A user who can sign in to the console is a person; one with keys alone is a program."""
        if "console" in missing_fields(self) or self.console:
            yield self.name


@resource("aws_iam_group")
class IamGroup(Resource):
    """A group of users."""

    id: str
    name: str
    arn: str
    policies: tuple[AttachedPolicy, ...]
    members: int


@resource("aws_iam_role")
class IamRole(Resource):
    """A role."""

    id: str
    name: str
    arn: str
    path: str
    created: datetime
    last_used: datetime | None
    """`None` when it was not used in the time that AWS tracks, 400 days."""
    trust: tuple[Statement, ...]
    policies: tuple[AttachedPolicy, ...]
    boundary: tuple[Statement, ...] | None
    is_service_linked: bool
    """AWS made it for one of its services; nobody in the account can change it."""


@resource("aws_iam_policy")
class IamPolicy(Resource):
    """A managed policy: the account's own, and those of AWS that are attached to somebody."""

    id: str
    name: str
    arn: str
    is_of_aws: bool
    attachments: int
    bounds: int
    """How many identities it bounds."""
    statements: tuple[Statement, ...]
