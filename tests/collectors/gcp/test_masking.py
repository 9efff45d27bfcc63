"""Secrets in pages of the inventory."""

from __future__ import annotations

from typing import Any

import pytest

from collectors.gcp.masking import mask

SECRET = "hunter2hunter2"


def masked(data: dict[str, Any]) -> Any:
    (found,), counts = mask([{"name": "x", "resource": {"data": data}}])
    again, more = mask([found])
    assert again[0] == found, "what is masked stays as it is"
    assert not more
    return found["resource"]["data"], dict(counts)


@pytest.mark.parametrize(
    "data",
    [
        {"metadata": {"items": [{"key": "anything", "value": SECRET}]}},
        {"commonInstanceMetadata": {"items": [{"key": "startup-script", "value": f"curl -u a:{SECRET} b"}]}},
        {"metadata": {"note": f"password={SECRET}"}},
        {"template": {"containers": [{"env": [{"name": "A", "value": SECRET}]}]}},
        {"serviceConfig": {"environmentVariables": {"A": SECRET}}},
        {"buildEnvironmentVariables": [SECRET]},
        {"env": SECRET},
        {"masterAuth": {"clientKey": SECRET, "password": SECRET}},
        {"keyString": SECRET},
        {"labels": {"db-password": SECRET}},
        {"description": f"the password={SECRET}"},
        {"list": [f"postgres://a:{SECRET}@db/x"]},
    ],
)
def test_a_secret_is_masked_wherever_it_stands(data: dict[str, Any]) -> None:
    found, counts = masked(data)
    assert SECRET not in str(found)
    assert "[redacted: " in str(found)
    assert sum(counts.values()) == str(data).count(SECRET)


@pytest.mark.parametrize(
    "data",
    [
        {"metadata": {"items": [{"key": "enable-oslogin", "value": "TRUE"}, "odd"], "fingerprint": "x="}},
        {"metadata": "odd"},
        {"env": None},
        {"secretName": "projects/p/secrets/s", "tokenType": "BEARER", "passwordEnabled": "true"},
        {"privateKeyType": "TYPE_GOOGLE_CREDENTIALS_FILE"},
        {"kmsKeyName": "projects/p/locations/l/keyRings/r/cryptoKeys/k", "enabled": False, "number": 3},
    ],
)
def test_what_is_no_secret_stays(data: dict[str, Any]) -> None:
    assert masked(data) == (data, {})
