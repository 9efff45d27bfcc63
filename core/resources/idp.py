"""Kinds that all identity providers share: one check serves every provider where the question is the same.

A provider fills what its interface tells, leaves unobserved what that hides, and yields nothing of a kind that it has
no notion of. Users, groups and applications are named by their ids wherever another kind speaks of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from core.resource import Observed, Resource, missing_fields, part, resource


@resource("idp_user")
class User(Resource):
    """An account of a directory or an identity provider, of a person or of a service. The id never changes and is not
    given again; the login may change."""

    id: str
    login: str
    name: str
    """What people call it; empty when nothing is kept."""
    email: str
    service: bool
    """It belongs to a program and not to a person."""
    guest: bool
    """It belongs to somebody whom another organization employs; `False` where the provider knows no such accounts."""
    invited: datetime | None
    """Since when an invitation to it waits for an answer; `None` when none does."""
    synchronised_from: str
    """The directory that keeps it and from which it is brought here; empty when it is kept here."""
    enabled: bool
    """It is not switched off; a lock after wrong guesses, which ends by itself, does not count."""
    expires: datetime | None
    """From when on it cannot sign in any more; `None` when it has no end."""
    created: datetime
    last_sign_in: datetime | None
    """`None` when no sign-in is recorded."""
    sign_ins_lag_days: int
    """By how many days the real last sign-in may be later than the recorded one; 0 where each is recorded."""
    sign_ins_recorded_since: datetime
    """The provider is known to have kept sign-ins from here on: an account without one has not signed in since."""
    password_changed: datetime | None
    """`None` when no change was recorded, or it has no password."""

    def persons(self) -> Iterator[str]:
        if "service" in missing_fields(self) or not self.service:
            for field in ("login", "name", "email"):
                if field not in missing_fields(self) and (text := getattr(self, field)):
                    yield text


@resource("idp_group")
class Group(Resource):
    """A group of users. Whoever is in a group that is a member is in this one as well."""

    id: str
    name: str
    members: tuple[str, ...]
    """Ids of users and groups, sorted; the provider's own name of a member that is neither, or is not shown to us."""


@resource("idp_role_assignment")
class RoleAssignment(Resource):
    """Somebody has a right to administer the provider, or whatever it governs, as it was given: of a group, all who are
    in it have it."""

    id: str
    role: str
    """What the provider calls it: `Global Administrator`, `SUPER_ADMIN`, `Domain Admins`."""
    privileged: bool
    """Whoever has it can do everything in its scope, or come to that by itself."""
    scope: str
    """What it is for: a unit, an account, an application; empty for all of the provider."""
    principal: str
    """The id of whoever has it."""
    principal_kind: Literal["user", "group", "application"]
    since: datetime
    """Since when; unobserved where only a history would tell."""
    ends: datetime | None
    """When it ends by itself; `None` when it does not."""
    eligible: bool
    """It is not held, and may be taken for a while; `False` where the provider knows no such thing."""


Method = Literal[
    "passkey", "security key", "platform", "certificate", "push", "one-time code", "sms", "voice", "email", "question",
    "temporary",
]  # fmt: skip
"""A way to prove who one is, beside a password. The first four cannot be phished. `platform`: bound to a device that
unlocks it, such as Windows Hello. `one-time code`: of an app or a token."""


@part
class Factor(Observed):
    """Something that an account has set up to prove whose it is."""

    method: Method
    """Unobserved when the provider's word for it is none that we know."""
    name: str
    """The provider's own word: `softwareOneTimePasscode`, `token:software:totp`."""


@resource("idp_factors")
class Factors(Resource):
    """Which second factors an account has set up. The id is the user's. There is one for every user of the provider,
    also for who has none; the fields are unobserved of whom its report leaves out."""

    id: str
    enrolled: bool
    """It has one that the provider accepts at sign-in."""
    factors: tuple[Factor, ...]
    """Those that are active, sorted by name; unobserved where the provider tells no more than whether there is one."""


@resource("idp_sign_in_method")
class SignInMethod(Resource):
    """A way to prove who one is that the provider can offer to its people."""

    id: str
    method: Method
    """Unobserved when the provider's word for it is none that we know."""
    name: str
    enabled: bool
    """Somebody may use it."""


@resource("idp_sign_in_policy")
class SignInPolicy(Resource):
    """What is demanded of those who sign in: a policy, a rule of one, or a setting that does as much."""

    id: str
    name: str
    enforced: bool
    """It is switched on; one that only reports is not."""
    decides: Literal["together", "alone"]
    """`together`: all that fit a sign-in hold at once, and one demand is enough. `alone`: only the first one that fits
    holds, and each has to demand."""
    everybody: bool
    """It is for all people, those in `exceptions` apart."""
    administrators: bool
    """It is for all who have a privileged role, those in `exceptions` apart."""
    everything: bool
    """It is for all applications."""
    exceptions: tuple[str, ...]
    """Ids of users, groups and roles that it leaves out, sorted."""
    admits: bool
    """Who meets it comes in; `False` for one that turns away."""
    second_factor: bool
    """It demands one."""
    phishing_resistant: bool
    """It demands one that cannot be phished."""
    stops_legacy: bool
    """It turns away protocols that cannot ask for a second factor."""
    managed_device: bool
    """It demands a device that is managed or in good health."""


@resource("idp_password_policy")
class PasswordPolicy(Resource):
    """What passwords have to be. The one that is `default` holds for whoever has no other."""

    id: str
    name: str
    default: bool
    minimum_length: int
    """In characters; 0 when any length is accepted."""
    simple_refused: bool
    """Passwords that many use, or of too few kinds of characters, are refused."""
    history: int
    """How many former passwords are refused; 0 when none is."""
    maximum_days: int
    """After how many it has to be changed; 0 when it never has."""
    wrong_guesses: int
    """After how many the account is locked; 0 when it never is."""
    locked_seconds: int
    """For how long it is then locked; 0 when until somebody unlocks it."""


@resource("idp_session_policy")
class SessionPolicy(Resource):
    """How long somebody who signed in stays so."""

    id: str
    name: str
    everybody: bool
    """It is for all people; `False` when for some only."""
    administrators: bool
    """It is for all who have a privileged role."""
    longest_minutes: int
    """After how many everybody has to sign in again; 0 when never."""
    idle_minutes: int
    """After how many without use; 0 when never."""
    survives_browser: bool
    """It goes on after the browser was closed."""


@part
class Credential(Observed):
    """What an application proves itself with: never the secret, only that there is one."""

    id: str
    method: Literal["secret", "certificate", "key"]
    created: datetime
    expires: datetime | None
    """`None` when it never does."""


@resource("idp_application")
class Application(Resource):
    """A program that people sign in to, or that signs in by itself."""

    id: str
    name: str
    enabled: bool
    foreign: bool
    """Somebody else made it and answers for it."""
    owners: tuple[str, ...]
    """Ids of those who may change it, or who answer for it; empty when nobody is named."""
    credentials: tuple[Credential, ...]
    """Sorted by id; empty when it has none."""
    last_used: datetime | None
    """`None` when no use is recorded."""


@resource("idp_grant")
class Grant(Resource):
    """What an application was allowed to do."""

    id: str
    application: str
    """Its id."""
    application_name: str
    foreign: bool
    """Somebody else made the application and answers for it."""
    rights: tuple[str, ...]
    """In the provider's words, sorted: `Mail.ReadWrite`, `okta.users.manage`, `contents:write`."""
    user: str
    """The id of the one user for whom it holds; empty when for everybody, or for the application by itself."""


@resource("idp_api_token")
class ApiToken(Resource):
    """A long-lived secret with which a program comes in as somebody: that there is one, never the secret."""

    id: str
    name: str
    owner: str
    """The id of the user whose rights it has; empty when it is nobody's."""
    active: bool
    created: datetime
    last_used: datetime | None
    """`None` when it never was."""
    expires: datetime | None
    """`None` when it never does."""
    network_bound: bool
    """It is accepted from named networks alone."""


@resource("idp_audit_log")
class AuditLog(Resource):
    """The record that the provider keeps of sign-ins, of administration, or of both."""

    id: str
    name: str
    enabled: bool
    kept_days: int
    """For how long the provider keeps it; 0 when for ever."""
    exported_to: tuple[str, ...]
    """Where it is sent as it grows, by name, sorted, as far as that is switched on; empty when nowhere."""
    daily: bool
    """Something is written in it every day, such as sign-ins; nobody may administer for weeks."""
    newest: datetime | None
    """When the newest record was made; `None` when there is none."""


@resource("idp_domain")
class Domain(Resource):
    """A domain whose addresses are logins. The id is its name."""

    id: str
    verified: bool
    """The provider has made sure that it is ours."""
    federated_with: str
    """The issuer that signs its people in; empty when the provider does so itself."""
    certificates_end: datetime | None
    """When the last certificate ends that the issuer signs with; `None` when it names none that ends."""
