"""What services that watch say when they are off, absent or half there: answers that moto does not have.

What must hold for every collector, of these as well, stands in `test_every_collector.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from collectors.aws import (
    accessanalyzer,
    alarms,
    config,
    event_data_stores,
    eventbridge,
    guardduty,
    logs,
    macie,
    securityhub,
)
from collectors.aws.asking import install_hooks
from collectors.aws.clients import Clients
from collectors.aws.errors import NoAnswerError
from collectors.aws.exchanges import About
from collectors.aws.offers import is_missing
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion, Identity
from core.plugins import Collector
from core.resource import missing_fields
from core.resources.aws.accessanalyzer import Analyzer
from core.resources.aws.alarms import Alarm, AlarmTopic

ACCOUNT = "123456789012"
CLIENTS = Clients(hooks=install_hooks, replayed=True)
UNREACHABLE = NoAnswerError("unreachable", "no answer from the endpoint")


class Told:
    """A way to ask that answers from memory: by operation, with an answer, an error, or a function of the question."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self._answers = answers

    def ask(self, read: Read, region: str, parameters: Mapping[str, Any], about: About) -> Any:
        answer = self._answers[read.operation]
        said = answer(parameters) if isinstance(answer, Callable) else answer  # type: ignore[arg-type] # it is callable
        if isinstance(said, Exception):
            raise said
        return said

    def client(self, service: str, region: str) -> Any:
        return CLIENTS.client(service, region)

    def pause(self, seconds: float) -> None:
        """Nothing to wait for."""


def error(code: str, message: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Something")


DENIED = error("AccessDeniedException", "User is not authorized to perform this")


def seen(collector: Collector, answers: Mapping[str, Any], scope: str = "eu-west-1") -> list[Any]:
    identity = Identity(f"arn:aws:iam::{ACCOUNT}:user/auditor")
    return list(collector(AwsRegion("aws/default", Told(answers), scope, scope=scope, identity=identity)))


# Macie


def test_macie_that_is_off_is_an_answer_though_it_looks_like_a_refusal() -> None:
    (found,) = seen(macie.region, {"GetMacieSession": error("AccessDeniedException", "Macie is not enabled.")})
    assert (found.offered, found.status, found.discovers) == (True, "", False)


@pytest.mark.parametrize("refusal", [DENIED, error("ThrottlingException"), UNREACHABLE])
def test_macie_that_refuses_or_is_silent_is_no_answer(refusal: Exception) -> None:
    with pytest.raises(type(refusal)):
        seen(macie.region, {"GetMacieSession": refusal})


def test_a_region_without_macie_is_one_where_nobody_answers_and_of_which_the_sdk_does_not_know() -> None:
    (found,) = seen(macie.region, {"GetMacieSession": UNREACHABLE}, scope="me-central-1")
    assert not found.offered
    with pytest.raises(ClientError):
        seen(macie.region, {"GetMacieSession": DENIED}, scope="me-central-1")
    (found,) = seen(
        macie.region,
        {"GetMacieSession": {"status": "ENABLED"}, "GetAutomatedDiscoveryConfiguration": DENIED},
        scope="me-central-1",
    )
    assert found.offered
    assert missing_fields(found).keys() == {"discovers"}


def test_a_service_of_which_the_sdk_knows_no_endpoint_is_missing_nowhere() -> None:
    assert is_missing(UNREACHABLE, "macie2", "me-central-1", "aws")
    assert not is_missing(UNREACHABLE, "macie2", "eu-west-1", "aws")
    assert not is_missing(NoAnswerError("credentials", "none"), "macie2", "me-central-1", "aws")
    assert not is_missing(UNREACHABLE, "a-service-of-tomorrow", "eu-west-1", "aws")


# Security Hub


@pytest.mark.parametrize(
    ("refusal", "on"),
    [
        (error("InvalidAccessException", f"Account {ACCOUNT} is not subscribed to AWS Security Hub"), False),
        (error("InvalidAccessException", f"Account {ACCOUNT} may not do this"), None),
        (DENIED, None),
    ],
)
def test_security_hub_that_is_off_says_so_in_words(refusal: ClientError, on: bool | None) -> None:
    if on is None:
        with pytest.raises(ClientError):
            seen(securityhub.region, {"DescribeHub": refusal})
    else:
        (found,) = seen(securityhub.region, {"DescribeHub": refusal})
        assert (found.enabled, found.standards) == (on, ())


# GuardDuty


def detector(**more: Any) -> dict[str, Any]:
    return {
        "ListDetectors": {"DetectorIds": ["d1"]},
        "GetDetector": {"Status": "ENABLED", "Features": [{"Name": "S3_DATA_EVENTS", "Status": "ENABLED"}]},
        "GetAdministratorAccount": {"Administrator": {"AccountId": "999999999999", "RelationshipStatus": "Enabled"}},
        "ListFindings": {"FindingIds": []},
        **more,
    }


def test_a_member_of_guardduty_has_an_administrator_and_is_not_asked_for_members() -> None:
    (found,) = seen(guardduty.region, detector())
    assert (found.administrator, found.members, found.serious) == ("999999999999", 0, ())
    assert (found.on, found.off) == (("S3_DATA_EVENTS",), ())


def test_an_administrator_that_was_left_is_none() -> None:
    left = {"Administrator": {"AccountId": "999999999999", "RelationshipStatus": "Removed"}}
    (found,) = seen(guardduty.region, detector(GetAdministratorAccount=left, ListMembers={"Members": []}))
    assert (found.administrator, found.members) == ("", 0)


def test_what_is_denied_of_guardduty_is_unobserved_and_the_rest_is_told() -> None:
    (found,) = seen(guardduty.region, detector(GetDetector=DENIED))
    assert missing_fields(found).keys() == {"enabled", "on", "off"}
    (found,) = seen(guardduty.region, detector(GetAdministratorAccount=DENIED, ListFindings=DENIED))
    assert missing_fields(found).keys() == {"administrator", "members", "serious"}


def test_many_findings_are_asked_for_in_portions() -> None:
    asked: list[int] = []

    def details(parameters: Mapping[str, Any]) -> dict[str, Any]:
        asked.append(len(parameters["FindingIds"]))
        return {"Findings": []}

    seen(guardduty.region, detector(ListFindings={"FindingIds": [str(n) for n in range(120)]}, GetFindings=details))
    assert asked == [50, 50, 20]


def test_only_open_serious_findings_about_this_account_are_asked_for() -> None:
    def listed(parameters: Mapping[str, Any]) -> dict[str, Any]:
        assert parameters["FindingCriteria"]["Criterion"] == {
            "service.archived": {"Equals": ["false"]},
            "severity": {"GreaterThanOrEqual": 7},
            "accountId": {"Equals": [ACCOUNT]},
        }
        return {"FindingIds": []}

    seen(guardduty.region, detector(ListFindings=listed))


# AWS Config


def recorded(recorder: Mapping[str, Any] | None, **more: Any) -> Any:
    answers = {
        "DescribeConfigurationRecorders": {"ConfigurationRecorders": [recorder] if recorder else []},
        "DescribeConfigurationRecorderStatus": {"ConfigurationRecordersStatus": []},
        "DescribeDeliveryChannels": {"DeliveryChannels": []},
        "DescribeDeliveryChannelStatus": {"DeliveryChannelsStatus": []},
        "DescribeRetentionConfigurations": {"RetentionConfigurations": []},
        **more,
    }
    (found,) = seen(config.region, answers)
    return found


def test_a_region_without_a_recorder_is_an_answer() -> None:
    found = recorded(None)
    assert missing_fields(found) == {}
    assert (found.recorder, found.recording, found.all_kinds, found.bucket, found.days) == ("", False, False, "", None)


def test_the_recorder_of_a_service_is_not_ours() -> None:
    assert recorded({"name": "x", "servicePrincipal": "securityhub.amazonaws.com", "recordingGroup": {}}).recorder == ""


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ({"allSupported": True, "includeGlobalResourceTypes": True}, (True, (), False, True)),
        ({"allSupported": True}, (True, (), False, False)),
        ({"allSupported": False, "resourceTypes": ["AWS::S3::Bucket"]}, (False, ("AWS::S3::Bucket",), False, False)),
        (
            {"resourceTypes": sorted(config.IDENTITIES)},
            (False, tuple(sorted(config.IDENTITIES)), False, True),
        ),
        (
            {
                "recordingStrategy": {"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"},
                "exclusionByResourceTypes": {"resourceTypes": ["AWS::EC2::Volume"]},
            },
            (False, ("AWS::EC2::Volume",), True, True),
        ),
    ],
)
def test_what_is_recorded(group: dict[str, Any], expected: tuple[Any, ...]) -> None:
    found = recorded({"name": "default", "recordingGroup": group})
    assert (found.all_kinds, found.kinds, found.leaves_out, found.identities) == expected


def test_what_is_denied_of_config_is_unobserved() -> None:
    found = recorded(None, DescribeConfigurationRecorders=DENIED, DescribeConfigurationRecorderStatus=DENIED)
    assert missing_fields(found).keys() == {
        "recorder", "all_kinds", "kinds", "leaves_out", "identities", "recording", "status", "error",
    }  # fmt: skip


# Alarms and topics


def alarmed(*found: dict[str, Any], subscriptions: Any = None) -> list[Any]:
    given = {"ActionsEnabled": True, "AlarmActions": []}
    listed = [{**given, "AlarmArn": f"arn:{each['AlarmName']}", **each} for each in found]
    answers = {"DescribeAlarms": {"MetricAlarms": listed}, "ListSubscriptionsByTopic": subscriptions}
    return seen(alarms.alarms, answers)


def test_an_alarm_that_watches_something_new_has_no_metric_and_no_periods() -> None:
    (found,) = alarmed({"AlarmName": "query", "EvaluationCriteria": {"PromQLCriteria": {"Query": "up == 0"}}})
    assert isinstance(found, Alarm)
    assert (found.metric, found.statistic, found.threshold, found.periods) == ("", "", "", None)


TOPIC = "arn:aws:sns:eu-west-1:123456789012:security"


@pytest.mark.parametrize(
    ("subscriptions", "expected"),
    [
        ({"Subscriptions": [{"Protocol": "email", "SubscriptionArn": f"{TOPIC}:1"}]}, [("email", True)]),
        ({"Subscriptions": [{"Protocol": "email", "SubscriptionArn": "PendingConfirmation"}]}, [("email", False)]),
        ({"Subscriptions": [{"Protocol": "sms", "SubscriptionArn": "Deleted"}]}, [("sms", False)]),
        (error("NotFound"), []),
    ],
)
def test_subscriptions(subscriptions: Any, expected: list[tuple[str, bool]]) -> None:
    _, topic = alarmed({"AlarmName": "a", "AlarmActions": [TOPIC, "arn:aws:ssm:x"]}, subscriptions=subscriptions)
    assert isinstance(topic, AlarmTopic)
    assert [(each.protocol, each.confirmed) for each in topic.subscriptions] == expected
    assert topic.exists is not isinstance(subscriptions, ClientError)


def test_a_topic_of_others_that_refuses_is_unobserved() -> None:
    _, topic = alarmed({"AlarmName": "a", "AlarmActions": [TOPIC]}, subscriptions=error("AuthorizationError"))
    assert missing_fields(topic).keys() == {"exists", "subscriptions"}


# EventBridge and CloudTrail Lake, whose pages the SDK does not turn


def test_all_pages_of_buses_and_stores_are_read() -> None:
    def buses(parameters: Mapping[str, Any]) -> dict[str, Any]:
        page = int(parameters.get("NextToken", 0))
        more = {"NextToken": str(page + 1)} if page < 3 else {}
        return {"EventBuses": [{"Name": f"bus{page}", "Arn": f"arn:bus{page}"}], **more}

    assert [each.name for each in seen(eventbridge.buses, {"ListEventBuses": buses})] == [
        "bus0",
        "bus1",
        "bus2",
        "bus3",
    ]

    def stores(parameters: Mapping[str, Any]) -> dict[str, Any]:
        page = int(parameters.get("NextToken", 0))
        more = {"NextToken": str(page + 1)} if page < 3 else {}
        return {"EventDataStores": [{"EventDataStoreArn": f"arn:{page}"}], **more}

    told = {"Name": "n", "Status": "ENABLED", "TerminationProtectionEnabled": True, "RetentionPeriod": 90}
    found = seen(event_data_stores.stores, {"ListEventDataStores": stores, "GetEventDataStore": told})
    assert [each.id for each in found] == ["arn:0", "arn:1", "arn:2", "arn:3"]


# Logs


def test_a_log_group_of_which_aws_does_not_say_whether_it_is_guarded() -> None:
    listed = {"logGroups": [{"logGroupName": "web"}, {"logGroupName": "db", "deletionProtectionEnabled": True}]}
    web, db = seen(logs.groups, {"DescribeLogGroups": listed})
    assert missing_fields(web).keys() == {"guarded"}
    assert db.guarded
    assert (web.id, web.days, web.key) == (f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:web", None, "")


def test_a_log_group_that_the_account_masks() -> None:
    listed = {"logGroups": [{"logGroupName": "web", "inheritedProperties": ["ACCOUNT_DATA_PROTECTION"]}]}
    (web,) = seen(logs.groups, {"DescribeLogGroups": listed})
    assert web.masks


def test_a_filter_that_looks_at_rewritten_events_is_restricted() -> None:
    metric = {"metricName": "m", "metricNamespace": "n", "metricValue": "1", "dimensions": {"Region": "$.awsRegion"}}
    listed = {"filterName": "f", "logGroupName": "g", "metricTransformations": [metric], "applyOnTransformedLogs": True}
    (found,) = seen(logs.filters, {"DescribeMetricFilters": {"metricFilters": [listed]}})
    assert (found.restricted, found.pattern, found.metrics[0].dimensions) == (True, "", ("Region",))


# Access Analyzer


def test_findings_that_are_denied_are_unobserved() -> None:
    listed = {"arn": "arn:a", "name": "outside", "type": "ACCOUNT", "status": "ACTIVE"}
    _, found = seen(accessanalyzer.analyzers, {"ListAnalyzers": {"analyzers": [listed]}, "ListFindingsV2": DENIED})
    assert isinstance(found, Analyzer)
    assert missing_fields(found).keys() == {"findings", "errors"}


def test_no_analyzer_is_an_answer() -> None:
    (found,) = seen(accessanalyzer.analyzers, {"ListAnalyzers": {"analyzers": []}})
    assert (found.id, found.active, found.inactive) == ("eu-west-1", (), ())
