"""Truth tables of the checks of Athena."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws.athena import results_are_encrypted_with_kms, settings_are_binding, use_is_measured
from core.resource import NotObservedError, unobserved
from core.resources.aws.athena import Workgroup
from tests.checks.aws.making import status


def group(**changes: Any) -> Workgroup:
    given: dict[str, Any] = {"id": "arn:1", "name": "reports", "enabled": True, "used": True, "encryption": "SSE_KMS"}
    return Workgroup(**{**given, "binding": True, "measured": True, **changes})


@pytest.mark.parametrize(
    ("how", "expected"),
    [("SSE_KMS", "pass"), ("CSE_KMS", "pass"), ("MANAGED", "pass"), ("SSE_S3", "fail"), ("", "fail")],
)
def test_results_are_encrypted_with_kms(how: str, expected: str) -> None:
    assert status(results_are_encrypted_with_kms(group(encryption=how))) == expected


def test_settings_and_metrics() -> None:
    assert status(settings_are_binding(group())) == "pass"
    assert status(settings_are_binding(group(binding=False))) == "fail"
    assert status(use_is_measured(group())) == "pass"
    assert status(use_is_measured(group(measured=False))) == "fail"


@pytest.mark.parametrize("judge", [results_are_encrypted_with_kms, settings_are_binding, use_is_measured])
def test_what_nobody_uses_is_not_judged(judge: Any) -> None:
    assert status(judge(group(used=False))) == "not_applicable"
    assert status(judge(group(enabled=False))) == "not_applicable"
    with pytest.raises(NotObservedError):
        judge(group(used=unobserved("denied")))
