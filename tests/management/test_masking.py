"""What people write is masked, whatever it is mixed with; what names things of the store is not."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

from core.management.acceptance import Accepted, AcceptedFinding
from core.management.acts import Corrected
from core.redaction import redact_written
from management.masking import masked
from tests.core.planted import KINDS, planted


def test_secrets_of_all_kinds_are_masked_among_others_as_they_are_alone() -> None:
    found = [planted(kind, Random(7)) for kind in KINDS]
    acts = tuple(Corrected(correction=each.text, consequences="none") for each in found)
    once = masked(acts)
    assert [each.correction for each in once] == [redact_written(each.text) for each in found]
    left = {s for each, act in zip(found, once, strict=True) for s in each.secrets if s in act.correction}
    assert all(" " in secret for secret in left)  # `password: four words of nobody` could be a sentence
    assert len(left) == 1
    assert masked(once) == once


def test_what_evidence_calls_a_verdict_stays_and_what_a_person_says_of_it_does_not() -> None:
    verdict = AcceptedFinding(check="a.b.c", source="s", scope="", resource="token=hunter2x", reason="token=hunter2x")
    accepted = Accepted(findings=(verdict,), risk="token=hunter2x", expires=datetime(2026, 1, 31, tzinfo=UTC))
    said = masked(accepted)
    assert said.findings == accepted.findings
    assert said.risk == "token=[redacted: token, 8 bytes]"
    assert masked(None) is None
