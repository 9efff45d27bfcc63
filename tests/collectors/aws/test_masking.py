"""What is masked in answers of AWS, and what is not."""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from typing import Any

import pytest
from botocore.model import OperationModel, ServiceModel

from collectors.aws.errors import MalformedAnswerError
from collectors.aws.masking import mask
from collectors.aws.models import shared_loader
from core.redaction.marks import is_mark

SECRET = "srv-Pa55w0rd-9182"


def operation(service: str, name: str) -> OperationModel:
    return ServiceModel(shared_loader().load_service_model(service, "service-2"), service).operation_model(name)


def masked(service: str, name: str, body: Any, *, failed: bool = False) -> str:
    data = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    result, _ = mask(operation(service, name), data, failed=failed)
    again, counts = mask(operation(service, name), result, failed=failed)
    assert again == result, "masking what is masked changes something"
    assert counts == {}
    return result.decode()


@pytest.mark.parametrize(
    ("service", "name", "body"),
    [
        ("lambda", "GetFunctionConfiguration", {"Environment": {"Variables": {"DB_PASSWORD": SECRET}}}),
        ("ecs", "DescribeTaskDefinition", {"environment": [{"name": "DB_PASSWORD", "value": SECRET}]}),
        ("kms", "DescribeKey", {"KeyMetadata": {"Description": f"password={SECRET}"}}),
        ("secretsmanager", "GetSecretValue", {"SecretString": SECRET}),
        (
            "ec2",
            "DescribeInstances",
            (
                f"<DescribeInstancesResponse><tagSet><item><key>api_key</key><value>{SECRET}</value></item></tagSet>"
                "</DescribeInstancesResponse>"
            ),
        ),
        *(
            (
                "elasticbeanstalk",
                "DescribeConfigurationSettings",
                f"<DescribeConfigurationSettingsResponse>{option}</DescribeConfigurationSettingsResponse>",
            )
            for option in (
                f"<member><OptionName>DB_PASSWORD</OptionName><Value>{SECRET}</Value></member>",
                f"<member><Value>{SECRET}</Value><Namespace>x</Namespace><OptionName>api_token</OptionName></member>",
                f"<member><OptionName>EnvironmentVariables</OptionName><Value>A=b,DB_PASSWORD={SECRET}</Value></member>",
            )
        ),
        (
            "iam",
            "GetUser",
            f"<GetUserResponse><Note>password = {SECRET}</Note></GetUserResponse>",
        ),
    ],
)
def test_secrets(service: str, name: str, body: Any) -> None:
    result = masked(service, name, body)
    assert SECRET not in result
    assert "[redacted: " in result


@pytest.mark.parametrize(
    ("service", "name", "body"),
    [
        ("logs", "DescribeLogGroups", {"logGroups": [], "nextToken": "an opaque word of twenty letters"}),
        ("rds", "DescribeDBInstances", "<DescribeDBInstancesResponse><Marker>token</Marker></DescribeDBInstancesResponse>"),
        ("lambda", "ListFunctions", {"Environment": {"Variables": {"TOKEN_ARN": "arn:aws:secretsmanager:eu:1:secret:x"}}}),
        ("ec2", "DescribeInstances", "<DescribeInstancesResponse><httpTokens>required</httpTokens></DescribeInstancesResponse>"),
        (
            "elasticbeanstalk",
            "DescribeConfigurationSettings",
            (
                "<DescribeConfigurationSettingsResponse>"
                "<member><OptionName>STAGE</OptionName><Value>production &amp; test</Value></member>"
                "<member><OptionName>TOKEN_ARN</OptionName><Value>arn:aws:secretsmanager:eu:1:secret:x</Value></member>"
                "</DescribeConfigurationSettingsResponse>"
            ),
        ),
        ("iam", "GetUser", "<GetUserResponse><PasswordLastUsed>2026-01-01T00:00:00Z</PasswordLastUsed></GetUserResponse>"),
        ("organizations", "ListAccounts", {"Accounts": [{"Name": "production", "Id": "111122223333"}]}),
    ],
)  # fmt: skip
def test_what_only_sounds_like_a_secret(service: str, name: str, body: Any) -> None:
    assert masked(service, name, body) == (body if isinstance(body, str) else json.dumps(body))


@pytest.mark.parametrize(
    ("service", "name", "body"),
    [
        ("kms", "ListKeys", b""),
        ("kms", "ListKeys", b'{"Keys": [{"KeyId'),
        ("kms", "ListKeys", b"<!DOCTYPE html><html></html>"),
        ("iam", "ListUsers", b""),
        ("iam", "ListUsers", b"<Something/>"),
        ("ec2", "DescribeRegions", b"<html></html>"),
    ],
)
def test_what_aws_did_not_say(service: str, name: str, body: bytes) -> None:
    with pytest.raises(MalformedAnswerError):
        mask(operation(service, name), body, failed=False)


def test_an_error_may_have_any_body() -> None:
    assert masked("kms", "ListKeys", "gone", failed=True) == "gone"
    assert masked("kms", "ListKeys", "", failed=True) == ""
    assert SECRET not in masked("kms", "ListKeys", f"password={SECRET}", failed=True)


def test_a_document_that_is_the_whole_answer_is_read_as_it_is() -> None:
    assert masked("s3", "GetBucketPolicy", '{"Statement": []}') == '{"Statement": []}'


def test_what_travels_as_base64_is_masked_inside_and_stays_base64() -> None:
    """Such as the credential report: whoever parses the answer next decodes it."""
    told = b64encode(f"user,note\nalice,password={SECRET}\nbob,\n".encode()).decode()
    body = (
        '<GetCredentialReportResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetCredentialReportResult>'
        f"<Content>{told}</Content><ReportFormat>text/csv</ReportFormat></GetCredentialReportResult>"
        "</GetCredentialReportResponse>"
    )
    found = re.search("<Content>(.*)</Content>", masked("iam", "GetCredentialReport", body))
    assert found is not None
    report = b64decode(found[1], validate=True).decode()
    assert SECRET not in report
    assert report.startswith("user,note\nalice,password=[redacted:")
    assert report.endswith("\nbob,\n")
    odd = body.replace(told, "no base64 at all")
    assert masked("iam", "GetCredentialReport", odd) == odd


@pytest.mark.parametrize("length", range(60, 132, 3))
@pytest.mark.parametrize("ending", [b"", b"\x54\xf2\x92\x28"])
def test_bytes_that_are_secret_stay_what_a_parser_can_read(length: int, ending: bytes) -> None:
    """By chance base64 ends as the name of a key and an equals sign do (`VPSKKA==`), and a mark has any length."""
    seed = b"\x00" * length + ending
    answer = "ListVirtualMFADevicesResponse"
    found = masked(
        "iam", "ListVirtualMFADevices", f"<{answer}><QRCodePNG>{b64encode(seed).decode()}</QRCodePNG></{answer}>"
    )
    inside = re.search("<QRCodePNG>(.*)</QRCodePNG>", found)
    assert inside is not None
    assert b64decode(inside[1], validate=True).startswith(b"[redacted: sensitive, ")
    assert b64encode(seed).decode() not in found


def test_what_nobody_asks_for_is_not_kept_and_names_are() -> None:
    """Phone numbers and e-mail addresses of an identity store have one name, `Value`."""
    somebody = {
        "UserName": "ada", "DisplayName": "Ada", "Emails": [{"Value": "ada@example.org"}], "Title": "Countess",
        "PhoneNumbers": [{"Value": "+1 555 0100"}], "ExternalIds": [{"Issuer": "https://idp.example/", "Id": "7"}],
    }  # fmt: skip
    said = json.loads(masked("identitystore", "ListUsers", {"Users": [somebody]}))["Users"][0]
    assert said["PhoneNumbers"] == []
    assert is_mark(said["Title"].encode())
    kept = {name: said[name] for name in ("UserName", "DisplayName", "Emails")}
    assert kept == {name: somebody[name] for name in kept}
    assert said["ExternalIds"][0]["Issuer"] == "https://idp.example/"
