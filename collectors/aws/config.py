"""AWS Config. A region has one recorder and one delivery channel of the account's own, or none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import Unobserved
from core.resources.aws.config import ConfigRegion, ConformancePack

RECORDERS = Read("config", "DescribeConfigurationRecorders")
RECORDER_STATUS = Read("config", "DescribeConfigurationRecorderStatus")
CHANNELS = Read("config", "DescribeDeliveryChannels")
CHANNEL_STATUS = Read("config", "DescribeDeliveryChannelStatus")
RETENTION = Read("config", "DescribeRetentionConfigurations")
PACKS = Read("config", "DescribeConformancePackStatus")
PACK_RULES = Read("config", "DescribeConformancePackCompliance")

IDENTITIES = {f"AWS::IAM::{each}" for each in ("User", "Group", "Role", "Policy")}
DELIVERIES = {
    "history": "configHistoryDeliveryInfo",
    "snapshot": "configSnapshotDeliveryInfo",
    "stream": "configStreamDeliveryInfo",
}


@collector(permissions=(RECORDERS, RECORDER_STATUS, CHANNELS, CHANNEL_STATUS, RETENTION))
def region(region: AwsRegion) -> Iterator[ConfigRegion]:
    """What AWS Config records in the region, and how long it keeps it."""
    recorder = region.look(lambda: _ours(region.ask(RECORDERS)["ConfigurationRecorders"]))
    status: Any = region.look(lambda: _ours(region.ask(RECORDER_STATUS)["ConfigurationRecordersStatus"]))
    channel = region.look(lambda: _first(region.ask(CHANNELS)["DeliveryChannels"]))

    def of(whole: Any, name: str, default: Any) -> Any:
        return whole if isinstance(whole, Unobserved) else whole.get(name, default)

    scope = recorder if isinstance(recorder, Unobserved) else _scope(recorder)
    yield ConfigRegion(
        id=region.scope,
        recorder=of(recorder, "name", ""),
        recording=of(status, "recording", False),
        status=_lower(of(status, "lastStatus", "")),
        error=of(status, "lastErrorMessage", ""),
        all_kinds=of(scope, "all", False),
        kinds=of(scope, "kinds", ()),
        leaves_out=of(scope, "leaves_out", False),
        identities=of(scope, "identities", False),
        bucket=of(channel, "s3BucketName", ""),
        delivery_errors=region.look(lambda: tuple(_delivery_errors(region.ask(CHANNEL_STATUS)))),
        days=region.look(lambda: _days(region)),
    )


def _lower(text: Any) -> Any:
    """The service model and the answers write the same words in different cases."""
    return text if isinstance(text, Unobserved) else text.lower()


def _ours(listed: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The account's own recorder. Those that a service of AWS has for itself name the service."""
    return _first([each for each in listed if not each.get("servicePrincipal") and not each.get("connectorArn")])


def _first(listed: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    return listed[0] if listed else {}


def _scope(recorder: Mapping[str, Any]) -> dict[str, Any]:
    """What a recorder records; nothing where there is none. Old recorders have no `recordingStrategy`."""
    group = recorder["recordingGroup"] if recorder else {}
    strategy = group.get("recordingStrategy", {}).get("useOnly", "")
    left_out = group.get("exclusionByResourceTypes", {}).get("resourceTypes", []) if "EXCLUSION" in strategy else []
    named = group.get("resourceTypes", [])
    every = bool(group.get("allSupported", False))
    if "EXCLUSION" in strategy:
        identities = not IDENTITIES & set(left_out)
    else:
        identities = group.get("includeGlobalResourceTypes", False) if every else set(named) >= IDENTITIES
    return {
        "all": every or ("EXCLUSION" in strategy and not left_out),
        "kinds": () if every else tuple(sorted(left_out or named)),
        "leaves_out": bool(left_out),
        "identities": identities,
    }


def _delivery_errors(answer: Mapping[str, Any]) -> Iterator[str]:
    channel = _first(answer["DeliveryChannelsStatus"])
    for what, name in DELIVERIES.items():
        found = channel.get(name, {})
        if found.get("lastStatus", "").lower() == "failure":
            yield f"{what}: {found.get('lastErrorCode', 'AWS does not say why')}"


def _days(region: AwsRegion) -> int | None:
    chosen: int | None = _first(list(region.pages(RETENTION, "RetentionConfigurations"))).get("RetentionPeriodInDays")
    return chosen


@collector(permissions=(PACKS, PACK_RULES))
def conformance_packs(region: AwsRegion) -> Iterator[ConformancePack]:
    """Every conformance pack of the region, with the rules that are broken."""
    yield from region.each(lambda found: _pack(region, found), region.pages(PACKS, "ConformancePackStatusDetails"))


def _pack(region: AwsRegion, found: Mapping[str, Any]) -> ConformancePack:
    name = found["ConformancePackName"]
    return ConformancePack(
        id=found["ConformancePackId"],
        name=name,
        state=found["ConformancePackState"],
        state_reason=found.get("ConformancePackStatusReason", ""),
        broken_rules=region.look(lambda: tuple(sorted(_broken(region, name)))),
    )


def _broken(region: AwsRegion, pack: str) -> Iterator[str]:
    only = {"ComplianceType": "NON_COMPLIANT"}
    for each in region.pages(PACK_RULES, "ConformancePackRuleComplianceList", ConformancePackName=pack, Filters=only):
        yield each["ConfigRuleName"]
