"""Checks of AWS Config: configuration is recorded everywhere, delivered, kept, and compared with what it should be."""

from __future__ import annotations

from checks.aws.alarm_chains import shortened
from checks.aws.left_out import unless_elsewhere
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.aws.config import ConfigRegion, ConformancePack
from core.resources.aws.survey import Region

IN_FORCE = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
DEFAULT_DAYS = 2557
"""How long AWS Config keeps records where nobody chose: seven years."""


@check(objective="configuration-is-watched", severity=Severity.MEDIUM)
def region_is_recorded(region: ConfigRegion) -> Verdict:
    """AWS Config records what changes in the region.

    Without a record nobody can say what a rule or a bucket looked like on the day of an incident. A region without
    resources needs one as well: it is where an intruder would work.

    Remediation: *AWS Config*, *Set up*, in each region; or a StackSet over all regions of the organization.
    """
    if not region.recorder:
        return failed(f"there is no recorder in {region.id}")
    if not region.recording:
        return failed(f"the recorder of {region.id} is stopped")
    if region.status == "failure":
        return failed(f"the recorder of {region.id} fails: {region.error or 'AWS does not say why'}")
    return passed(f"the recorder of {region.id} is on")


@check(objective="configuration-is-watched", severity=Severity.LOW)
def region_records_all_kinds(region: ConfigRegion, *, without: tuple[str, ...] = ()) -> Verdict:
    """All kinds of resource are recorded, those to come included.

    What is not recorded is what changes unseen. Kinds that may be left out can be named in `without`.

    Remediation: *AWS Config*, *Settings*, record all resource types.
    """
    if not region.recorder:
        return not_applicable(f"there is no recorder in {region.id}")
    if region.all_kinds:
        return passed(f"{region.id} records all kinds of resource")
    if not region.leaves_out:
        return failed(f"{region.id} records {len(region.kinds)} kinds of resource: {shortened(list(region.kinds))}")
    others = [each for each in region.kinds if each not in without]
    if others:
        return failed(f"{region.id} leaves out {shortened(others)}")
    return passed(f"{region.id} leaves out what is approved: {shortened(list(region.kinds))}")


@check(objective="configuration-is-watched", severity=Severity.MEDIUM)
def identities_are_recorded(regions: Population[ConfigRegion], known: Population[Region]) -> Verdict:
    """In some region, users, groups, roles and policies of IAM are recorded.

    They belong to no region, so one is enough, and each more would cost.

    Remediation: *AWS Config*, *Settings*, include the globally recorded resource types, in your home region.
    """
    found = sorted(each.id for each in regions if each.recorder and each.recording and each.identities)
    if found:
        return passed(f"they are recorded in {shortened(found)}")
    none = failed(f"they are recorded in none of {len(regions)} regions")
    return unless_elsewhere(none, "a recorder of them", known)


@check(objective="logs-are-collected-centrally", severity=Severity.MEDIUM)
def records_are_delivered(region: ConfigRegion) -> Verdict:
    """What AWS Config records is delivered to a bucket.

    A bucket of another account keeps the history when this account is lost.

    Remediation: *AWS Config*, *Settings*, *Delivery channel*; the bucket's policy must let `config.amazonaws.com` in.
    """
    if not region.recorder:
        return not_applicable(f"there is no recorder in {region.id}")
    if not region.bucket:
        return failed(f"{region.id} has no delivery channel")
    if region.delivery_errors:
        return failed(f"{region.id} cannot deliver to {region.bucket}: {', '.join(region.delivery_errors)}")
    return passed(f"{region.id} delivers to {region.bucket}")


@check(objective="logs-are-kept", severity=Severity.LOW)
def records_are_kept(region: ConfigRegion, *, days: int = 365) -> Verdict:
    """What AWS Config records is kept as long as the rules demand.

    Where nobody chose a time, AWS keeps it for seven years.

    Remediation: `aws configservice put-retention-configuration --retention-period-in-days …`.
    """
    if not region.recorder:
        return not_applicable(f"there is no recorder in {region.id}")
    if region.days is None:
        return passed(f"{region.id} keeps records for {DEFAULT_DAYS} days, as nobody chose a time")
    if region.days < days:
        return failed(f"{region.id} keeps records for {region.days} days, less than {days}")
    return passed(f"{region.id} keeps records for {region.days} days")


@check(objective="configuration-is-watched", severity=Severity.MEDIUM)
def pack_is_in_force(pack: ConformancePack) -> Verdict:
    """A conformance pack is in force.

    One that could not be deployed compares nothing, and nobody hears of it.

    Remediation: *AWS Config*, *Conformance packs*: see the reason; deploy it again.
    """
    if pack.state in IN_FORCE:
        return passed(f"{pack.name} is in force")
    if pack.state.endswith("_IN_PROGRESS"):
        return unknown(f"{pack.name} is being changed ({pack.state})")
    return failed(f"{pack.name} is not in force ({pack.state}): {pack.state_reason or 'AWS does not say why'}")


@check(objective="configuration-is-watched", severity=Severity.MEDIUM)
def pack_is_followed(pack: ConformancePack, *, approved: tuple[str, ...] = ()) -> Verdict:
    """All resources follow the rules of a conformance pack.

    The pack is what somebody approved as right. Rules that may be broken can be named in `approved`, by the beginning
    of their names: AWS adds an end of its own.

    Remediation: *AWS Config*, *Conformance packs*, the pack: mend the resources, or the rules.
    """
    if pack.state not in IN_FORCE:
        return not_applicable(f"{pack.name} is not in force ({pack.state})")
    broken = [each for each in pack.broken_rules if not each.startswith(approved)]
    if broken:
        return failed(f"{len(broken)} rules of {pack.name} are broken: {shortened(broken)}")
    return passed(f"no rule of {pack.name} is broken that may not be")
