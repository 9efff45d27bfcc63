"""Truth tables of the checks of images."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.aws import ami as checks
from core.resource import NotObservedError, unobserved
from core.resources.aws.ami import Image, ImageDefaults
from tests.checks.aws.making import ACCOUNT, AS_OF, OTHER, status

LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
LATELY = datetime(2026, 11, 20, tzinfo=UTC)
NEXT_YEAR = datetime(2027, 11, 20, tzinfo=UTC)


def image(**changes: Any) -> Image:
    given: dict[str, Any] = {
        "id": "ami-1",
        "name": "golden",
        "state": "available",
        "created": LATELY,
        "deprecated": None,
        "public": False,
        "shared_with": (),
    }
    return Image(**{**given, **changes})


def defaults(blocks_public: str = "block-new-sharing", allowed: str = "enabled") -> ImageDefaults:
    return ImageDefaults(id=f"{ACCOUNT}/eu-west-1", region="eu-west-1", blocks_public=blocks_public, allowed=allowed)


@pytest.mark.parametrize(("public", "expected"), [(False, "pass"), (True, "fail")])
def test_image_is_not_public(public: bool, expected: str) -> None:
    assert status(checks.image_is_not_public(image(public=public, name=""))) == expected


@pytest.mark.parametrize(
    ("said", "expected"), [("block-new-sharing", "pass"), ("unblocked", "fail"), ("something-new", "unknown")]
)
def test_region_keeps_images_private(said: str, expected: str) -> None:
    assert status(checks.region_keeps_images_private(defaults(said))) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [("enabled", "pass"), ("audit-mode", "fail"), ("disabled", "fail"), ("something-new", "unknown")],
)
def test_region_uses_only_approved_images(said: str, expected: str) -> None:
    assert status(checks.region_uses_only_approved_images(defaults(allowed=said))) == expected


@pytest.mark.parametrize(
    ("shared_with", "approved", "expected"),
    [((), (), "pass"), ((OTHER,), (), "fail"), ((OTHER,), (OTHER,), "pass"), ((OTHER, "arn:x"), (OTHER,), "fail")],
)
def test_image_is_shared_as_approved(shared_with: tuple[str, ...], approved: tuple[str, ...], expected: str) -> None:
    assert status(checks.image_is_shared_as_approved(image(shared_with=shared_with), approved=approved)) == expected


def test_permissions_that_were_not_seen_are_unknown() -> None:
    with pytest.raises(NotObservedError):
        checks.image_is_shared_as_approved(image(shared_with=unobserved("denied")))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"created": LONG_AGO}, "fail"),
        ({"created": LONG_AGO, "deprecated": NEXT_YEAR}, "fail"),
        ({"created": LONG_AGO, "deprecated": LATELY}, "not_applicable"),
        ({"created": LONG_AGO, "state": "disabled"}, "not_applicable"),
    ],
)
def test_image_is_current(changes: dict[str, Any], expected: str) -> None:
    assert status(checks.image_is_current(image(**changes), as_of=AS_OF)) == expected
