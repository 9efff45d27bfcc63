"""Checks of Systems Manager: whether machines are patched, and what documents, sessions and parameters give away."""

from __future__ import annotations

import re
from datetime import datetime

from checks.aws.verdicts import lately
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resources.aws.ssm import Document, ManagedNode, Parameter, PatchState, SsmRegion

EVERYBODY = "all"
IDLE_BY_DEFAULT = 20
"""Minutes after which Session Manager ends an idle session where nobody said otherwise."""

_SECRET_WORD = re.compile(
    r"passw(?:or)?d|passphrase|secret|credential|(?:api|access|private|shared)[_-]?key|token(?!s|iz)", re.IGNORECASE
)


@check(objective="vulnerabilities-are-fixed", severity=Severity.HIGH)
def node_is_patched(node: ManagedNode) -> Verdict:
    """The machine has every patch that its baseline approves.

    Most break-ins use flaws for which a fix was there.

    Remediation: Let a patch policy of Systems Manager run `Install` in a maintenance window, with a restart.
    """
    if node.patches is None:
        return failed(f"Patch Manager never looked at {_named(node)}")
    wrong = _lacking(node.patches)
    day = f"{node.patches.finished:%Y-%m-%d}"
    if wrong:
        return failed(f"{_named(node)} on {day}: {', '.join(wrong)}, by the baseline {node.patches.baseline}")
    return passed(f"{_named(node)} had all patches of the baseline {node.patches.baseline} on {day}")


@check(objective="vulnerabilities-are-looked-for", severity=Severity.MEDIUM)
def node_patches_are_looked_at(node: ManagedNode, *, as_of: datetime, days: int = 7) -> Verdict:
    """Somebody looked within the last week whether the machine lacks patches.

    What an old scan calls complete says nothing about the flaws found since.

    Remediation: Let a patch policy of Systems Manager run `Scan` every day.
    """
    if node.patches is None:
        return failed(f"Patch Manager never looked at {_named(node)}")
    done = node.patches.finished
    return lately(f"Patch Manager last looked at {_named(node)} on {done:%Y-%m-%d}", done, as_of, days)


@check(objective="systems-are-hardened", severity=Severity.LOW)
def node_keeps_its_settings(node: ManagedNode) -> Verdict:
    """The settings that Systems Manager keeps up on the machine are in force.

    An association that fails leaves the machine as it is: agents missing, inventory old, hardening undone.

    Remediation: *State Manager*, see the output of the association that failed.
    """
    match node.associations:
        case "":
            return not_applicable(f"Systems Manager keeps no settings up on {_named(node)}")
        case "Success":
            return passed(f"all associations of {_named(node)} succeeded")
        case "Failed":
            return failed(f"an association of {_named(node)} failed")
        case said:
            return unknown(f"the associations of {_named(node)} are {said}")


@check(objective="data-is-not-public", severity=Severity.HIGH)
def document_is_not_public(document: Document) -> Verdict:
    """The document is not for everybody.

    A document shows how machines are set up and run, and the names of what it touches.

    Remediation: `aws ssm modify-document-permission --name … --permission-type Share --account-ids-to-remove all`.
    """
    if EVERYBODY in document.shared_with:
        return failed(f"{document.name} is public")
    return passed(f"{document.name} is not public")


@check(objective="outside-access-is-approved", severity=Severity.MEDIUM)
def document_is_shared_as_approved(document: Document, *, approved: tuple[str, ...] = ()) -> Verdict:
    """The document is shared with no other account, unless that was approved.

    Who can read how our machines are run knows where to begin.

    Remediation: Name the account in the setting `approved`, or take it from the permissions of the document.
    """
    others = sorted(set(document.shared_with) - {EVERYBODY} - set(approved))
    if others:
        return failed(f"{document.name} is shared with {', '.join(others)}, which nobody approved")
    return passed(f"{document.name} is shared with no account that was not approved")


@check(objective="secrets-are-stored-safely", severity=Severity.HIGH)
def document_holds_no_secrets(document: Document) -> Verdict:
    """The document holds no secrets.

    Its text is for everybody who may run or read documents, and stays in its history.

    Remediation: Refer to a SecureString parameter or to Secrets Manager, delete the versions that have the secret, and
    change it.
    """
    if document.secrets:
        return failed(f"{document.name} holds what looks like {', '.join(document.secrets)}")
    return passed(f"nothing in {document.name} looks like a secret")


@check(objective="data-is-not-public", severity=Severity.MEDIUM)
def region_keeps_documents_private(region: SsmRegion) -> Verdict:
    """Nobody can make a document of the region public.

    The setting stops what somebody does to a single document by mistake.

    Remediation: `aws ssm update-service-setting --setting-id
    /ssm/documents/console/public-sharing-permission --setting-value Disable`, in each region.
    """
    if region.documents_may_be_public:
        return failed(f"documents in {region.region} can be made public")
    return passed(f"no document in {region.region} can be made public")


@check(objective="use-is-logged", severity=Severity.MEDIUM)
def sessions_are_recorded(region: SsmRegion) -> Verdict:
    """What people do in sessions on machines of the region is recorded.

    CloudTrail shows who opened a session, and not a word of what was typed.

    Remediation: *Session Manager*, *Preferences*, *CloudWatch logging* or *S3 logging*, in each region.
    """
    if not region.has_nodes:
        return not_applicable(f"no machine is under management in {region.region}")
    if region.sessions is None:
        return failed(f"nobody ever set preferences for sessions in {region.region}: nothing is recorded")
    where = " and ".join(each for each in (region.sessions.log_group, region.sessions.log_bucket) if each)
    if where:
        return passed(f"sessions in {region.region} are recorded in {where}")
    return failed(f"sessions in {region.region} are not recorded")


@check(objective="sessions-end", severity=Severity.LOW)
def sessions_end_when_idle(region: SsmRegion, *, idle: int = 20) -> Verdict:
    """A session on a machine ends when it is idle.

    A shell that somebody left open is anybody's who passes by.

    Remediation: *Session Manager*, *Preferences*, *Idle session timeout*, in each region.
    """
    if not region.has_nodes:
        return not_applicable(f"no machine is under management in {region.region}")
    said = region.sessions.idle_minutes if region.sessions else None
    minutes = IDLE_BY_DEFAULT if said is None else said
    because = "" if said else ", by default"
    if minutes > idle:
        return failed(f"idle sessions in {region.region} end after {minutes} minutes{because}, more than {idle}")
    return passed(f"idle sessions in {region.region} end after {minutes} minutes{because}")


@check(objective="privileged-access-is-rare", severity=Severity.LOW)
def sessions_are_not_those_of_an_administrator(region: SsmRegion) -> Verdict:
    """People in sessions work as a named user of the machine.

    Without *Run As* everybody is `ssm-user`, who may do everything by `sudo`, and the machine cannot tell who it was.

    Remediation: *Session Manager*, *Preferences*, *Enable Run As support for Linux instances*, and the tag
    `SSMSessionRunAs` on people's identities.
    """
    if not region.has_nodes:
        return not_applicable(f"no machine is under management in {region.region}")
    if region.sessions is not None and region.sessions.run_as:
        return passed(f"sessions in {region.region} run as a named user")
    return failed(f"sessions in {region.region} run as ssm-user, an administrator")


@check(objective="secrets-are-stored-safely", severity=Severity.MEDIUM)
def secret_parameter_is_encrypted(parameter: Parameter, *, exempt: tuple[str, ...] = ()) -> Verdict:
    """A parameter that is named like a secret is a `SecureString`.

    A parameter of another type is in plain text, for everybody who may read parameters. What only sounds like a secret
    can be named in the setting `exempt`.

    Remediation: Make the parameter again with `--type SecureString`, and change the secret.
    """
    word = _SECRET_WORD.search(parameter.name)
    if word is None:
        return not_applicable(f"nothing in the name {parameter.name} says that it is a secret")
    if parameter.name in exempt:
        return not_applicable(f"{parameter.name} is named in the setting exempt")
    if parameter.type == "SecureString":
        return passed(f"{parameter.name} is a SecureString")
    return failed(f"{parameter.name} is a {parameter.type}, and its name says {word[0]}")


def _lacking(patches: PatchState) -> list[str]:
    counts = {
        "missing": patches.missing,
        "failed": patches.failed,
        "rejected and installed": patches.rejected,
        "waiting for a restart": patches.waiting,
    }
    return [f"{count} {words}" for words, count in counts.items() if count]


def _named(node: ManagedNode) -> str:
    return f"{node.name} ({node.id})" if node.name else node.id
