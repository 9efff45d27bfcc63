"""Checks of what is looked at."""

from __future__ import annotations

from checks.gcp.containers import hidden
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resources.gcp.hierarchy import Container


@check(objective="audit-access-is-read-only", severity=Severity.MEDIUM)
def project_is_looked_at(container: Container) -> Verdict:
    """Every active project is looked at.

    What goes on in a project that nobody looks at is not evidence of anything; and that is where things are forgotten.

    Remediation: Take the project into `include` or out of `exclude` in the configuration.
    """
    if container.type != "project":
        return not_applicable(f"{container.id} is no project")
    if container.state != "ACTIVE":
        return not_applicable(f"the state of {container.name} is {container.state}")
    if container.looked_at:
        return passed(f"{container.name} is looked at")
    return failed(f"{container.name} is left out: {container.left_out}")


@check(objective="guardrails-hold-everywhere", severity=Severity.MEDIUM)
def project_belongs_to_an_organization(container: Container, containers: Population[Container]) -> Verdict:
    """Every active project belongs to an organization.

    A project without one belongs to whoever made it: it leaves with that person, and no rule from above reaches it.

    Remediation: `gcloud projects move PROJECT --organization=ORGANIZATION`.
    """
    if container.type != "project" or container.state != "ACTIVE":
        return not_applicable(f"{container.id} is no project, or its state is not ACTIVE but {container.state}")
    above = next((each for each in container.above if each.startswith("organizations/")), "")
    if not above:
        return failed(f"{container.name} belongs to no organization")
    outside = ", which is outside the scope" if above in hidden(container, containers) else ""
    return passed(f"{container.name} belongs to {above}{outside}")
