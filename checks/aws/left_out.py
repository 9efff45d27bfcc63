"""What may be where nobody looks: in regions that an account can use, and the configuration leaves out."""

from __future__ import annotations

from core.model import Status, Verdict, unknown
from core.population import Population
from core.resources.aws.cloudtrail import Trail, TrailShadow
from core.resources.aws.survey import Region


def unless_elsewhere(verdict: Verdict, what: str, regions: Population[Region]) -> Verdict:
    """A failure to find something in any region, which is unknown while it may be in one that is left out."""
    if verdict.status is not Status.FAIL:
        return verdict
    skipped = sorted(each.id for each in regions.here if each.opt_in != "not-opted-in" and not each.looked_at)
    if not skipped:
        return verdict
    return unknown(f"{verdict.reason}; {what} may be in a region that is left out: {', '.join(skipped)}")


def unless_a_shadow_falls(verdict: Verdict, trails: Population[Trail], shadows: Population[TrailShadow]) -> Verdict:
    """A failure to find a trail, which is unknown while one records our regions from a home that is left out."""
    if verdict.status is not Status.FAIL:
        return verdict
    seen = {each.id for each in trails.observed}
    hidden = sorted({f"{each.name} in {each.home}" for each in shadows.here if each.trail not in seen})
    if not hidden:
        return verdict
    return unknown(f"{verdict.reason}; trails are in regions that are left out: {', '.join(hidden)}")
