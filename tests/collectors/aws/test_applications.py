"""What Lambda, containers, messaging, secrets, certificates and builds say in the corners: answers that moto does not have.

What must hold for every collector, of these as well, stands in `test_every_collector.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from collectors.aws import (
    acm_pca,
    awslambda,
    codeartifact,
    codebuild,
    cognito,
    ecr,
    ecs,
    elasticbeanstalk,
    firehose,
    kinesis,
    secretsmanager,
    sns,
    sqs,
)
from collectors.aws.errors import MalformedAnswerError, NoAnswerError, TruncatedError
from core.plugins import Collector
from core.resource import missing_fields
from tests.collectors.aws.answering import error, region_that_says
from tests.collectors.aws.world import ACCOUNT

DAY = datetime(2026, 11, 20, tzinfo=UTC)
EARLIER = datetime(2026, 11, 1, tzinfo=UTC)
MARK = "[redacted: value, 9 bytes]"


def seen(collector: Collector, answers: Mapping[str, Any]) -> list[Any]:
    return list(collector(region_that_says(answers)))


def function(**more: Any) -> dict[str, Any]:
    found = {"FunctionName": "orders", "FunctionArn": "arn", "PackageType": "Zip", "Runtime": "python3.13", **more}
    return {
        "lambda:ListFunctions": {"Functions": [found]},
        "lambda:ListCodeSigningConfigs": {"CodeSigningConfigs": []},
        "lambda:GetFunctionCodeSigningConfig": {},
        "lambda:ListAliases": {"Aliases": [{"Name": "live"}]},
        "lambda:ListFunctionUrlConfigs": {"FunctionUrlConfigs": []},
        "lambda:GetPolicy": error("ResourceNotFoundException"),
    }


def test_the_policy_of_an_alias_counts() -> None:
    statement = '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunction"}]}'

    def policy(parameters: Mapping[str, Any]) -> Any:
        if parameters.get("Qualifier") == "live":
            return {"Policy": statement}
        raise error("ResourceNotFoundException")

    (found,) = seen(awslambda.functions, {**function(), "lambda:GetPolicy": policy})
    assert [each.principals for each in found.statements] == [("AWS:*",)]
    (found,) = seen(awslambda.functions, function())
    assert (found.statements, found.signing) == ((), "")


def test_a_function_whose_environment_lambda_cannot_read() -> None:
    (found,) = seen(awslambda.functions, function(Environment={"Error": {"ErrorCode": "AccessDeniedException"}}))
    assert missing_fields(found).keys() == {"secrets"}


def test_an_image_is_not_asked_for_signatures_and_rules_that_nobody_lists_are_not_seen() -> None:
    answers = function(PackageType="Image")
    del answers["lambda:GetFunctionCodeSigningConfig"]
    assert [each.signing for each in seen(awslambda.functions, answers)] == [""]
    foreign = {**function(), "lambda:GetFunctionCodeSigningConfig": {"CodeSigningConfigArn": "arn:csc"}}
    (found,) = seen(awslambda.functions, foreign)
    assert missing_fields(found)["signing"] == "Lambda lists no rules arn:csc"
    del foreign["lambda:ListCodeSigningConfigs"]
    (found,) = seen(awslambda.functions, foreign)
    assert "is denied" in missing_fields(found)["signing"]


def test_the_newest_image_is_the_one_pushed_last() -> None:
    def image(digest: str, pushed: datetime, **more: Any) -> dict[str, Any]:
        return {"imageDigest": digest, "imagePushedAt": pushed, **more}

    scanned = {"imageScanFindingsSummary": {"findingSeverityCounts": {"CRITICAL": 1, "HIGH": 2, "LOW": 5}}}
    repository = {"repositoryName": "web", "repositoryArn": "arn", "imageTagMutability": "MUTABLE"}
    answers = {
        "ecr:DescribeRepositories": {"repositories": [repository]},
        "ecr:BatchGetRepositoryScanningConfiguration": {"scanningConfigurations": []},
        "ecr:GetRepositoryPolicy": error("RepositoryPolicyNotFoundException"),
        "ecr:GetLifecyclePolicy": error("LifecyclePolicyNotFoundException"),
        "ecr:DescribeImages": {"imageDetails": [image("new", DAY, **scanned), image("old", EARLIER)]},
    }
    (found,) = seen(ecr.repositories, answers)
    assert (found.newest.digest, found.newest.serious, found.newest.scan) == ("new", 3, "")
    assert missing_fields(found).keys() == {"scanned"}
    (found,) = seen(ecr.repositories, {**answers, "ecr:DescribeImages": {"imageDetails": [image("old", EARLIER)]}})
    assert found.newest.serious is None


def test_clusters_that_went_away_are_none_and_clusters_left_out_are_a_gap() -> None:
    answers: dict[str, Any] = {
        "ecs:ListClusters": {"clusterArns": ["arn:1", "arn:2"]},
        "ecs:DescribeClusters": {
            "clusters": [{"clusterArn": "arn:1", "clusterName": "shop", "status": "ACTIVE", "settings": []}],
            "failures": [{"arn": "arn:2", "reason": "MISSING"}],
        },
    }
    (found,) = seen(ecs.clusters, answers)
    assert missing_fields(found).keys() == {"insights"}
    assert found.command_log == "DEFAULT"
    answers["ecs:DescribeClusters"]["failures"] = [{"arn": "arn:2", "reason": "ACCESS_DENIED"}]
    with pytest.raises(MalformedAnswerError, match="of 2 clusters ECS described 1"):
        seen(ecs.clusters, answers)


def test_sets_of_tasks_have_addresses_of_their_own() -> None:
    public: dict[str, Any] = {"networkConfiguration": {"awsvpcConfiguration": {"assignPublicIp": "ENABLED"}}}
    service = {"serviceArn": "arn:web", "serviceName": "web", "taskSets": [public]}
    answers = {
        "ecs:ListClusters": {"clusterArns": ["arn:1"]},
        "ecs:ListServices": {"serviceArns": ["arn:web"]},
        "ecs:DescribeServices": {"services": [service]},
    }
    (found,) = seen(ecs.services, answers)
    assert (found.public_address, found.platform, found.system) == (True, "", "")
    public |= {"platformVersion": "1.0.0", "platformFamily": "LINUX"}
    (found,) = seen(ecs.services, answers)
    assert (found.platform, found.system) == ("1.0.0", "LINUX")


def test_subscriptions_that_nobody_confirmed_are_told_apart() -> None:
    waiting = {"SubscriptionArn": "PendingConfirmation", "TopicArn": "arn:topic", "Protocol": "email"}
    found = seen(sns.subscriptions, {"sns:ListSubscriptions": {"Subscriptions": [waiting, waiting]}})
    assert [each.id for each in found] == ["arn:topic:PendingConfirmation-1", "arn:topic:PendingConfirmation-2"]


@pytest.mark.parametrize(
    ("attributes", "managed"),
    [
        ({"SqsManagedSseEnabled": "true"}, True),
        ({"SqsManagedSseEnabled": "false"}, False),
        ({"KmsMasterKeyId": "alias/data"}, False),
        ({}, None),
        ({"SqsManagedSseEnabled": "perhaps"}, None),
    ],
)
def test_queues_that_say_whether_they_encrypt(attributes: dict[str, str], managed: bool | None) -> None:
    answers = {
        "sqs:ListQueues": {"QueueUrls": ["https://sqs/1/orders"]},
        "sqs:GetQueueAttributes": {"Attributes": {"QueueArn": "arn", **attributes}},
    }
    (found,) = seen(sqs.queues, answers)
    assert (None if "managed" in missing_fields(found) else found.managed) is managed


def test_a_queue_that_keeps_us_out_does_not_hide_that_it_is_there() -> None:
    (found,) = seen(sqs.queues, {"sqs:ListQueues": {"QueueUrls": ["https://sqs/1/orders"]}})
    assert found.id == f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders"
    assert missing_fields(found).keys() == {"key", "managed", "statements"}


def test_a_secret_of_which_little_is_said() -> None:
    listed = {"ARN": "arn", "Name": "database", "CreatedDate": DAY, "PrimaryRegion": "eu-west-1"}
    answers = {"secretsmanager:ListSecrets": {"SecretList": [listed]}, "secretsmanager:GetResourcePolicy": {}}
    (found,) = seen(secretsmanager.secrets, answers)
    assert (found.rotates, found.used, found.replica, found.statements) == (False, None, True, ())


@pytest.mark.parametrize("code", ["ResourceNotFoundException", "InvalidStateException"])
def test_an_authority_that_is_shared_with_nobody(code: str) -> None:
    listed = {
        "Arn": "arn",
        "Type": "ROOT",
        "Status": "CREATING",
        "CertificateAuthorityConfiguration": {"SigningAlgorithm": "SHA256WITHRSA"},
    }
    answers = {
        "acm-pca:ListCertificateAuthorities": {"CertificateAuthorities": [listed]},
        "acm-pca:GetPolicy": error(code),
    }
    (found,) = seen(acm_pca.authorities, answers)
    assert (found.statements, found.revokes_by, found.expires, found.short_lived) == ((), (), None, False)
    (found,) = seen(acm_pca.authorities, {**answers, "acm-pca:GetPolicy": error("AccessDeniedException")})
    assert missing_fields(found).keys() == {"statements"}


def test_streams_that_kinesis_does_not_list_are_a_gap() -> None:
    with pytest.raises(TruncatedError, match="more streams"):
        seen(kinesis.streams, {"kinesis:ListStreams": {"StreamNames": ["clicks"], "HasMoreStreams": True}})


def test_a_stream_that_says_little() -> None:
    answers = {
        "kinesis:ListStreams": {"StreamNames": ["clicks"], "HasMoreStreams": False},
        "kinesis:DescribeStreamSummary": {"StreamDescriptionSummary": {}},
        "kinesis:GetResourcePolicy": {"Policy": ""},
    }
    (found,) = seen(kinesis.streams, answers)
    assert missing_fields(found).keys() == {"encryption"}
    assert found.statements == ()


def test_firehose_turns_pages_by_the_last_name() -> None:
    pages = {"": (["a", "b"], True), "b": (["c"], False)}

    def listing(parameters: Mapping[str, Any]) -> dict[str, Any]:
        names, more = pages[parameters.get("ExclusiveStartDeliveryStreamName", "")]
        return {"DeliveryStreamNames": names, "HasMoreDeliveryStreams": more}

    found = seen(firehose.delivery_streams, {"firehose:ListDeliveryStreams": listing})
    assert [each.name for each in found] == ["a", "b", "c"]
    assert missing_fields(found[0]).keys() == {"type", "source", "encryption", "key"}


def project(**more: Any) -> dict[str, Any]:
    found = {
        "name": "web",
        "arn": "arn",
        "source": {"type": "GITHUB", "location": "https://github.com/acme/web"},
        "environment": {"environmentVariables": []},
        "created": DAY,
        **more,
    }
    return {"codebuild:ListProjects": {"projects": ["web"]}, "codebuild:BatchGetProjects": {"projects": [found]}}


def test_a_project_logs_to_cloudwatch_unless_somebody_switched_it_off() -> None:
    (found,) = seen(codebuild.projects, {**project(), "codebuild:ListBuildsForProject": {"ids": []}})
    assert (found.logs_to, found.plain_logs, found.public, found.last_build) == (("CloudWatch",), False, False, None)


def test_secrets_of_a_project_are_its_plain_variables_and_addresses() -> None:
    variables = [
        {"name": "PASSWORD", "value": MARK},
        {"name": "API_TOKEN", "value": MARK, "type": "PLAINTEXT"},
        {"name": "KEPT", "value": MARK, "type": "SECRETS_MANAGER"},
        {"name": "STAGE", "value": "production", "type": "PLAINTEXT"},
    ]
    answers = project(
        environment={"environmentVariables": variables},
        secondarySources=[{"type": "GITHUB", "location": f"https://user:{MARK}@github.com/acme/web"}],
    )
    (found,) = seen(codebuild.projects, answers)
    assert found.secrets == ("API_TOKEN (value)", "PASSWORD (value)", "address of the source (value)")
    assert missing_fields(found).keys() == {"last_build"}, "who may not list builds does not know the last one"


def test_builds_that_may_be_listed_but_not_described() -> None:
    (found,) = seen(codebuild.projects, {**project(), "codebuild:ListBuildsForProject": {"ids": ["web:1"]}})
    assert missing_fields(found).keys() == {"last_build"}


@pytest.mark.parametrize(
    ("module", "listing"),
    [
        (codeartifact.repositories, "codeartifact:ListRepositories"),
        (codebuild.projects, "codebuild:ListProjects"),
        (codebuild.report_groups, "codebuild:ListReportGroups"),
        (elasticbeanstalk.environments, "elasticbeanstalk:DescribeEnvironments"),
    ],
)
def test_a_region_without_the_service_has_nothing(module: Collector, listing: str) -> None:
    def silent(_: Mapping[str, Any]) -> Any:
        raise NoAnswerError("unreachable", "no answer from the endpoint")

    region = region_that_says({listing: silent})
    with pytest.raises(NoAnswerError):  # us-east-1 has it: that it is silent is a failure to look
        list(module(region))
    region.scope = "eu-nowhere-9"
    assert list(module(region)) == []


def test_packages_of_unknown_origin_are_not_seen() -> None:
    repository = {"name": "parts", "domainName": "acme", "domainOwner": ACCOUNT, "arn": "arn"}
    answers: dict[str, Any] = {
        "codeartifact:ListRepositories": {"repositories": [repository]},
        "codeartifact:ListPackages": {"packages": [{"format": "npm", "package": "web"}]},
    }
    (found,) = seen(codeartifact.repositories, answers)
    assert "where web may come from" in missing_fields(found)["from_both_sides"]
    both = {"restrictions": {"publish": "ALLOW", "upstream": "ALLOW"}}
    answers["codeartifact:ListPackages"]["packages"][0]["originConfiguration"] = both
    (found,) = seen(codeartifact.repositories, answers)
    assert found.from_both_sides == ("npm/web",)


def test_an_environment_whose_settings_are_half_told() -> None:
    def setting(name: str, value: str, status: str) -> dict[str, Any]:
        namespace = "aws:elasticbeanstalk:cloudwatch:logs"
        options = [{"Namespace": namespace, "OptionName": name, "Value": value}]
        return {"DeploymentStatus": status, "OptionSettings": options}

    environment = {"EnvironmentId": "e-1", "EnvironmentName": "web", "ApplicationName": "shop"}
    answers: dict[str, Any] = {"elasticbeanstalk:DescribeEnvironments": {"Environments": [environment]}}
    (found,) = seen(elasticbeanstalk.environments, answers)
    assert missing_fields(found).keys() == {"streams_logs", "updates", "health", "secrets"}
    settings = [setting("StreamLogs", "true", "deployed"), setting("StreamLogs", "false", "pending")]
    answers["elasticbeanstalk:DescribeConfigurationSettings"] = {"ConfigurationSettings": settings}
    (found,) = seen(elasticbeanstalk.environments, answers)
    assert found.streams_logs
    assert missing_fields(found).keys() == {"updates", "health"}


def test_a_pool_of_which_cognito_says_little() -> None:
    answers: dict[str, Any] = {
        "cognito-idp:ListUserPools": {"UserPools": [{"Id": "eu-west-1_a"}]},
        "cognito-idp:DescribeUserPool": {"UserPool": {"Id": "eu-west-1_a", "Name": "shop"}},
    }
    (found,) = seen(cognito.user_pools, answers)
    assert missing_fields(found).keys() == {"passwords", "mfa"}
    assert (found.threats, found.protected, found.open_sign_up) == ("OFF", False, True)
    answers["cognito-idp:DescribeUserPool"]["UserPool"]["UserPoolAddOns"] = {"AdvancedSecurityMode": "ENFORCED"}
    (found,) = seen(cognito.user_pools, answers)
    assert missing_fields(found).keys() == {"passwords", "mfa", "stolen_passwords", "high_risk"}
    stolen = {"EventFilter": ["SIGN_UP"], "Actions": {"EventAction": "BLOCK"}}
    risks = {"RiskConfiguration": {"CompromisedCredentialsRiskConfiguration": stolen}}
    (found,) = seen(cognito.user_pools, {**answers, "cognito-idp:DescribeRiskConfiguration": risks})
    assert found.stolen_passwords == "NO_ACTION"
    assert missing_fields(found).keys() == {"passwords", "mfa", "high_risk"}
    (pool,) = seen(
        cognito.identity_pools,
        {
            "cognito-identity:ListIdentityPools": {
                "IdentityPools": [{"IdentityPoolId": "i", "IdentityPoolName": "shop"}]
            }
        },
    )
    assert missing_fields(pool).keys() == {"lets_anybody_in", "classic"}


def test_an_error_that_is_no_answer_flies() -> None:
    with pytest.raises(ClientError, match="ThrottlingException"):
        seen(ecr.repositories, {"ecr:DescribeRepositories": error("ThrottlingException")})
