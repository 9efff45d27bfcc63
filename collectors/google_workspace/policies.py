"""Settings of a customer for passwords, sessions and sharing, as Cloud Identity tells them to a super administrator.

Several policies may set the same thing for an organizational unit or group; of those that hold for somebody, the one
with the greatest sort order counts (https://cloud.google.com/identity/docs/concepts/policy-api-concepts).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from collectors.google_workspace.source import DIRECTORY, IDENTITY, SCOPES, Workspace
from collectors.rest import Read, remembered
from collectors.rest_answers import Fields, RestError
from core.plugins import collector
from core.resource import unobserved
from core.resources.google_workspace import DriveSharing
from core.resources.idp import PasswordPolicy, SessionPolicy

POLICIES = Read(
    "/v1/policies", needs="https://www.googleapis.com/auth/cloud-identity.policies.readonly", service=IDENTITY
)
UNITS = Read(
    "/admin/directory/v1/customer/my_customer/orgunits",
    needs=f"{SCOPES}admin.directory.orgunit.readonly", service=DIRECTORY, limit=DIRECTORY,
)  # fmt: skip
LICENSED = "entity.licenses"
"""What stands in the query of a policy that is for holders of a licence alone."""
ROOT = "/"
SECONDS_OF_DAY, SECONDS_OF_MINUTE = 86400, 60
NO_LOCKING = "Google slows guessers down by its own judgement, and has no setting for it"
NO_HISTORY = "Google refuses former passwords, and does not tell how many"
NO_SUCH_SETTING = "Google's session control has no such setting"
OTHER_POLICIES = "some units have a policy of their own, and who of their people administers is not known here"


@dataclass(frozen=True, slots=True)
class Policy:
    """What one policy sets, and for whom."""

    id: str
    name: str
    for_all: bool
    """It is for the topmost unit, of all accounts; below it others may hold instead."""
    administrators: bool
    """It is for all who administer, as nobody has another."""
    value: Fields


@collector(permissions=(POLICIES, UNITS))
def passwords(workspace: Workspace) -> Iterator[PasswordPolicy]:
    """What passwords have to be."""
    for policy in _policies(workspace, "security.password", "passwords"):
        yield _of_passwords(workspace, policy)


@collector(permissions=(POLICIES, UNITS))
def sessions(workspace: Workspace) -> Iterator[SessionPolicy]:
    """How long people stay signed in."""
    for policy in _policies(workspace, "security.session_controls", "sessions"):
        yield _of_sessions(workspace, policy)


@collector(permissions=(POLICIES, UNITS))
def sharing(workspace: Workspace) -> Iterator[DriveSharing]:
    """How far files of Drive may be shared."""
    for policy in _policies(workspace, "drive_and_docs.external_sharing", "sharing of files"):
        yield _of_sharing(workspace, policy)


def _of_passwords(workspace: Workspace, policy: Policy) -> PasswordPolicy:
    look, value = workspace.look, policy.value
    return PasswordPolicy(
        id=policy.id,
        name=policy.name,
        default=policy.for_all,
        minimum_length=look(lambda: value.number("minimumLength")),
        simple_refused=look(lambda: _is_strong(value)),
        history=look(lambda: _history(value)),
        maximum_days=look(lambda: -(-seconds(value, "expirationDuration") // SECONDS_OF_DAY)),
        wrong_guesses=unobserved(NO_LOCKING),
        locked_seconds=unobserved(NO_LOCKING),
    )


def _of_sessions(workspace: Workspace, policy: Policy) -> SessionPolicy:
    return SessionPolicy(
        id=policy.id,
        name=policy.name,
        everybody=policy.for_all,
        administrators=policy.administrators,
        longest_minutes=workspace.look(lambda: -(-seconds(policy.value, "webSessionDuration") // SECONDS_OF_MINUTE)),
        idle_minutes=unobserved(NO_SUCH_SETTING),
        survives_browser=unobserved(NO_SUCH_SETTING),
    )


def _of_sharing(workspace: Workspace, policy: Policy) -> DriveSharing:
    return DriveSharing(
        id=policy.id,
        name=policy.name,
        mode=workspace.look(lambda: _mode(policy.value)),
        warns=workspace.look(lambda: policy.value.flag("warnForExternalSharing")),
    )


def _policies(workspace: Workspace, setting: str, subject: str) -> Iterator[Policy]:
    """The policies that count. Raises `RestError`, also when none is for everybody: then Google's defaults hold for the
    others, untold."""
    # The dot stands for any character: CEL knows no `\.` in a text. What else it fits is left out below.
    listed = workspace.entries(
        POLICIES, "policies", pageSize="100", filter=f"setting.type.matches('^settings/{setting}$')"
    )
    counting = _counting([each for each in listed if each.part("setting").text("type") == f"settings/{setting}"])
    if not counting:
        raise RestError(f"no policy for {subject} is shown, so that defaults hold which Google does not tell here")
    units = remembered(lambda: paths_of_units(workspace))
    shown = [_policy(workspace, entry, subject, units, alone=len(counting) == 1) for entry in counting]
    yield from shown
    if not any(each.for_all is True for each in shown):
        raise RestError(
            f"no policy for {subject} is seen to be for everybody, so that for some defaults hold which Google does "
            "not tell here"
        )


def _policy(
    workspace: Workspace, entry: Fields, subject: str, units: Callable[[], dict[str, str]], *, alone: bool
) -> Policy:
    return Policy(
        id=entry.text("name"),
        name=workspace.look(lambda: f"{subject} of {_whom(entry, units)}"),
        for_all=workspace.look(lambda: _whom(entry, units) == ROOT),
        administrators=workspace.look(lambda: _for_administrators(entry, units, alone=alone)),
        value=entry.part("setting").part("value"),
    )


def _counting(policies: list[Fields]) -> list[Fields]:
    """Of policies for the same people, the one with the greatest sort order, and before it those for licences alone."""
    found, settled = list[Fields](), set[tuple[str, str]]()
    for policy in sorted(policies, key=order, reverse=True):
        query = policy.part("policyQuery")
        target = optional(query, "orgUnit"), optional(query, "group")
        if not any(target):  # Google names neither where a policy is for several at once
            target = "", optional(query, "query")
        if target in settled:
            continue
        found.append(policy)
        if LICENSED not in optional(query, "query"):
            settled.add(target)
    return found


def order(policy: Fields) -> float:
    return policy.part("policyQuery").measure("sortOrder")


def optional(query: Fields, name: str) -> str:
    return query.text(name) if name in query else ""


def _whom(policy: Fields, units: Callable[[], dict[str, str]]) -> str:
    """The path of the unit, or the name of the group. Raises `RestError`."""
    query = policy.part("policyQuery")
    if "group" in query:
        return query.text("group")
    if (path := units().get(query.text("orgUnit").removeprefix("orgUnits/"))) is None:
        raise RestError("the organizational unit of a policy is not among those that are shown to us")
    return f"{path}, licensed" if LICENSED in optional(query, "query") and path == ROOT else path


def _for_administrators(policy: Fields, units: Callable[[], dict[str, str]], *, alone: bool) -> bool:
    """Raises `RestError` where others may hold for those who administer."""
    if alone and _whom(policy, units) == ROOT:
        return True
    raise RestError(OTHER_POLICIES)


def paths_of_units(workspace: Workspace) -> dict[str, str]:
    """Paths of units by their ids."""
    listed = workspace.entries(UNITS, "organizationUnits", "admin#directory#orgUnits", type="allIncludingParent")
    return {each.text("orgUnitId").removeprefix("id:"): each.text("orgUnitPath") for each in listed}


def _is_strong(value: Fields) -> bool:
    if (said := value.text("allowedStrength")) not in ("STRONG", "WEAK"):
        raise RestError(f"{said} is not known here as a strength of passwords")
    return said == "STRONG"


def _history(value: Fields) -> int:
    """Raises `RestError` when some are refused."""
    if value.flag("allowReuse"):
        return 0
    raise RestError(NO_HISTORY)


def seconds(value: Fields, name: str) -> int:
    """A span as Google writes it: `3600s`. Raises `RestError`."""
    said = value.text(name)
    if not said.removesuffix("s").isdecimal() or not said.endswith("s"):
        raise RestError(f"{said!r} is no span of time")
    return int(said.removesuffix("s"))


def _mode(value: Fields) -> Literal["ALLOWED", "ALLOWLISTED_DOMAINS", "DISALLOWED"]:
    match said := value.text("externalSharingMode"):
        case "ALLOWED" | "ALLOWLISTED_DOMAINS" | "DISALLOWED":
            return said
        case _:
            raise RestError(f"{said} is not known here as a way to share")
