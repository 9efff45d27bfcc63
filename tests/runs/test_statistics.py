"""What a scan cost is counted from its exchanges."""

from __future__ import annotations

from datetime import UTC, datetime
from types import MappingProxyType

from core.engine import Collected
from core.model import Exchange, Unit
from runs.memory import share_one_heap
from runs.scan import Progress
from runs.statistics import Measurement

AT = datetime(2026, 11, 22, tzinfo=UTC)


def exchange(operation: str, **changes: object) -> Exchange:
    given = {"response": "", "size": 100, "status": "200", "at": AT, "duration_ms": 250, **changes}
    return Exchange(operation=operation, parameters={}, **given)  # type: ignore[arg-type] # as the tests give them


def collected(source: str, *exchanges: Exchange) -> Collected:
    unit = Unit(
        collector="c", version="", source=source, scope="", principal="", started=AT, finished=AT, exchanges=exchanges
    )
    return Collected(unit=unit, evidence=(), bodies=MappingProxyType({}))


def test_calls_are_summed_by_provider_service_and_operation() -> None:
    measurement = Measurement()
    heard: list[object] = []
    progress = measurement.of(Progress(unit=heard.append, stage=heard.append))
    shaky = exchange("s3:GetBucketAcl", status="404", attempts=4, throttled=2)
    progress.unit(collected("aws/one", exchange("s3:GetBucketAcl"), shaky))
    progress.unit(collected("aws/two", exchange("s3:GetBucketAcl"), exchange("kms:ListKeys", attempts=0)))
    progress.unit(collected("host/web", exchange("sudo -n sshd -T -C user=root:x")))
    progress.stage("judging")
    progress.stage("sealing")
    cost = measurement.end()
    assert len(heard) == 5
    assert [(each.provider, each.service, each.operation, each.calls) for each in cost.operations] == [
        ("aws", "kms", "ListKeys", 0),
        ("aws", "s3", "GetBucketAcl", 3),
        ("host", "", "sudo -n sshd -T -C user=root:x", 1),
    ]
    acl = cost.operations[1]
    assert (acl.retries, acl.throttled, acl.errors, acl.bytes, acl.seconds) == (3, 2, 1, 300, 0.75)
    assert (cost.calls, cost.retries, cost.throttled, cost.bytes) == (4, 3, 2, 400)
    assert [each.stage for each in cost.stages] == ["looking", "judging", "sealing"]
    assert cost.peak_memory > 10_000_000


def test_a_stage_that_comes_back_goes_on() -> None:
    measurement = Measurement()
    progress = measurement.of(Progress())
    for stage in ("sealing", "looking", "sealing"):
        progress.stage(stage)
    cost = measurement.end()
    assert [each.stage for each in cost.stages] == ["looking", "sealing"]
    assert cost.seconds >= max(each.seconds for each in cost.stages)


def test_one_heap_is_asked_for_where_there_is_a_way_to() -> None:
    share_one_heap()
    share_one_heap()
