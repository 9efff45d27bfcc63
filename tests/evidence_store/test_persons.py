from __future__ import annotations

import json
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.codec import canonical, parse
from evidence_store.people.persons import (
    KEY_BYTES,
    MARK,
    SUBJECT_BYTES,
    Concealment,
    Person,
    beginning,
    identifiers,
    reveal,
    spelling,
    subjects,
    token,
    without_tokens,
)

NAMES = (
    "alice",
    "bob",
    "anna.meier",
    "anna",
    "jane_doe",
    "carol@example.com",
    "José Müller",
    "Éric Zola",
    "p1",
    "12345",
)
PEOPLE = {secrets.token_bytes(SUBJECT_BYTES): name for name in NAMES}
KNOWN = {subject: Person(subject, name, secrets.token_bytes(KEY_BYTES)) for subject, name in PEOPLE.items()}
CONCEALMENT = Concealment(KNOWN.values())
BY_NAME = {one.identifier: one for one in KNOWN.values()}


def read(subject: bytes, ciphertext: bytes) -> bytes | None:
    return spelling(KNOWN[subject], ciphertext) if subject in KNOWN else None


def back(data: bytes) -> bytes:
    return reveal(data, read)


words = st.sampled_from([*NAMES, "bobby", "~p1.", "~p1.~", "~", "p1.", "\\", "\\n", "\\u0027", "@", " ", '"', "—", "é"])
texts = st.lists(words | st.text(max_size=4), max_size=12).map("".join)


@given(texts)
def test_what_was_concealed_in_text_reads_back(text: str) -> None:
    assert back(CONCEALMENT.text(text).encode()).decode() == text


@given(st.lists(words.map(str.encode) | st.binary(max_size=5), max_size=12).map(b"".join))
def test_what_was_concealed_in_an_answer_reads_back(body: bytes) -> None:
    assert back(CONCEALMENT.body(body)) == body


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-99999, 99999) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@given(plain)
def test_what_was_concealed_in_canonical_json_is_json_and_reads_back(value: object) -> None:
    line = canonical(value)
    concealed = CONCEALMENT.lines(line, (), ())
    parse(concealed)
    assert back(concealed) == line


@given(texts)
def test_text_and_json_conceal_alike(text: str) -> None:
    # The id of a resource stands in a line of JSON, and in a verdict as text: it must be the same in both.
    assert parse(CONCEALMENT.lines(canonical([text]), (), ())) == [CONCEALMENT.text(text)]


@given(st.binary(max_size=30) | texts.map(str.encode))
def test_reading_back_never_fails(data: bytes) -> None:
    back(data)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("alice", ""),
        ("/home/alice/.ssh: alice,bob", "/home//.ssh: ,"),
        ("locked for bob. alice's", "locked for . 's"),
        ("bobby alice2 bob_old xbob Alice", "bobby alice2 bob_old xbob Alice"),
        ("anna.meier anna.maier jane_doe jane", " .maier  jane"),
        ("CAROL@Example.com carol", " carol"),
        ("“bob” —alice… →bob", "“” —… →"),
        ("José Müller and José", " and José"),
        ("uid 12345", "uid "),
    ],
)
def test_names_are_found_as_whole_words(text: str, left: str) -> None:
    assert without_tokens(CONCEALMENT.text(text).encode()).decode() == left


@pytest.mark.parametrize(
    "written",
    [
        "José Müller",
        "Jose\u0301 Mu\u0308ller",
        r"Jos\u00e9 M\u00fcller",
        r"Jos\u00E9 M\u00FCller",
        r"Jos\\u00e9 M\\u00fcller",
        "Jos%C3%A9%20M%C3%BCller",
        "Jos%c3%a9+M%c3%bcller",
        r"\u00c9ric Zola",
        "%C3%89ric%20Zola",
        "carol%40example.com",
        r"CORP\bob",
        r'{"a": "x\nbob", "b": "\tbob", "c": "\u003cbob\u003e", "d": "\\nbob"}',
    ],
)
def test_answers_are_searched_in_every_spelling(written: str) -> None:
    left = without_tokens(CONCEALMENT.body(written.encode())).decode()
    assert not any(part in left for part in ("Jos", "ric", "carol", "bob"))
    assert back(CONCEALMENT.body(written.encode())) == written.encode()


def test_json_keeps_its_own_words_and_numbers() -> None:
    line = canonical({"alice": {"n": 12345, "bob": "alice", "text": "12345 bob"}, "kind": "anna"})
    concealed = parse(CONCEALMENT.lines(line, {b"alice"}, {b"anna"}))
    assert concealed["alice"]["n"] == 12345
    assert concealed["kind"] == "anna"
    assert "bob" not in concealed["alice"]
    assert concealed["alice"]["text"].count("~p1.") == 2


def test_lines_that_name_nobody_stay_as_they_are() -> None:
    data = b'{"a":"nothing"}\n{"a":"bob"}\n'
    concealed = CONCEALMENT.lines(data, ()).split(b"\n")
    assert concealed[0] == b'{"a":"nothing"}'
    assert MARK in concealed[1]
    assert CONCEALMENT.lines(b'{"a":"nothing"}', ()) == b'{"a":"nothing"}'
    assert Concealment().body(b"alice") == b"alice"


def test_the_same_name_gives_the_same_token_and_another_person_another() -> None:
    assert CONCEALMENT.text("bob bob").split() == [token(BY_NAME["bob"], b"bob").decode()] * 2
    assert CONCEALMENT.text("bob") == Concealment([BY_NAME["bob"]]).text("bob")
    namesake = Person(secrets.token_bytes(SUBJECT_BYTES), "bob", secrets.token_bytes(KEY_BYTES))
    assert Concealment([namesake]).text("bob") != CONCEALMENT.text("bob")


def test_a_token_tells_its_subject_and_nothing_else() -> None:
    anna = BY_NAME["anna.meier"]  # a shorter name also comes up by chance
    made = token(anna, b"anna.meier")
    assert made.startswith(beginning(anna.subject))
    assert subjects(b"x " + made + b" ~p1.~") == {anna.subject}
    assert subjects(b"nobody") == set()
    assert b"anna.meier" not in made
    assert spelling(BY_NAME["alice"], made[20:]) is None


@pytest.mark.parametrize("damaged", [b"~p1.A~", b"~p1.AAAA~", b"~p1.AAAAA~", b"~p1." + b"A" * 60 + b"~"])
def test_what_only_looks_like_a_token_stays(damaged: bytes) -> None:
    assert back(damaged) == damaged


def test_a_token_with_another_key_stays() -> None:
    forged = Person(BY_NAME["bob"].subject, "bob", secrets.token_bytes(KEY_BYTES))
    assert back(token(forged, b"bob")) == token(forged, b"bob")


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (["bob", "bob"], {"bob"}),
        (["Bob@Example.com"], {"bob@example.com"}),
        (
            ["O'Brien (Pat)", '"x" CORP\\al', "é\x00zz", "a", "", "---", "half\ud800way"],
            {"O'Brien (Pat", "CORP", "al", "zz", "halfway"},
        ),
        (["Jose\u0301"], {"José"}),
    ],
)
def test_identifiers_are_what_can_be_found_again(given: list[str], found: set[str]) -> None:
    assert identifiers(given) == found


def test_nobody_is_shown_by_accident() -> None:
    assert "bob" not in repr(BY_NAME["bob"])
    assert BY_NAME["bob"].key.hex() not in repr(BY_NAME["bob"])
    assert str(BY_NAME["bob"].key) not in repr(BY_NAME["bob"])


def test_hostile_text_takes_linear_time() -> None:
    # Steps, not seconds: a name that begins like ten thousand others is looked up by its few lengths.
    many = [Person(n.to_bytes(12, "big"), f"ann.{n:05}@example.com", bytes([n % 256]) * 64) for n in range(3_000)]
    concealment = Concealment(many)
    assert len(concealment._lengths[b"ann"]) <= 2
    body = b"ann." * 20_000 + b'"\\' * 20_000 + json.dumps("é" * 2_000).encode()
    assert back(concealment.body(body)) == body
