"""The people of an organization at GitHub: members, outside collaborators, owners, teams, second factors."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.github.source import ORGANIZATION, Github, identity, reading
from collectors.rest import counted, side_by_side
from collectors.rest_answers import Fields, RestError
from core.plugins import collector
from core.resource import unobserved
from core.resources.idp import Factors, Group, RoleAssignment, SignInPolicy, User

MEMBERS = reading("/orgs/{org}/members", "Organization members: read")
OUTSIDERS = reading("/orgs/{org}/outside_collaborators", "Organization members: read")
TEAMS = reading("/orgs/{org}/teams", "Organization members: read")
TEAM_MEMBERS = reading("/orgs/{org}/teams/{team}/members", "Organization members: read")
WITHOUT = "2fa_disabled"
NOT_LISTED = "GitHub's listings do not tell"
ELSEWHERE = "the enterprise's identity provider signs these people in: look there"


@collector(permissions=(MEMBERS, OUTSIDERS))
def users(github: Github) -> Iterator[User]:
    """Members, and collaborators from outside. GitHub tells neither names nor when anybody signed in."""
    organization = github.extent().organization
    for entry in github.entries(MEMBERS, org=organization):
        yield _user(github, entry, guest=False)
    for entry in github.entries(OUTSIDERS, org=organization):
        yield _user(github, entry, guest=True)


@collector(permissions=(MEMBERS, OUTSIDERS))
def factors(github: Github) -> Iterator[Factors]:
    """Who has set up a second factor: all but those that an owner is told have none.

    Accounts that belong to the enterprise have none at GitHub, which says nothing of how they are signed in.
    """
    extent = github.extent()
    organization = extent.organization
    for read in (MEMBERS, OUTSIDERS):
        if extent.managed_users:
            for entry in github.entries(read, org=organization):
                yield Factors(id=identity(entry), enrolled=unobserved(ELSEWHERE), factors=unobserved(ELSEWHERE))
            continue
        without = {identity(each) for each in github.entries(read, org=organization, filter=WITHOUT)}
        for entry in github.entries(read, org=organization):
            name = identity(entry)
            yield Factors(id=name, enrolled=name not in without, factors=unobserved("GitHub does not tell which"))


@collector(permissions=(MEMBERS,))
def owners(github: Github) -> Iterator[RoleAssignment]:
    """Owners of the organization, who may do everything in it."""
    for entry in github.entries(MEMBERS, org=github.extent().organization, role="admin"):
        yield RoleAssignment(
            id=f"owner/{identity(entry)}",
            role="owner",
            privileged=True,
            scope="",
            principal=identity(entry),
            principal_kind="user",
            since=unobserved(NOT_LISTED),
            ends=None,
            eligible=False,
        )


@collector(permissions=(TEAMS, TEAM_MEMBERS))
def teams(github: Github) -> Iterator[Group]:
    """Teams and who is in them, those of teams inside included."""
    organization = github.extent().organization

    def look(team: Fields) -> Group:
        return Group(
            id=f"team/{identity(team)}",
            name=github.look(lambda: team.text("name")),
            members=github.look(
                lambda: tuple(
                    sorted(
                        identity(each)
                        for each in github.entries(TEAM_MEMBERS, org=organization, team=team.text("slug"))
                    )
                )
            ),
        )

    (found,) = counted(github.entries(TEAMS, org=organization))
    yield from side_by_side(look, found)


@collector(permissions=(ORGANIZATION,))
def sign_in(github: Github) -> Iterator[SignInPolicy]:
    """Whether the organization demands a second factor of its people. GitHub tells that to owners alone."""
    extent = github.extent()
    organization = github.one(ORGANIZATION, org=extent.organization)
    demanded: bool = github.look(lambda: organization.flag("two_factor_requirement_enabled"))
    if extent.managed_users:
        demanded = unobserved(ELSEWHERE)
    yield SignInPolicy(
        id="two-factor-requirement",
        name="Require two-factor authentication",
        enforced=True,
        decides="together",
        everybody=True,
        administrators=True,
        everything=True,
        exceptions=(),
        admits=True,
        second_factor=demanded,
        phishing_resistant=False,  # any second factor will do
        stops_legacy=True,  # GitHub has taken no passwords for Git or its interface since 2021
        managed_device=False,
    )


def _is_machine(entry: Fields) -> bool:
    if (kind := entry.text("type")) not in ("User", "Bot"):
        raise RestError(f"{kind} is not known here as a kind of account")
    return kind == "Bot"


def _user(github: Github, entry: Fields, *, guest: bool) -> User:
    return User(
        id=identity(entry),
        login=github.look(lambda: entry.text("login")),
        name=unobserved(NOT_LISTED),
        email=unobserved(NOT_LISTED),
        service=github.look(lambda: _is_machine(entry)),
        guest=guest,
        invited=None,  # who has not accepted yet is not listed
        synchronised_from=unobserved(NOT_LISTED),
        enabled=True,  # who is listed may come in
        expires=None,
        created=unobserved(NOT_LISTED),
        last_sign_in=unobserved(NOT_LISTED),
        sign_ins_lag_days=unobserved(NOT_LISTED),
        sign_ins_recorded_since=unobserved(NOT_LISTED),
        password_changed=unobserved(NOT_LISTED),
    )
