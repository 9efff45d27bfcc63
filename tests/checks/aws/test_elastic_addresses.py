"""Truth tables of the checks of elastic addresses."""

from __future__ import annotations

import pytest

from checks.aws.elastic_addresses import address_is_in_use
from core.resources.aws.elastic_addresses import ElasticAddress
from tests.checks.aws.making import status


@pytest.mark.parametrize(
    ("name", "used_by", "operator", "expected"),
    [
        ("", "eni-1", "", "pass"),
        ("gateway", "", "", "fail"),
        ("", "", "alb", "not_applicable"),
    ],
)
def test_address_is_in_use(name: str, used_by: str, operator: str, expected: str) -> None:
    found = ElasticAddress(id="eipalloc-1", name=name, address="203.0.113.7", used_by=used_by, operator=operator)
    assert status(address_is_in_use(found)) == expected
