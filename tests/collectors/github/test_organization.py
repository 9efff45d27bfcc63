"""Collectors of GitHub against an organization on loopback: what they see, what they ask, and what they may not."""

from __future__ import annotations

from contextvars import copy_context
from datetime import UTC, datetime
from typing import Any

import pytest

import checks.github
import checks.idp
from collectors.github import Settings, least_privilege
from core.engine import Collected
from core.model import Status
from core.plugins import Check, discover
from core.recording import tell_of_answers
from tests.collectors.github.conftest import COLLECTORS, place
from tests.collectors.github.server import ANSWERS, ordinary, protection, repository, rule, said
from tests.collectors.rest_world import WAYS, Place, World, told
from tests.https_server import Said, Server

CHECKS = discover([checks.idp, checks.github], Check)
REPOSITORY = "/repos/acme/api"


@pytest.fixture(scope="module")
def world(running: Server) -> World:
    """The ordinary organization, as it is seen and judged."""
    found = place(running, ordinary()).world(CHECKS)
    assert {each.path for each in running.asked if each.verb != "GET"} == {"/graphql"}
    assert {each.headers["x-github-api-version"] for each in running.asked} == {"2022-11-28"}
    assert not [gap for unit in found.units.values() for gap in unit.unit.gaps]
    return found


def seen(world: World, name: str) -> dict[str, dict[str, Any]]:
    (kind,) = told(world.units[f"github.{name}"]).values()
    return kind


def test_people(world: World) -> None:
    found = {each["login"]: (each["guest"], each["service"]) for each in seen(world, "people.users").values()}
    assert found == {
        "ada": (False, False), "bob": (False, False), "eve": (False, False), "renovate": (False, True),
        "consultant": (True, False),
    }  # fmt: skip
    enrolled = {name: each["enrolled"] for name, each in seen(world, "people.factors").items()}
    assert enrolled == {"11": True, "12": True, "13": False, "14": True, "21": True}
    assert {each["principal"] for each in seen(world, "people.owners").values()} == {"11", "12"}
    teams = {each["name"]: each["members"] for each in seen(world, "people.teams").values()}
    assert teams == {"Core": ("11", "12", "13"), "Empty": ()}


def test_the_organization(world: World) -> None:
    (found,) = seen(world, "organization.organization").values()
    assert (found["everybody_may"], found["members_publish"], found["actions_allowed"]) == ("read", False, "selected")
    assert (found["workflows_write"], found["workflows_approve"]) == (False, False)
    (policy,) = seen(world, "people.sign_in").values()
    assert policy["second_factor"] is True
    grants = {each["application_name"]: each["rights"] for each in seen(world, "organization.installations").values()}
    assert grants == {"builder": ("contents:write", "metadata:read"), "reader": ("metadata:read",)}
    (log,) = seen(world, "organization.log").values()
    assert (log["exported_to"], log["newest"]) == (("Amazon S3",), datetime(2026, 11, 23, 11, 40, tzinfo=UTC))


def test_repositories(world: World) -> None:
    found = {
        each["name"]: (each["branch"], each["reviews"], each["rewriting_stopped"], each["archived"], each["public"])
        for each in seen(world, "repositories.repositories").values()
    }
    assert found == {
        "api": ("main", 2, True, False, False), "web": ("main", 1, True, False, True),
        "attic": ("main", 0, True, True, False), "empty": ("", 0, False, False, False),
        "loose": ("main", 0, False, False, False),
    }  # fmt: skip
    keys = {
        each["name"]: (each["read_only"], each["last_used"])
        for each in seen(world, "repositories.deploy_keys").values()
    }
    assert keys == {"deploy": (True, datetime(2026, 11, 20, tzinfo=UTC)), "writer": (False, None)}


def test_alerts(world: World) -> None:
    found = {name: (each["what"], each["severity"]) for name, each in seen(world, "alerts.alerts").items()}
    assert found == {
        "dependabot/api/1": ("jinja2", "high"), "dependabot/web/1": ("lodash", "critical"),
        "secret/api/7": ("slack_incoming_webhook_url", "critical"),
    }  # fmt: skip


def test_secrets_are_asked_for_hidden(world: World, acme: Place) -> None:
    acme.unit("alerts.alerts")
    (asked,) = (each for each in acme.server.asked if "secret-scanning" in each.path)
    assert asked.query["hide_secret"] == "true"


def test_verdicts(world: World) -> None:
    statuses = world.statuses(world.evidence)
    failing = {check for (check, _, _), status in statuses.items() if status is Status.FAIL}
    assert failing >= {
        "github.alerts.leaked_secret_is_revoked_in_time", "github.alerts.vulnerable_dependency_is_replaced_in_time",
        "github.repositories.changes_are_reviewed", "github.repositories.deploy_key_only_reads",
        "idp.applications.high_rights_are_approved", "idp.factors.second_factor_is_set_up",
    }  # fmt: skip
    passing = {check for (check, _, _), status in statuses.items() if status is Status.PASS}
    assert passing >= {"idp.sign_in_policies.second_factor_is_demanded", "idp.roles.administrators_are_few"}
    assert not [key for key, status in statuses.items() if status is Status.ERROR]


@pytest.mark.parametrize("way", WAYS)
def test_what_is_refused_makes_verdicts_unknown_and_nothing_else(world: World, way: str) -> None:
    wrong = [complaint for operation in world.operations for complaint in world.complaints(operation, way)]
    assert not wrong, "\n".join(wrong)


def test_a_later_page_that_is_refused_is_no_end(world: World) -> None:
    wrong = [complaint for operation in world.operations for complaint in world.complaints(operation, "403", page=2)]
    assert not wrong, "\n".join(wrong)


def test_what_is_called_is_what_is_declared(world: World) -> None:
    assert world.asked == set(world.operations)
    needs = {read.needs for each in COLLECTORS.values() for read in each.permissions}
    printed = least_privilege(read for each in COLLECTORS.values() for read in each.permissions)
    assert all(need.endswith(": read") and need in printed for need in needs)
    assert all(operation in printed for operation in world.operations)


HIDDEN: list[tuple[dict[str, Any], str, str, Any]] = [
    ({"two_factor_requirement_enabled": None}, "people.sign_in", "second_factor",
     "? two_factor_requirement_enabled of the answer to GET /orgs/{org} is null"),
    ({"members_can_create_public_repositories": None}, "organization.organization", "members_publish",
     "? members_can_create_public_repositories of the answer to GET /orgs/{org} is null"),
    ({"default_repository_permission": "maintain"}, "organization.organization", "everybody_may",
     "? maintain is none of the words that are known here: none, read, write, admin"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "name", "field", "expected"), HIDDEN)
def test_what_is_hidden_is_unknown(acme: Place, change: dict[str, Any], name: str, field: str, expected: Any) -> None:
    acme.shows.answers["/orgs/acme"] |= change
    ((found,),) = (each.values() for each in told(acme.unit(name)).values())
    assert found[field] == expected


def test_people_who_sign_in_elsewhere_are_not_judged_here(acme: Place) -> None:
    acme.shows.answers["/orgs/acme"]["two_factor_requirement_enabled"] = False
    ((found,),) = (each.values() for each in told(acme.unit("people.sign_in")).values())
    assert found["second_factor"] is False
    ((found,),) = (each.values() for each in told(acme.unit("people.sign_in", managed_users=True)).values())
    assert found["second_factor"] == "? the enterprise's identity provider signs these people in: look there"
    enrolled = told(acme.unit("people.factors", managed_users=True))["idp_factors"]
    assert {name: each["enrolled"] for name, each in enrolled.items()} == dict.fromkeys(
        ("11", "12", "13", "14", "21"), "? the enterprise's identity provider signs these people in: look there"
    )


def branch(acme: Place, rules: Any, classic: Any) -> dict[str, Any]:
    """What is seen of a repository with these rules and this classic protection."""
    for path, found in (
        (f"{REPOSITORY}/rules/branches/main", rules),
        (f"{REPOSITORY}/branches/main/protection", classic),
    ):
        if isinstance(found, Said):
            acme.shows.refused[path] = found
        else:
            acme.shows.answers[path] = found
    repositories = told(acme.unit("repositories.repositories"))["github_repository"]
    return repositories["61"]


NONE, PLAN = said(404, "Branch not protected"), said(403, "Upgrade to GitHub Pro or make this repository public.")
HIDES = said(404, "Not Found")
HIDDEN_PROTECTION = (
    "? GET /repos/{org}/{repo}/branches/{branch}/protection is answered with status 404 (404: Not Found)"
)


@pytest.mark.parametrize(("rules", "classic", "reviews", "stopped"), [
    ([], NONE, 0, False),
    ([], protection(2), 2, True),
    ([], protection(None), 0, True),
    ([], protection(1, forced=True), 1, False),
    ([], protection(1, deleted=True), 1, False),
    ([rule("non_fast_forward")], protection(None, forced=True), 0, True),
    ([rule("deletion"), rule("non_fast_forward")], NONE, 0, True),
    ([rule("pull_request", required_approving_review_count=1)], NONE, 1, False),
    ([], HIDES, HIDDEN_PROTECTION, HIDDEN_PROTECTION),
    ([rule("deletion"), rule("non_fast_forward")], HIDES, HIDDEN_PROTECTION, True),
    (PLAN, PLAN, 0, False),
    (said(403, "Resource not accessible by integration"), protection(1),
     "? GET /repos/{org}/{repo}/rules/branches/{branch} is answered with status 403 (403: Resource not accessible by integration)",
     "? GET /repos/{org}/{repo}/rules/branches/{branch} is answered with status 403 (403: Resource not accessible by integration)"),
])  # fmt: skip
def test_what_a_branch_demands(acme: Place, rules: Any, classic: Any, reviews: Any, stopped: Any) -> None:
    found = branch(acme, rules, classic)
    assert (found["reviews"], found["rewriting_stopped"]) == (reviews, stopped)


LENIENT = protection(1, administrators=False)


@pytest.mark.parametrize(("rules", "classic", "exempt"), [
    ([], NONE, False),
    ([], protection(1), False),
    ([], LENIENT, True),
    ([], protection(None, administrators=False), False),
    ([rule("deletion")], LENIENT, True),
    ([rule("pull_request", required_approving_review_count=1)], LENIENT, False),
    ([], {name: each for name, each in LENIENT.items() if name != "enforce_admins"},
     "? the answer to GET /repos/{org}/{repo}/branches/{branch}/protection has no enforce_admins in the answer"),
    ([], HIDES, HIDDEN_PROTECTION),
])  # fmt: skip
def test_whether_administrators_go_around_approvals(acme: Place, rules: Any, classic: Any, exempt: Any) -> None:
    assert branch(acme, rules, classic)["administrators_exempt"] == exempt


def test_what_was_not_analyzed_for_us_is_unknown(acme: Place) -> None:
    first = acme.shows.answers["/orgs/acme/repos"][0]
    del first["security_and_analysis"]["secret_scanning"]
    first["security_and_analysis"]["secret_scanning_push_protection"]["status"] = "disabled"
    found = told(acme.unit("repositories.repositories"))["github_repository"]["61"]
    assert found["secrets_looked_for"].startswith(
        "? security_and_analysis of an entry of GET /orgs/{org}/repos has no secret"
    )
    assert (found["secrets_stopped"], found["updates_proposed"]) == (False, True)
    first["security_and_analysis"]["dependabot_security_updates"]["status"] = "paused"
    found = told(acme.unit("repositories.repositories"))["github_repository"]["61"]
    assert found["updates_proposed"] == "? paused is not known here as a status of dependabot_security_updates"


@pytest.mark.parametrize(("name", "expected"), [("repositories.repositories", 10), ("repositories.deploy_keys", 5)])
def test_whoever_waits_hears_how_many_questions_there_are(acme: Place, name: str, expected: int) -> None:
    heard: list[int] = []

    def look() -> Collected:
        tell_of_answers(lambda: None, heard.append)
        return acme.unit(name)

    assert not copy_context().run(look).unit.gaps
    assert set(heard) == {expected}


@pytest.mark.parametrize(("counts", "reason"), [
    ({"total_private_repos": 9}, "the organization has 10 repositories, and 5 are shown to us"),
    ({"total_private_repos": None}, "total_private_repos of the answer to GET /orgs/{org} is null"),
])  # fmt: skip
@pytest.mark.parametrize("name", ["repositories.repositories", "repositories.deploy_keys"])
def test_repositories_that_an_app_was_not_installed_for_are_a_gap(
    acme: Place, counts: dict[str, Any], reason: str, name: str
) -> None:
    acme.shows.answers["/orgs/acme"] |= counts
    assert [gap.reason for gap in acme.unit(name).unit.gaps] == [reason]


def test_installations_are_counted(acme: Place) -> None:
    acme.shows.answers["/orgs/acme/installations"]["total_count"] = 7
    (gap,) = acme.unit("organization.installations").unit.gaps
    assert gap.reason == "GitHub says that there are [7] installations, and showed 3"


def test_who_is_no_owner_is_not_told_who_lacks_a_second_factor(acme: Place) -> None:
    acme.shows.refused["/orgs/acme/members"] = said(422, "Only owners can use this filter.")
    (gap,) = acme.unit("people.factors").unit.gaps
    assert "Only owners can use this filter." in gap.reason


def test_a_log_that_is_not_told_is_unknown(acme: Place) -> None:
    acme.shows.refused["/orgs/acme/audit-log"] = said(404, "Not Found")
    (log,) = told(acme.unit("organization.log", enterprise=""))["idp_audit_log"].values()
    assert log["newest"].startswith("? GET /orgs/{org}/audit-log is answered with status 404")
    assert log["exported_to"] == "? streams belong to the enterprise, which is not named"
    acme.shows.refused.clear()
    acme.shows.answers["/orgs/acme/audit-log"] = []
    (log,) = told(acme.unit("organization.log"))["idp_audit_log"].values()
    assert log["newest"] is None


def test_alerts_of_one_kind_that_are_refused_hide_no_others(acme: Place) -> None:
    acme.shows.refused["/orgs/acme/dependabot/alerts"] = said(403, "Resource not accessible by integration")
    unit = acme.unit("alerts.alerts")
    assert list(told(unit)["github_alert"]) == ["secret/api/7"]
    assert len(unit.unit.gaps) == 1


def test_workflows(acme: Place) -> None:
    acme.shows.answers["/orgs/acme/actions/permissions"] = {"enabled_repositories": "none"}
    acme.shows.answers["/orgs/acme/actions/permissions/workflow"]["default_workflow_permissions"] = "write"
    (found,) = told(acme.unit("organization.organization"))["github_organization"].values()
    assert (found["actions_allowed"], found["workflows_write"]) == ("none", True)


def test_a_severity_that_nobody_knows_is_unknown(acme: Place) -> None:
    acme.shows.answers["/orgs/acme/dependabot/alerts"][0]["security_advisory"]["severity"] = "apocalyptic"
    found = told(acme.unit("alerts.alerts"))["github_alert"]["dependabot/api/1"]
    assert found["severity"] == "? apocalyptic is not known here as a severity"


def test_a_repository_that_moved_to_a_later_page_is_one(acme: Place) -> None:
    acme.shows.answers["/orgs/acme/repos"].insert(1, repository(61, "api"))
    assert not acme.unit("repositories.deploy_keys").unit.gaps
    assert ANSWERS["/orgs/acme/repos"][0]["id"] == 61


@pytest.mark.parametrize("way", [
    {}, {"app_id": "1", "installation_id": "2"}, {"app_id": "1", "private_key": {"env": "K"}},
    {"app_id": "1", "installation_id": "2", "private_key": {"env": "K"}, "token": {"env": "T"}},
])  # fmt: skip
def test_there_is_one_way_in(way: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="give either app_id, installation_id and private_key, or token"):
        Settings(name="acme", **way)
