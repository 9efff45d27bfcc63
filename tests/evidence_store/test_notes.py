"""Checkpoints: what is signed opens, and nothing else does."""

from __future__ import annotations

import base64
import hashlib
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evidence_store.errors import BrokenSealError
from evidence_store.log.notes import Checkpoint, Verifier, open_checkpoint, sign

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
NAME = "annexa.log/0123456789abcdef"
VERIFIER = Verifier(NAME, KEY.public_key().public_bytes_raw())
POINT = Checkpoint(NAME, 42, hashlib.sha256(b"root").digest())
NOTE = sign(POINT, KEY)

# The example key and note of the package that C2SP signed-note was written after (golang.org/x/mod/sumdb/note).
EXAMPLE_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
EXAMPLE_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
EXAMPLE_SIGNATURE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="


def test_what_was_signed_opens_again() -> None:
    assert open_checkpoint(NOTE, VERIFIER) == POINT


def test_a_note_has_the_form_of_the_specification() -> None:
    lines = NOTE.split("\n")
    assert lines[:4] == [NAME, "42", base64.b64encode(POINT.root).decode(), ""]
    assert lines[4].startswith(f"\N{EM DASH} {NAME} ")
    assert lines[5:] == [""]


def test_an_empty_log_can_be_signed() -> None:
    empty = Checkpoint(NAME, 0, hashlib.sha256(b"").digest())
    assert open_checkpoint(sign(empty, KEY), VERIFIER) == empty


def test_a_verifier_key_of_another_implementation_is_read_and_written_the_same() -> None:
    assert str(Verifier.parse(EXAMPLE_KEY)) == EXAMPLE_KEY


def test_a_signature_of_another_implementation_verifies(tmp_path: Path) -> None:
    raw = base64.b64decode(EXAMPLE_SIGNATURE)
    verifier = Verifier.parse(EXAMPLE_KEY)
    assert raw[:4] == verifier.key_id
    assert _openssl_verifies(tmp_path, EXAMPLE_TEXT.encode(), raw[4:], verifier.public)


def test_openssl_verifies_what_we_sign(tmp_path: Path) -> None:
    signature = base64.b64decode(NOTE.split("\n")[4].split(" ")[2])[4:]
    assert _openssl_verifies(tmp_path, POINT.text.encode(), signature, VERIFIER.public)
    assert not _openssl_verifies(tmp_path, POINT.text.encode() + b"\n", signature, VERIFIER.public)


def test_signatures_of_others_before_and_after_ours_are_passed_over() -> None:
    text, ours = NOTE.split("\n\n")
    witness = f"\N{EM DASH} witness.example/w {base64.b64encode(bytes(68)).decode()}\n"
    assert open_checkpoint(f"{text}\n\n{witness}{ours}{witness}", VERIFIER) == POINT


def test_lines_after_the_root_belong_to_what_is_signed() -> None:
    text = f"{POINT.text}extension\n"
    signature = base64.b64encode(VERIFIER.key_id + KEY.sign(text.encode())).decode()
    assert open_checkpoint(f"{text}\n\N{EM DASH} {NAME} {signature}\n", VERIFIER) == POINT


def test_every_byte_of_a_note_counts() -> None:
    raw = NOTE.encode()
    for at in range(len(raw)):
        for bit in range(8):
            altered = raw[:at] + bytes([raw[at] ^ 1 << bit]) + raw[at + 1 :]
            with pytest.raises(BrokenSealError):
                open_checkpoint(altered.decode(errors="surrogateescape"), VERIFIER)


def test_a_checkpoint_of_another_log_of_the_same_key_is_refused() -> None:
    """The signature covers the text alone: its line could be written anew for the name of the other log."""
    theirs = sign(Checkpoint("annexa.log/other", 42, POINT.root), KEY)
    text, signature = theirs.split("\n\n")
    raw = base64.b64decode(signature.split(" ")[2])
    moved = base64.b64encode(VERIFIER.key_id + raw[4:]).decode()
    with pytest.raises(BrokenSealError, match=r"about the log annexa.log/other"):
        open_checkpoint(f"{text}\n\n\N{EM DASH} {NAME} {moved}\n", VERIFIER)


def _signed(text: str, key: Ed25519PrivateKey = KEY, *, name: str = NAME, key_id: bytes = b"") -> str:
    key_id = key_id or Verifier(name, key.public_key().public_bytes_raw()).key_id
    raw = key_id + key.sign(text.encode(errors="surrogatepass"))
    return f"{text}\n\N{EM DASH} {name} {base64.b64encode(raw).decode()}\n"


ROOT = base64.b64encode(POINT.root).decode()


@pytest.mark.parametrize(
    ("note", "why"),
    [
        ("", "not a checkpoint"),
        ("\n\n", "not a checkpoint"),
        (POINT.text, "not a checkpoint"),
        (f"{POINT.text}\n", "not a checkpoint"),
        (_signed(f"{NAME}\n42\n"), "not a checkpoint"),
        (_signed(f"{NAME}\n042\n{ROOT}\n"), "not a checkpoint"),
        (_signed(f"{NAME}\n-1\n{ROOT}\n"), "not a checkpoint"),
        (_signed(f"{NAME}\n\N{ARABIC-INDIC DIGIT FOUR}\n{ROOT}\n"), "not a checkpoint"),
        (_signed(f"{NAME}\n{10**19}\n{ROOT}\n"), "not a checkpoint"),
        (_signed(f"{NAME}\n\n{ROOT}\n"), "not a checkpoint"),
        (NOTE.removesuffix("\n"), "not a checkpoint"),
        (f"{NOTE}\n", "not a checkpoint"),
        (f"{NOTE}nonsense\n", "not a checkpoint"),
        (NOTE.replace("\N{EM DASH}", "-"), "not a checkpoint"),
        (NOTE.replace("\n", "\r\n"), "not a checkpoint"),
        (_signed(f"{NAME}\n42\nno base64\n"), "root is not base64"),
        (_signed(f"{NAME}\n42\n{ROOT[:-2]}\N{LATIN SMALL LETTER E WITH ACUTE}=\n"), "root is not base64"),
        (_signed(POINT.text, OTHER), "no valid signature"),
        (_signed(POINT.text, OTHER, key_id=VERIFIER.key_id), "no valid signature"),
        (_signed(POINT.text, key_id=b"0000"), "no valid signature"),
        (_signed(POINT.text, name="annexa.log/other"), "no valid signature"),
        (f"{POINT.text}\n\N{EM DASH} {NAME} !\n", "no valid signature"),
        (f"{POINT.text}\n\N{EM DASH} {NAME} \N{LATIN SMALL LETTER E WITH ACUTE}\n", "no valid signature"),
        (f"{POINT.text}\n\N{EM DASH} {NAME} {base64.b64encode(VERIFIER.key_id).decode()}\n", "no valid signature"),
    ],
)
def test_a_note_that_is_not_ours_is_refused(note: str, why: str) -> None:
    with pytest.raises(BrokenSealError, match=why):
        open_checkpoint(note, VERIFIER)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name+00000000",
        "name+00000000+",
        "name+00000000+!!!!",
        "name+00000000+\N{LATIN SMALL LETTER E WITH ACUTE}",
        str(VERIFIER).replace(NAME, ""),
        str(VERIFIER).replace(NAME, "two words"),
        f"{NAME}+00000000+{base64.b64encode(bytes([1] * 32)).decode()}",
        f"{NAME}+00000000+{base64.b64encode(bytes([2] * 33)).decode()}",
        str(VERIFIER)[:-1],
    ],
)
def test_what_is_no_verifier_key_is_refused(text: str) -> None:
    with pytest.raises(BrokenSealError, match="not an Ed25519 verifier key"):
        Verifier.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        str(VERIFIER).replace(NAME, "annexa.log/other"),
        str(VERIFIER).replace(VERIFIER.key_id.hex(), "00000000"),
        str(VERIFIER).replace(VERIFIER.key_id.hex(), f"{VERIFIER.key_id.hex()}0"),
    ],
)
def test_a_verifier_key_under_a_wrong_name_or_hash_is_refused(text: str) -> None:
    with pytest.raises(BrokenSealError, match="does not match its own hash"):
        Verifier.parse(text)


def test_a_key_may_stand_on_a_line_of_a_file() -> None:
    assert Verifier.parse(f"{VERIFIER}\n") == VERIFIER


def _openssl_verifies(folder: Path, text: bytes, signature: bytes, public: bytes) -> bool:
    for name, data in (
        ("text", text),
        ("signature", signature),
        ("key.der", bytes.fromhex("302a300506032b6570032100") + public),
    ):
        (folder / name).write_bytes(data)
    command = "openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in text -sigfile signature"
    return subprocess.run(command.split(), cwd=folder, capture_output=True, check=False).returncode == 0
