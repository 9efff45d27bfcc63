"""Marks carry a digest that only those can make who have the key."""

from __future__ import annotations

import hashlib
import hmac
import subprocess
import threading
from contextvars import copy_context

import pytest

from core.redaction import key_name, marking_with, redact, redact_message, redact_text, redact_written

KEY = bytes(range(32))


def digest(secret: bytes, key: bytes = KEY) -> str:
    return hmac.new(key, secret, hashlib.sha256).hexdigest()[:12]


def test_a_mark_has_kind_length_and_keyed_digest() -> None:
    with marking_with(KEY):
        masked, counts = redact(b"password=hunter2")
    assert masked == f"password=[redacted: password, 7 bytes, {digest(b'hunter2')}]".encode()
    assert counts == {"password": 1}


def test_anybody_with_the_key_can_make_the_digest_with_openssl() -> None:
    made = subprocess.run(
        ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{KEY.hex()}"],
        input=b"hunter2",
        capture_output=True,
        check=True,
    )
    assert made.stdout.decode().split()[-1][:12] == digest(b"hunter2")


def test_marks_of_one_secret_are_alike_wherever_it_stands() -> None:
    with marking_with(KEY):
        masked, _ = redact(b'password=hunter2\ntool --token hunter2 -v\n{"secret":"hunter2"}\nredis://:hunter2@cache\n')
        changed, _ = redact(b"password=hunter3")
    assert masked.decode().count(digest(b"hunter2")) == 4
    assert digest(b"hunter2").encode() not in changed


def test_another_key_gives_another_digest_and_none_gives_none() -> None:
    with marking_with(b"another"):
        masked, _ = redact(b"password=hunter2")
    assert digest(b"hunter2", b"another").encode() in masked
    assert redact(b"password=hunter2")[0] == b"password=[redacted: password, 7 bytes]"


@pytest.mark.parametrize(
    "marked",
    [
        b"password=[redacted: value, 7 bytes]\n",
        b"password: '[redacted: password, 7 bytes, 0123456789ab]'\n",
        b'{"token":"[redacted: token, 7 bytes, 0123456789ab]"}',
        b'{"a":"{\\"token\\":\\"[redacted: token, 7 bytes]\\"}"}',
        b"https://ada:[redacted: password in URL, 7 bytes, 0123456789ab]@example.org/\n",
        b"[redacted: private key, 1675 bytes]\n",
        b'{"private_key":"[redacted: private key, 1675 bytes]\\n"}',
        b"-p [redacted: password, 7 bytes]",
        b"password=[redacted:",  # cut off
    ],
)
def test_what_is_marked_stays_whoever_reads_it(marked: bytes) -> None:
    assert redact(marked) == (marked, {})
    with marking_with(KEY):
        assert redact(marked) == (marked, {})


def test_words_of_ours_have_no_digest_so_that_replay_says_the_same() -> None:
    with marking_with(KEY):
        assert redact_text("password=hunter2") == "password=[redacted: password, 7 bytes]"
        assert redact_message("cannot ask https://ada:hunter2@example.org") == (
            "cannot ask https://ada:[redacted: password in URL, 7 bytes]@example.org"
        )


def test_a_message_may_speak_about_a_setting() -> None:
    said = "c.yaml:3: sources.okta[0].token: a secret is given by reference"
    assert redact_message(said) == said
    assert redact_message(f"{said}, found token=hunter2") == f"{said}, found token=[redacted: token, 7 bytes]"
    assert "hunter2" not in redact_text("token: hunter2")


def test_a_person_may_write_about_passwords_but_not_write_one_down() -> None:
    for said in ("Passwords: nobody changes them", "token: unknown", "the password of the wiki is on paper"):
        assert redact_written(said) == said
    assert redact_written("password: hunter2") == "password: [redacted: password, 7 bytes]"
    assert redact_written("mended: password=swordfish") == "mended: password=[redacted: password, 9 bytes]"


def test_the_key_is_known_where_the_context_goes_and_nowhere_else() -> None:
    said: list[bytes] = []

    def work() -> None:
        said.append(redact(b"password=hunter2")[0])

    with marking_with(KEY):
        inside = copy_context()
    for target in (work, lambda: inside.run(work)):
        thread = threading.Thread(target=target)
        thread.start()
        thread.join(5)
    assert [digest(b"hunter2").encode() in each for each in said] == [False, True]


def test_a_key_has_a_name_that_does_not_give_it_away() -> None:
    assert key_name(KEY) == digest(b"annexa redaction key")
    assert key_name(b"") == ""
