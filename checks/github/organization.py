"""Checks of what holds for a whole organization at GitHub."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.resource import missing_fields
from core.resources.github import GithubOrganization, GithubSingleSignOn

LITTLE = ("none", "read")


@check(objective="source-code-access-is-limited", severity=Severity.MEDIUM)
def members_get_little_by_default(organization: GithubOrganization) -> Verdict:
    """A member who was given nothing may at most read repositories.

    Otherwise each new colleague, and whoever takes over one account, may change all source code.

    Remediation: Settings, Member privileges, Base permissions: *No permission* or *Read*; give teams what they need.
    """
    verdict = passed if organization.everybody_may in LITTLE else failed
    return verdict(f"the base permission of members is {organization.everybody_may}")


@check(objective="data-is-not-public", severity=Severity.MEDIUM)
def members_cannot_publish(organization: GithubOrganization) -> Verdict:
    """Members cannot make repositories that everybody can read.

    One wrong choice when a repository is made publishes source code and whatever secrets stand in it.

    Remediation: Settings, Member privileges, Repository creation: take *Public* away.
    """
    if organization.members_publish:
        return failed("members may make public repositories")
    return passed("members may not make public repositories")


@check(objective="software-comes-from-approved-sources", severity=Severity.MEDIUM)
def actions_are_chosen(organization: GithubOrganization) -> Verdict:
    """Workflows run our own actions, and others that were chosen.

    An action is a stranger's program that runs with our source code and secrets, in the version that the stranger
    publishes today.

    Remediation: Settings, Actions, General: allow selected actions, and name them with the digest of a version.
    """
    verdict = failed if organization.actions_allowed == "all" else passed
    return verdict(f"the actions that workflows may run are: {organization.actions_allowed}")


@check(objective="permissions-are-least", severity=Severity.MEDIUM)
def workflows_only_read_by_default(organization: GithubOrganization) -> Verdict:
    """A workflow that asks for nothing may read its repository, and approves no change.

    Whatever runs in a workflow, a dependency's test for example, has its token.

    Remediation: Settings, Actions, General, Workflow permissions: *Read repository contents*, and let workflows neither
    make nor approve pull requests.
    """
    if organization.workflows_write:
        return failed("the token of each workflow may change its repository")
    if organization.workflows_approve:
        return failed("workflows may approve changes")
    return passed("the token of a workflow may read its repository, and approves nothing")


@check(objective="access-is-managed-centrally", severity=Severity.MEDIUM)
def single_sign_on_is_set_up(single_sign_on: GithubSingleSignOn) -> Verdict:
    """An identity provider of ours signs people in.

    An account at GitHub is its person's own, with a password and second factor that nobody here sees, and stays when
    they leave. A pass says that a provider is set up, for the organization or its enterprise: whether everybody has to
    sign in there GitHub does not tell.

    Remediation: With GitHub Enterprise Cloud: Settings, Authentication security, SAML single sign-on. Set it up, let
    everybody link their account, then require it.
    """
    if single_sign_on.set_up_by == "nobody":
        plan = "" if "plan" in missing_fields(single_sign_on) else f", on the plan {single_sign_on.plan}"
        return failed(f"no identity provider is set up{plan}")
    return passed(
        f"the {single_sign_on.set_up_by} has set up {single_sign_on.provider}; whether everybody has to sign in there "
        "is not told"
    )
