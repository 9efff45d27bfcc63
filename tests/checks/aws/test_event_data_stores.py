"""Truth tables of the checks of CloudTrail Lake."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws import event_data_stores as judged
from core.resources.aws.event_data_stores import EventDataStore
from tests.checks.aws.making import status


@pytest.mark.parametrize(
    ("changes", "guarded", "keeps", "takes_in", "encrypted"),
    [
        ({}, "pass", "pass", "pass", "fail"),
        ({"status": "STARTING_INGESTION", "key": "arn:aws:kms:x"}, "pass", "pass", "pass", "pass"),
        ({"status": "STOPPED_INGESTION", "guarded": False, "days": 90}, "fail", "fail", "fail", "fail"),
        ({"status": "PENDING_DELETION"}, "fail", "pass", "not_applicable", "fail"),
    ],
)
def test_states(changes: dict[str, Any], guarded: str, keeps: str, takes_in: str, encrypted: str) -> None:
    given: dict[str, Any] = {
        "id": "arn",
        "name": "events",
        "status": "ENABLED",
        "guarded": True,
        "days": 365,
        "key": "",
    }
    store = EventDataStore(**{**given, **changes})
    assert status(judged.store_is_guarded(store)) == guarded
    assert status(judged.store_keeps_events(store)) == keeps
    assert status(judged.store_takes_in_events(store)) == takes_in
    assert status(judged.store_is_encrypted_with_kms(store)) == encrypted
