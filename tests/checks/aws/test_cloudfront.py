"""Truth tables of the checks of the edge: CloudFront and Global Accelerator."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws import cloudfront, globalaccelerator
from core.plugins import Check
from core.resource import NotObservedError, unobserved
from core.resources.aws.cloudfront import Distribution, Origin
from core.resources.aws.globalaccelerator import Accelerator
from tests.checks.aws.making import ACCOUNT, status


def origin(**changes: Any) -> Origin:
    given: dict[str, Any] = {
        "id": "inner",
        "domain": "inner.example.org",
        "is_bucket": False,
        "is_guarded": False,
        "protocol": "https-only",
        "tls": ("TLSv1.2",),
    }
    return Origin(**{**given, **changes})


BUCKET = {"is_bucket": True, "protocol": "", "tls": ()}
GUARDED = {**BUCKET, "is_guarded": True}


def distribution(*origins: Origin, **changes: Any) -> Distribution:
    given: dict[str, Any] = {
        "id": f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1",
        "name": "shop.example.org",
        "enabled": True,
        "plain_paths": (),
        "minimum_tls": "TLSv1.2_2021",
        "own_certificate": True,
        "origins": origins or (origin(),),
        "fails_over": True,
        "encrypts_fields": True,
        "web_acl": "arn:aws:wafv2:us-east-1:1:global/webacl/edge/1",
        "logs": ("logs.s3.amazonaws.com",),
        "root_object": "index.html",
    }
    return Distribution(**{**given, **changes})


OFF = {"enabled": False}


@pytest.mark.parametrize(
    ("check", "given", "expected"),
    [
        (cloudfront.distribution_logs_requests, distribution(), "pass"),
        (cloudfront.distribution_logs_requests, distribution(logs=()), "fail"),
        (cloudfront.distribution_logs_requests, distribution(logs=(), **OFF), "not_applicable"),
        (cloudfront.viewers_use_tls, distribution(), "pass"),
        (cloudfront.viewers_use_tls, distribution(plain_paths=("/old/*",)), "fail"),
        (cloudfront.distribution_accepts_strong_tls, distribution(), "pass"),
        (cloudfront.distribution_accepts_strong_tls, distribution(minimum_tls="TLSv1.3_2025"), "pass"),
        (cloudfront.distribution_accepts_strong_tls, distribution(minimum_tls="TLSv1.1_2016"), "fail"),
        (cloudfront.distribution_accepts_strong_tls, distribution(own_certificate=False, minimum_tls="TLSv1"), "fail"),
        (cloudfront.origins_are_asked_with_tls, distribution(), "pass"),
        (cloudfront.origins_are_asked_with_tls, distribution(origin(protocol="http-only")), "fail"),
        (cloudfront.origins_are_asked_with_tls, distribution(origin(protocol="match-viewer")), "pass"),
        (cloudfront.origins_are_asked_with_tls, distribution(origin(**BUCKET)), "pass"),
        (cloudfront.origins_are_asked_with_tls, distribution(origin(**BUCKET), plain_paths=("*",)), "fail"),
        (cloudfront.origins_are_asked_with_tls, distribution(plain_paths=("*",)), "pass"),
        (cloudfront.origins_are_asked_with_strong_tls, distribution(), "pass"),
        (cloudfront.origins_are_asked_with_strong_tls, distribution(origin(tls=("SSLv3", "TLSv1.2"))), "fail"),
        (cloudfront.origins_are_asked_with_strong_tls, distribution(origin(**BUCKET)), "not_applicable"),
        (cloudfront.buckets_let_in_only_the_distribution, distribution(), "not_applicable"),
        (cloudfront.buckets_let_in_only_the_distribution, distribution(origin(**BUCKET)), "fail"),
        (cloudfront.buckets_let_in_only_the_distribution, distribution(origin(**GUARDED)), "pass"),
        (cloudfront.origins_fail_over, distribution(), "pass"),
        (cloudfront.origins_fail_over, distribution(fails_over=False), "fail"),
        (cloudfront.origins_fail_over, distribution(fails_over=False, **OFF), "not_applicable"),
        (cloudfront.sensitive_fields_are_encrypted, distribution(), "pass"),
        (cloudfront.sensitive_fields_are_encrypted, distribution(encrypts_fields=False), "not_applicable"),
        (cloudfront.distribution_has_a_web_acl, distribution(), "pass"),
        (cloudfront.distribution_has_a_web_acl, distribution(web_acl=""), "fail"),
        (cloudfront.distribution_has_a_web_acl, distribution(web_acl="", **OFF), "not_applicable"),
        (cloudfront.distribution_has_a_root_object, distribution(), "not_applicable"),
        (cloudfront.distribution_has_a_root_object, distribution(origin(**BUCKET)), "pass"),
        (cloudfront.distribution_has_a_root_object, distribution(origin(**BUCKET), root_object=""), "fail"),
    ],
)
def test_a_distribution(check: Check[...], given: Distribution, expected: str) -> None:
    assert status(check(given)) == expected


def test_fields_are_encrypted_where_somebody_says_they_must() -> None:
    given = distribution(encrypts_fields=False)
    assert status(cloudfront.sensitive_fields_are_encrypted(given, needed=("shop.example.org",))) == "fail"


def test_an_origin_in_a_network_of_ours_does_not_say_how_it_is_asked() -> None:
    with pytest.raises(NotObservedError):
        cloudfront.origins_are_asked_with_tls(distribution(origin(protocol=unobserved("says elsewhere"))))


@pytest.mark.parametrize(
    ("enabled", "logs", "expected"), [(True, True, "pass"), (True, False, "fail"), (False, False, "not_applicable")]
)
def test_accelerator_logs_flows(enabled: Any, logs: Any, expected: str) -> None:
    given = Accelerator(id="arn:aws:globalaccelerator::1:accelerator/1", name="shop", enabled=enabled, logs_flows=logs)
    assert status(globalaccelerator.accelerator_logs_flows(given)) == expected
