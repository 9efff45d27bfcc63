"""Checks of ECR: who may use repositories, and what is known of the images in them."""

from __future__ import annotations

from checks.aws.callers import closed_to_everybody, lets_in_approved
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resources.aws.ecr import Repository

SCANNED = ("SCAN_ON_PUSH", "CONTINUOUS_SCAN")


@check(objective="data-is-not-public", severity=Severity.CRITICAL)
def repository_is_not_public(repository: Repository) -> Verdict:
    """Not everybody can use the repository.

    Images hold our software, and often more than was meant. Who can push puts software of theirs into our systems.

    Remediation: *Permissions*: name accounts in the policy; or `aws ecr delete-repository-policy`.
    """
    return closed_to_everybody(repository.name, repository.statements)


@check(objective="outside-access-is-approved", severity=Severity.MEDIUM)
def repository_lets_in_approved_accounts(repository: Repository, *, approved: tuple[str, ...] = ()) -> Verdict:
    """The repository's policy lets in no other account, unless that was approved.

    Who may pull has our software, who may push decides what we run.

    Remediation: Name the account in the setting `approved`, or take it out of the policy.
    """
    return lets_in_approved(repository.name, repository.id, repository.statements, approved)


@check(objective="vulnerabilities-are-looked-for", severity=Severity.MEDIUM)
def repository_is_scanned(repository: Repository) -> Verdict:
    """Images are searched for known vulnerabilities when they are pushed, or all the time.

    What was not looked for is found by others. The rules of the registry count as much as the repository's own setting.

    Remediation: *Private registry*, *Scanning*, with a rule for all repositories; best with continuous scanning.
    """
    if repository.scanned in SCANNED:
        return passed(f"{repository.name} is scanned: {repository.scanned}")
    return failed(f"{repository.name} is scanned only when somebody asks for it ({repository.scanned})")


@check(objective="vulnerabilities-are-fixed", severity=Severity.HIGH)
def newest_image_has_no_serious_findings(repository: Repository) -> Verdict:
    """The newest image of the repository has no critical or high findings.

    It is the one that is going to run. Findings of continuous scanning stand in Inspector, not here.

    Remediation: Build it again on a current base image, and push it.
    """
    newest = repository.newest
    if newest is None:
        return not_applicable(f"{repository.name} is empty")
    if repository.scanned == "CONTINUOUS_SCAN":
        return not_applicable(f"{repository.name} is scanned by Inspector, which keeps the findings")
    what = f"the newest image of {repository.name}, pushed on {newest.pushed:%Y-%m-%d},"
    if newest.serious is None:
        return unknown(f"{what} has no findings that could be counted: the scan is {newest.scan or 'not made'}")
    if newest.serious:
        return failed(f"{what} has {newest.serious} critical or high findings")
    return passed(f"{what} has no critical or high findings")


@check(objective="software-comes-from-approved-sources", severity=Severity.MEDIUM)
def repository_keeps_tags(repository: Repository) -> Verdict:
    """A tag once given stays on its image, certain tags perhaps left out.

    Where tags move, what was tested and what runs can differ, and nobody sees it. A repository may leave out tags that
    are meant to move, such as `latest`; where what it leaves out is every tag, none stays.

    Remediation: `aws ecr put-image-tag-mutability --image-tag-mutability IMMUTABLE`.
    """
    if repository.mutability == "IMMUTABLE":
        return passed(f"{repository.name} keeps tags where they are")
    if repository.mutability == "IMMUTABLE_WITH_EXCLUSION":
        movable = repository.other_tags
        reason = f"{repository.name} keeps tags where they are, except {', '.join(movable)}"
        return failed(reason) if any(not each.strip("*") for each in movable) else passed(reason)
    return failed(f"{repository.name} lets tags be moved ({repository.mutability})")


@check(objective="what-is-not-needed-is-removed", severity=Severity.LOW)
def repository_drops_old_images(repository: Repository) -> Verdict:
    """A lifecycle policy removes images that nobody needs.

    Old images hold old vulnerabilities, ready to be started by mistake.

    Remediation: *Lifecycle policy*: expire untagged images, and all but the newest.
    """
    if repository.drops_images:
        return passed(f"{repository.name} has a lifecycle policy")
    return failed(f"{repository.name} keeps every image for ever")
