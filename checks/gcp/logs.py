"""Checks of logs: what is written down, where it goes, and how long it stays."""

from __future__ import annotations

from checks.gcp.containers import chain, hidden, policies_over, unless_judged
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.gcp.data import Bucket
from core.resources.gcp.hierarchy import Container
from core.resources.gcp.iam import IamPolicy
from core.resources.gcp.logs import LogBucket, LogSink

ALL_SERVICES = "allServices"
ACCESS = ("ADMIN_READ", "DATA_READ", "DATA_WRITE")
OF_GOOGLE = ("_Default", "_Required")
STORAGE, LOGGING = "storage.googleapis.com/", "logging.googleapis.com/"


@check(objective="use-is-logged", severity=Severity.CRITICAL)
def data_access_is_logged(
    container: Container, containers: Population[Container], policies: Population[IamPolicy]
) -> Verdict:
    """Every service of a project logs who reads and writes data, and nobody is exempt.

    Google always logs who changes settings; who reads data it logs only when told to, or nobody knows what was stolen.
    What a folder or the organization logs is logged in all projects below.

    Remediation: *IAM & Admin*, *Audit Logs*, *Set default configuration*, on the organization: all three types, without
    exempted principals.
    """
    if verdict := unless_judged(container, "project"):
        return verdict
    audits = [each for policy in policies_over(container, policies) for each in policy.audits]
    general = [each for each in audits if each.service == ALL_SERVICES]
    missing = [each for each in ACCESS if each not in {one.log_type for one in general}]
    exempt = sorted({member for each in audits for member in each.exempted})
    outside = hidden(container, containers)
    if exempt:
        return failed(f"in {container.name} access by {', '.join(exempt)} is not logged")
    if missing and outside:
        return unknown(f"what {', '.join(outside)} has logged, above {container.name}, cannot be seen")
    if missing:
        return failed(f"{container.name} does not log {', '.join(missing)} of all services")
    if outside:
        return unknown(f"{container.name} logs {', '.join(ACCESS)}; whom {', '.join(outside)} exempts cannot be seen")
    return passed(f"{container.name} logs {', '.join(ACCESS)} of all services")


@check(objective="logs-are-collected-centrally", severity=Severity.HIGH)
def everything_is_carried_somewhere(
    container: Container, containers: Population[Container], sinks: Population[LogSink]
) -> Verdict:
    """A sink carries all log entries of a project somewhere else.

    Google keeps most of them for 30 days, and whoever takes over the project can end that. Whether they can be removed
    from where they are carried to is asked of the sink.

    Remediation: `gcloud logging sinks create everything DESTINATION --organization=… --include-children`.
    """
    if verdict := unless_judged(container, "project"):
        return verdict
    for place in chain(container):
        for _, sink in sinks.here.having(place, by="container"):
            if _carries_all(sink, from_above=place != container.id):
                return passed(f"{sink.name} of {place} carries everything of {container.name} to {sink.destination}")
    sinks.here.require_all(by=_whole)
    if outside := hidden(container, containers):
        return unknown(f"what sinks of {', '.join(outside)} carry, above {container.name}, cannot be seen")
    return failed(f"no sink carries everything of {container.name}")


@check(objective="logs-are-protected", severity=Severity.HIGH)
def carried_logs_cannot_be_removed(
    sink: LogSink, buckets: Population[Bucket], log_buckets: Population[LogBucket], *, days: int = 365
) -> Verdict:
    """Where a sink carries logs, nobody can remove them for a year.

    A retention that is locked holds for owners and administrators as well.

    Remediation: `gcloud storage buckets update gs://BUCKET --retention-period=365d --lock-retention-period`; for a log
    bucket `gcloud logging buckets update BUCKET --retention-days=365 --locked`.
    """
    if sink.name in OF_GOOGLE:
        return not_applicable(f"{sink.name} is made by Google in every project")
    if not sink.enabled:
        return not_applicable(f"{sink.name} is disabled")
    if sink.destination.startswith(STORAGE):
        name = sink.destination.removeprefix(STORAGE)
        bucket = buckets.get(name, by="name")
        if bucket is None:
            return unknown(f"the bucket {name}, to which {sink.name} carries logs, is not in any place we look at")
        kept = bucket.retention_seconds or 0
        return _kept(f"{sink.name} carries logs to {name}", kept // 86_400, days, locked=bucket.retention_locked)
    if sink.destination.startswith(LOGGING) and "/buckets/" in sink.destination:
        path = sink.destination.removeprefix(LOGGING)
        found = log_buckets.get(path, by="path")
        if found is None:
            return unknown(f"the log bucket {path}, to which {sink.name} carries logs, is not in any place we look at")
        return _kept(f"{sink.name} carries logs to {path}", found.days, days, locked=found.locked)
    return not_applicable(f"{sink.name} carries logs to {sink.destination}, where there is no retention to lock")


def _kept(what: str, kept: int, days: int, *, locked: bool) -> Verdict:
    said = f"{what}, where they are kept for {kept} days, {'locked' if locked else 'not locked'}"
    return passed(said) if locked and kept >= days else failed(said)


def _carries_all(sink: LogSink, *, from_above: bool) -> bool:
    return (
        sink.enabled
        and not sink.filter
        and not sink.exclusions
        and bool(sink.destination)
        and (sink.with_children or not from_above)
        and sink.name not in OF_GOOGLE
    )


def _whole(sink: LogSink) -> tuple[object, ...]:
    """What of a sink must be known to say that it does not carry everything."""
    return (sink.container, sink.enabled, sink.filter, sink.exclusions, sink.with_children, sink.name)
