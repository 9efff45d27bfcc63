"""Signatures by SSH, with the real ssh-keygen: made, required, verified later, and refused from the wrong person."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import evidence_store
from core.codec import encode
from core.errors import AnnexaError
from evidence_store.people.erasure import Decision, erase
from evidence_store.questions.events import sealed_event
from management import acceptances as accepting
from management import audits, reviews, signatures
from management import nonconformities as leading
from management.looking import look
from management.nonconformities import Judgement
from management.sealing import By
from management.signatures import sign, verify
from tests.management.conftest import DAY, Office
from tests.management.test_audits_and_reviews import PLAN, PROGRAMME, SAMPLED

AT = datetime(2026, 1, 31, tzinfo=UTC)
REQUIRED = (
    "management: {signatures: {required: [accept, close, review, withdraw, audit, decide], allowed_signers: allowed}, "
)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two keys, Grace's and Ada's, and who may sign: Grace, and Ada until the year 2020."""
    folder = tmp_path_factory.mktemp("keys")
    lines = []
    for name, options in (("grace", ""), ("ada", 'valid-before="20200101Z" ')):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(folder / name)]
        subprocess.run(command, check=True)
        lines.append(f"{name.capitalize()} {options}{(folder / f'{name}.pub').read_text()}")
    (folder / "allowed").write_text("".join(lines))
    return folder


@pytest.fixture
def signing(office: Office, keys: Path) -> Office:
    """Where closing, reviewing, accepting and withdrawing need a signature."""
    office.farm.text = office.farm.text.replace("management: {", REQUIRED.replace("allowed}", f"{keys / 'allowed'}}}"))
    return office


def test_what_is_signed_is_verified(keys: Path) -> None:
    signature = sign(b"statement", keys / "grace")
    good = verify(b"statement", signature, "Grace", keys / "allowed", AT)
    assert good.verified
    assert "Good" in good.said
    assert "Grace" in good.said
    for statement, name in ((b"another", "Grace"), (b"statement", "Alan")):
        assert not verify(statement, signature, name, keys / "allowed", AT).verified
    assert not verify(b"statement", "no signature", "Grace", keys / "allowed", AT).verified
    old = sign(b"statement", keys / "ada")
    assert not verify(b"statement", old, "Ada", keys / "allowed", AT).verified
    assert verify(b"statement", old, "Ada", keys / "allowed", AT.replace(year=2019)).verified


def test_what_cannot_sign_or_verify_says_why(keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AnnexaError, match="there is no such key"):
        sign(b"x", tmp_path / "none")
    (tmp_path / "broken").write_text("no key")
    with pytest.raises(AnnexaError, match="did not sign"):
        sign(b"x", tmp_path / "broken")
    with pytest.raises(AnnexaError, match="there is no such file"):
        verify(b"x", "y", "Grace", tmp_path / "none", AT)
    monkeypatch.setattr(signatures, "PATIENCE", 0)
    with pytest.raises(AnnexaError, match="did not answer within"):
        sign(b"x", keys / "grace")
    monkeypatch.setattr(signatures, "PROGRAM", str(tmp_path / "none"))
    with pytest.raises(AnnexaError, match="is not installed"):
        sign(b"x", keys / "grace")


def test_closing_by_the_right_person_with_the_right_key(signing: Office, keys: Path) -> None:
    name = signing.implemented()
    said = Judgement(effective=False, judgement="still high", isms_changes="none")
    with signing.desk() as desk:
        with pytest.raises(AnnexaError, match="to review needs a signature"):
            leading.review(desk, [name], said, By(reason="because", name="Grace"))
        for who, key in (("Ada", "grace"), ("Grace", "ada"), ("Ada", "ada")):
            with pytest.raises(AnnexaError, match=f"is not a key that may sign for {who}"):
                leading.review(desk, [name], said, By(reason="because", name=who, key=keys / key))
        leading.review(desk, [name], said, By(reason="because", name="Grace", key=keys / "grace"))
        told = look(desk, name).events[-1]
        assert (told.verified, told.event.author) == (True, "Grace")
        assert 'Good "annexa" signature for Grace' in told.who
        assert [each.verified for each in look(desk, name).events[:-1]] == [None] * 6
    signing.verified()


def test_accepting_needs_the_approvers_signature(signing: Office, keys: Path) -> None:
    by = By(reason="because", name="Grace", key=keys / "grace")
    with signing.desk() as desk:
        until = signing.farm.now + DAY
        with pytest.raises(AnnexaError, match="to accept needs a signature"):
            accepting.accept(desk, signing.failing(), "x", until, replace(by, key=None))
        found = accepting.accept(desk, signing.failing(), "x", until, by)
        assert found.signed
        with pytest.raises(AnnexaError, match="to withdraw needs a signature"):
            accepting.withdraw(desk, [found.id], replace(by, key=None))
        accepting.withdraw(desk, [found.id], by)


def test_anybody_verifies_a_signature_as_the_page_on_the_format_says(
    signing: Office, keys: Path, tmp_path: Path
) -> None:
    with signing.desk() as desk:
        by = By(reason="as Ada wished", name="Grace", key=keys / "grace")
        found = accepting.accept(desk, signing.failing(), "x", signing.farm.now + DAY, by)
        with desk.store.reading() as connection:
            sealed = encode(sealed_event(connection, found.leaf))
            note = desk.store.latest_checkpoint(connection)
    assert note is not None
    assert b"Grace" not in sealed
    (tmp_path / "body").write_bytes(sealed)
    (tmp_path / "text").write_text(note[1].partition("\n\n")[0])
    shutil.copy(keys / "allowed", tmp_path / "allowed_signers")
    page = (Path(evidence_store.__file__).parent / "FORMAT.md").read_text(encoding="utf-8")
    command = next(block for block in page.split("```") if "ssh-keygen -Y verify" in block)
    script = f"body=body author=Grace\n{command}"
    done = subprocess.run(["bash", "-euc", script], cwd=tmp_path, capture_output=True, check=False, text=True)
    assert (done.returncode, 'Good "annexa" signature for Grace' in done.stdout) == (0, True), done


def test_a_signature_nobody_can_judge_is_no_proof(signing: Office, keys: Path) -> None:
    text = signing.farm.text
    with signing.desk() as desk:
        by = By(reason="because", name="Grace", key=keys / "grace")
        name = leading.assign(desk, [signing.raised()], "Ada", None, by)[0].id
    signing.farm.text = text.replace(str(keys / "allowed"), str(keys / "none"))
    with signing.desk() as desk:
        step = look(desk, name).events[-1]
        assert (step.verified, "there is no such file" in step.who) == (None, True)
    (keys / "others").write_text(f"Alan {(keys / 'ada.pub').read_text()}")
    signing.farm.text = text.replace(str(keys / "allowed"), str(keys / "others"))
    with signing.desk() as desk:
        step = look(desk, name).events[-1]
        assert (step.verified, "THE SIGNATURE DOES NOT HOLD" in step.who) == (False, True)
    signing.farm.text = text.replace(REQUIRED.replace("allowed}", f"{keys / 'allowed'}}}"), "management: {")
    with signing.desk() as desk:
        assert "nobody says whose keys count" in look(desk, name).events[-1].who


def test_who_signed_and_was_erased_is_no_forger(signing: Office, keys: Path) -> None:
    with signing.desk() as desk:
        by = By(reason="because", name="Grace", key=keys / "grace")
        name = leading.assign(desk, [signing.raised()], "Ada", None, by)[0].id
        erase(desk.store, ["Grace"], Decision(reason="asked for", login="x", approver="y"), desk.clock())
        step = look(desk, name).events[-1]
    assert step.verified is None
    assert step.who.startswith("erased-")
    assert step.who.endswith("signed; nobody can tell any more by whom")
    signing.verified()


def test_what_audits_and_managements_decide_is_signed_too(signing: Office, keys: Path, tmp_path: Path) -> None:
    grace = By(name="Grace", reason="because")
    signed, day = replace(grace, key=keys / "grace"), signing.farm.now.date()
    (tmp_path / "data.json").write_text("{}")
    with signing.desk() as desk:
        with pytest.raises(AnnexaError, match="to audit needs a signature"):
            audits.set_programme(desk, PROGRAMME, grace)
        audits.set_programme(desk, PROGRAMME, signed)
        audits.plan(desk, PLAN, signed)
        audits.sample(desk, "IA-0001", SAMPLED, By(name="Ada", reason="because"))  # what is seen on the way needs none
        with pytest.raises(AnnexaError, match="to audit needs a signature"):
            audits.cancel(desk, "IA-0001", grace)
        assert audits.history(desk, "IA-0001")[0].verified
        name = reviews.prepare(desk, day, day, grace).id
        with pytest.raises(AnnexaError, match="to decide needs a signature"):
            reviews.hold(desk, name, day, ["Grace"], tmp_path / "data.json", grace)
        reviews.hold(desk, name, day, ["Grace"], tmp_path / "data.json", signed)
        assert reviews.history(desk, name)[-1].verified
