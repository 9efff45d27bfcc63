"""Checks of repositories at GitHub, and of the keys that open them."""

from __future__ import annotations

from datetime import datetime, timedelta

from checks.idp.accounts import is_named
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.github import GithubDeployKey, GithubRepository


@check(objective="source-code-access-is-limited", severity=Severity.MEDIUM)
def public_repository_is_approved(repository: GithubRepository, *, approved: tuple[str, ...] = ()) -> Verdict:
    """A repository that everybody can read was approved to be one.

    What was public once has been copied, with its whole history. Name those that are meant to be read in `approved`,
    also archived ones; `*` stands for anything.

    Remediation: Settings, Danger Zone, Change visibility: make it private, and replace each secret that stood in it.
    """
    if not repository.public:
        return passed(f"{repository.name} can be read by those who were given it")
    if is_named(repository.name, approved):
        return passed(f"{repository.name} can be read by everybody, which is approved")
    return failed(f"{repository.name} can be read by everybody, which nobody has approved")


@check(objective="changes-are-reviewed", severity=Severity.HIGH)
def changes_are_reviewed(
    repository: GithubRepository, *, least_reviews: int = 1, left_out: tuple[str, ...] = ()
) -> Verdict:
    """Nothing reaches the default branch unless somebody else approved it.

    One stolen account, or one bad day, is then not enough to change what everybody runs. Name repositories of which
    nothing goes into use in `left_out`.

    Remediation: Make a ruleset of the organization for the default branch that requires a pull request with an
    approval.
    """
    if reason := _has_no_branch(repository, left_out):
        return not_applicable(reason)
    verdict = passed if repository.reviews >= least_reviews else failed
    return verdict(f"{repository.branch} of {repository.name} demands {repository.reviews} approvals")


@check(objective="changes-are-reviewed", severity=Severity.MEDIUM)
def approvals_bind_administrators(repository: GithubRepository, *, left_out: tuple[str, ...] = ()) -> Verdict:
    """Classic protection that demands approvals demands them of administrators, too.

    Unless it says so, whoever administers the repository merges without anybody's approval, and so does who has taken
    over that account. Whom rulesets let go around them GitHub shows only to those who may change them: these are not
    judged.

    Remediation: In the protection of the default branch, switch on *Do not allow bypassing the above settings*, or
    demand approvals by a ruleset without exceptions.
    """
    if reason := _has_no_branch(repository, left_out):
        return not_applicable(reason)
    said = f"{repository.branch} of {repository.name}"
    if not repository.reviews:
        return not_applicable(f"{said} demands no approvals")
    if repository.administrators_exempt:
        return failed(f"classic protection alone demands approvals for {said}, and not of administrators")
    return passed(f"no classic protection of {said} lets administrators go around its approvals alone")


@check(objective="changes-are-reviewed", severity=Severity.MEDIUM)
def history_cannot_be_rewritten(repository: GithubRepository, *, left_out: tuple[str, ...] = ()) -> Verdict:
    """The default branch can be neither deleted nor set back.

    What was reviewed can otherwise be replaced afterwards, and nobody sees what stood there.

    Remediation: Make a ruleset of the organization for the default branch that restricts deletions and blocks force
    pushes.
    """
    if reason := _has_no_branch(repository, left_out):
        return not_applicable(reason)
    if repository.rewriting_stopped:
        return passed(f"{repository.branch} of {repository.name} can be neither deleted nor set back")
    return failed(f"{repository.branch} of {repository.name} can be deleted or set back")


@check(objective="secrets-are-stored-safely", severity=Severity.HIGH)
def secrets_are_stopped(repository: GithubRepository) -> Verdict:
    """A repository is searched for secrets, and refuses new ones.

    A password in source code is everybody's who ever had a copy, for as long as it opens something.

    Remediation: Switch secret scanning and push protection on for the organization, for new repositories too.
    """
    if repository.archived:
        return not_applicable(f"{repository.name} is archived")
    if not repository.secrets_looked_for:
        return failed(f"{repository.name} is not searched for secrets")
    if not repository.secrets_stopped:
        return failed(f"{repository.name} is searched for secrets, and takes new ones")
    return passed(f"{repository.name} is searched for secrets, and refuses new ones")


@check(objective="vulnerabilities-are-looked-for", severity=Severity.MEDIUM)
def updates_are_proposed(repository: GithubRepository) -> Verdict:
    """Dependabot proposes versions of dependencies without known vulnerabilities.

    Somebody has to notice that a dependency became dangerous, each day.

    Remediation: Switch Dependabot alerts and security updates on for the organization.
    """
    if repository.archived:
        return not_applicable(f"{repository.name} is archived")
    verdict, said = (passed, "on") if repository.updates_proposed else (failed, "off")
    return verdict(f"security updates of Dependabot are {said} in {repository.name}")


@check(objective="permissions-are-least", severity=Severity.MEDIUM)
def deploy_key_only_reads(key: GithubDeployKey, *, approved: tuple[str, ...] = ()) -> Verdict:
    """A deploy key may read its repository and not change it.

    It is a file on some machine, belongs to nobody, and does not end. Name those that have to write in `approved`.

    Remediation: Add the key again without *Allow write access*, or let an app write.
    """
    said = f"the key {key.name} of {key.repository}"
    if key.read_only:
        return passed(f"{said} may only read")
    if is_named(key.name, approved) or is_named(f"{key.repository}/{key.name}", approved):
        return passed(f"{said} may write, which is approved")
    return failed(f"{said} may write")


@check(objective="unused-access-is-removed", severity=Severity.LOW)
def deploy_key_is_used(key: GithubDeployKey, *, as_of: datetime, max_unused_days: int = 90) -> Verdict:
    """Every deploy key has been used lately.

    The machine that it was made for is gone, and where the file is nobody knows.

    Remediation: Delete the key.
    """
    said, bound = f"the key {key.name} of {key.repository}", as_of - timedelta(days=max_unused_days)
    if key.last_used is not None:
        return (passed if key.last_used >= bound else failed)(f"{said} was last used on {key.last_used:%Y-%m-%d}")
    verdict = passed if key.created >= bound else failed
    return verdict(f"{said} was never used, and was made on {key.created:%Y-%m-%d}")


def _has_no_branch(repository: GithubRepository, left_out: tuple[str, ...]) -> str:
    """Why nothing is demanded of a repository's default branch; empty when something is."""
    if repository.archived:
        return f"{repository.name} is archived"
    if is_named(repository.name, left_out):
        return f"{repository.name} is left out"
    return "" if repository.branch else f"{repository.name} is empty"
