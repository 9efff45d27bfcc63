"""What only Microsoft Entra ID has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from core.resource import Resource, missing_fields, resource


@resource("entra_tenant")
class EntraTenant(Resource):
    """What guests and people without a role may do in a tenant."""

    id: str
    premium: bool
    """It has a licence of Entra ID P1 or P2."""
    guest_role: Literal["that of members", "limited", "restricted"]
    """What guests may see of the directory: as much as members; some of it; what is their own."""
    invitations: Literal["none", "adminsAndGuestInviters", "adminsGuestInvitersAndAllMembers", "everyone"]
    """Who may invite guests, in Entra's word."""
    applications_by_everybody: bool
    """Anybody may register applications."""
    consent_by_everybody: tuple[str, ...]
    """Policies by which anybody may allow an application to act in their name, sorted; empty when nobody may."""
    consent_requests: bool
    """Who may not consent can ask somebody who may."""
    consent_reviewers: int
    """How many entries name who answers these requests."""
    own_words_refused: bool
    """A list of our own, of words that no password may hold, is filled and switched on."""


@resource("entra_conditional_access")
class ConditionalAccess(Resource):
    """A policy of Conditional Access, with what it does not hold for; whom it is for stands in `idp_sign_in_policy`."""

    id: str
    name: str
    state: Literal["enabled", "report only", "disabled"]
    left_out: tuple[str, ...]
    """What it leaves out beside people, sorted: `application 0ff1…`, `location Offices`, `platform android`."""
    limited_to: tuple[str, ...]
    """What it is for alone, sorted: `client browser`, `sign-in risk high`, `application Office365`."""


@resource("entra_named_location")
class NamedLocation(Resource):
    """Addresses or countries that policies speak of by one name."""

    id: str
    name: str
    trusted: bool
    ranges: tuple[str, ...]
    """Networks, sorted, as `192.0.2.0/24`; empty for countries."""
    countries: tuple[str, ...]
    """Codes of countries, sorted; empty for networks."""


@resource("entra_access_review")
class AccessReview(Resource):
    """A review of access that Entra ID holds."""

    id: str
    name: str
    about: Literal["guests", "roles", "others"]
    recurring: bool
    """It begins again by itself, and has not come to its end."""
    last_completed: datetime | None
    """The end of the newest round that was completed; `None` while none was."""


@resource("entra_risky_user")
class RiskyUser(Resource):
    """An account of which Entra ID believes that somebody else uses it, and which nobody has dealt with."""

    id: str
    login: str
    level: Literal["low", "medium", "high"]
    since: datetime
    """When that was last said anew."""

    def persons(self) -> Iterator[str]:
        if "login" not in missing_fields(self):
            yield self.login


@resource("entra_managed_device")
class ManagedDevice(Resource):
    """A device that Intune manages."""

    id: str
    name: str
    owner: str
    """The login of whoever uses it; empty when nobody does."""
    encrypted: bool
    compliance: str
    """Intune's word: `compliant`, `noncompliant`, `inGracePeriod`."""
    last_seen: datetime

    def persons(self) -> Iterator[str]:
        """Devices are often called after their users."""
        for field in ("name", "owner"):
            if field not in missing_fields(self) and (text := getattr(self, field)):
                yield text


@resource("entra_role")
class EntraRole(Resource):
    """A role that a tenant can give: one that Entra ID brings along, or one of our own."""

    id: str
    name: str
    built_in: bool
    marked: bool
    """Microsoft calls it privileged, for at least one of its rights is; told by the beta of Graph alone."""


@resource("entra_group_term")
class GroupTerm(Resource):
    """Somebody is in a group that has a role, for as long as Privileged Identity Management says."""

    id: str
    group: str
    principal: str
    ends: datetime | None
    """`None` when it does not end by itself."""


@resource("entra_per_user_mfa")
class PerUserMfa(Resource):
    """What sign-in demands of one account, whatever policies demand (per-user MFA). The id is the user's. There is one
    for every account that is not switched off; told by the beta of Graph alone.

    `enforced`: a second factor each time, where no setting of the whole tenant makes an exception. `enabled`: to set
    one up, and from then on the same; until then old protocols take the password alone.
    """

    id: str
    state: Literal["disabled", "enabled", "enforced"]


@resource("entra_offered_method")
class OfferedMethod(Resource):
    """A way to sign in that the policy of a tenant speaks of, and whom it offers it to. The id is Entra's word."""

    id: str
    enabled: bool
    everybody: bool
    """It is for all users, those in `left_out` apart."""
    left_out: tuple[str, ...]
    """Ids of users and groups, sorted."""
    resists_phishing: bool
    """Who signs in with it has shown all that is asked, and a page in between can pass nothing on: a passkey, or a
    certificate that counts as two factors."""
    set_up_by_people: bool
    """They may set it up themselves."""
