"""What people write is masked, whatever it is mixed with; what names things of the store is not."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

from core.management.acceptance import Accepted, AcceptedFinding
from core.management.acts import Corrected
from core.redaction import redact_written
from evidence_store.people.keyring import Keyring
from evidence_store.retention.holds import Scope
from management.masking import masked
from runs.retention import Wish, dispose, place_hold, propose, release_hold
from tests.core.planted import KINDS, planted
from tests.management.conftest import Office


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


def test_so_is_what_people_write_about_keeping_throwing_away_and_erasing(office: Office) -> None:
    said, clock = "the password=hunter2x is in it", office.farm.clock
    settings = office.farm.configuration
    office.mow()
    office.days(2)
    wish = Wish(("exchanges", "resources", "verdicts"), before=office.farm.now)
    place_hold(settings, "token=hunter2x", Scope(source="meadow/none"), reason=said, clock=clock)
    release_hold(settings, "token=hunter2x", reason=said, approver=said, clock=clock)
    assert dispose(settings, propose(settings, wish, office.farm.now), reason=said, approver=said, clock=clock).leaf > 0
    with office.farm.store() as store, store.reading() as connection:
        digests = [digest for (digest,) in office.farm.rows("SELECT digest FROM blob")]
        read = store.read_blob(connection)
        bodies = [Keyring(store, connection).reveal(read(digest)) for digest in digests]
    assert sum(b"[redacted: " in each for each in bodies) == 3
    assert not [each for each in bodies if b"hunter2x" in each]
