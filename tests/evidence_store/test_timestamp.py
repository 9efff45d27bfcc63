from __future__ import annotations

import socket
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, decode_timestamp_response

from evidence_store.timestamps import timestamp
from evidence_store.timestamps.timestamp import (
    Authority,
    Stamped,
    StampError,
    ask,
    ask_all,
    check,
    clock_problem,
    read_certificates,
)
from runs.clock import now
from tests.evidence_store.authority import (
    REPLY,
    Behave,
    Tsa,
    answering,
    dripping,
    endless,
    openssl_accepts,
    redirecting,
    serving,
    tls_identity,
)

NOTE = b"annexa.log/0123\n42\nAAAA\n\n\xe2\x80\x94 annexa.log/0123 AAAA\n"
MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Tsa:
    return Tsa.make(tmp_path_factory.mktemp("tsa") / "good")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


def _query(message: bytes = NOTE) -> tuple[bytes, int]:
    query = TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA256).build()
    assert query.nonce is not None
    return query.as_bytes(), query.nonce


def _problem(behave: Behave, root: str, *, patience: float = 10, identity: Path | None = None) -> str:
    with serving(behave, identity=identity) as server:
        attempt = ask(Authority("one", server.url, root), NOTE, now, patience)
    assert attempt.response == b""
    assert attempt.certificates == ""
    return attempt.problem


def test_an_authority_stamps_a_note_and_openssl_agrees(tsa: Tsa, tmp_path: Path) -> None:
    before = now()
    with serving(answering(tsa.reply)) as server:
        attempt = ask(Authority("one", server.url, tsa.root), NOTE, now)
    assert attempt.problem == ""
    assert before <= attempt.requested <= attempt.answered
    stamped = check(attempt.response, NOTE, tsa.root, attempt.nonce)
    assert abs(stamped.time - now()) < timedelta(minutes=1)
    assert stamped.accuracy == timedelta(seconds=1.5)
    assert stamped.latest - stamped.earliest == timedelta(seconds=3)
    assert openssl_accepts(tmp_path / "oracle", attempt.response, NOTE, tsa.root)
    assert not openssl_accepts(tmp_path / "oracle", attempt.response, NOTE + b"x", tsa.root)


def test_what_is_asked_holds_the_digest_a_nonce_and_the_wish_for_certificates(tsa: Tsa) -> None:
    with serving(answering(tsa.reply)) as server:
        first = ask(Authority("one", server.url, tsa.root), NOTE, now)
        second = ask(Authority("one", server.url, tsa.root), NOTE, now)
    assert server.headers[0]["content-type"] == "application/timestamp-query"
    assert len(server.queries[0]) < 100
    assert NOTE not in server.queries[0]
    assert first.nonce != second.nonce
    assert first.nonce.bit_length() > 32
    assert decode_timestamp_response(first.response).signed_data.certificates


def test_an_authority_that_states_no_accuracy_is_taken_at_its_second(tmp_path: Path) -> None:
    plain = Tsa.make(tmp_path / "plain", accuracy="")
    query, nonce = _query()
    assert check(plain.reply(query), NOTE, plain.root, nonce).accuracy == timedelta(0)


def test_another_message_is_refused(tsa: Tsa) -> None:
    query, nonce = _query()
    with pytest.raises(StampError, match="another message"):
        check(tsa.reply(query), NOTE + b"x", tsa.root, nonce)


def test_another_digest_algorithm_is_refused(tmp_path: Path) -> None:
    query = TimestampRequestBuilder().data(NOTE).hash_algorithm(HashAlgorithm.SHA512).build()
    both = Tsa.make(tmp_path / "both")
    with pytest.raises(StampError, match="did not grant a stamp"):
        check(both.reply(query.as_bytes()), NOTE, both.root, query.nonce or 0)


def test_another_nonce_is_refused(tsa: Tsa) -> None:
    query, nonce = _query()
    with pytest.raises(StampError, match="nonce is not ours"):
        check(tsa.reply(query), NOTE, tsa.root, nonce + 1)


def test_a_replayed_stamp_is_refused(tsa: Tsa) -> None:
    old = tsa.reply(_query()[0])
    assert "nonce is not ours" in _problem(answering(lambda _query: old), tsa.root)


def test_an_altered_time_or_signature_is_refused(tsa: Tsa) -> None:
    query, nonce = _query()
    response = tsa.reply(query)
    year = decode_timestamp_response(response).tst_info.gen_time.strftime("%Y%m%d%H%M%SZ").encode()
    assert response.count(year) == 1
    for altered in (response.replace(year, b"2020" + year[4:]), response[:-1] + bytes([response[-1] ^ 1])):
        with pytest.raises(StampError, match="signature is refused"):
            check(altered, NOTE, tsa.root, nonce)


def test_no_altered_byte_gives_another_time(tsa: Tsa) -> None:
    """Some bytes of the envelope are outside of the signature; what they are altered to may not change the answer."""
    query, nonce = _query()
    response = tsa.reply(query)
    true = check(response, NOTE, tsa.root, nonce)
    for at in range(len(response)):
        altered = response[:at] + bytes([response[at] ^ 1]) + response[at + 1 :]
        with suppress(StampError):
            assert check(altered, NOTE, tsa.root, nonce) == true, at


def test_the_stamp_of_an_authority_that_was_not_chosen_is_refused(tsa: Tsa, tmp_path: Path) -> None:
    other = Tsa.make(tmp_path / "other")
    query, nonce = _query()
    with pytest.raises(StampError, match="signature is refused"):
        check(other.reply(query), NOTE, tsa.root, nonce)


@pytest.mark.parametrize("name", ["Root", "R" * 60])
def test_an_attacker_who_embeds_a_root_of_his_own_is_refused(tsa: Tsa, tmp_path: Path, name: str) -> None:
    """rfc3161-client 1.0.7 and 1.0.8 accepted this. The root sorts behind the signer, so the response parses."""
    attacker = Tsa.make(tmp_path / "attacker", name=name, embed_root=True)
    query, nonce = _query()
    response = attacker.reply(query)
    with pytest.raises(StampError):
        check(response, NOTE, tsa.root, nonce)


def test_an_embedded_root_changes_nothing_when_it_is_the_chosen_one(tmp_path: Path) -> None:
    """That the response above is refused for its root and not for its form: against that root it holds."""
    attacker = Tsa.make(tmp_path / "attacker", name="R" * 60, embed_root=True)
    query, nonce = _query()
    response = attacker.reply(query)
    assert len(decode_timestamp_response(response).signed_data.certificates) == 2
    check(response, NOTE, attacker.root, nonce)


def test_a_signer_whose_certificate_had_expired_is_refused(tmp_path: Path) -> None:
    year = timedelta(days=365)
    late = Tsa.make(tmp_path / "late", signer_valid=(now() - 3 * year, now() - year))
    query, nonce = _query()
    with pytest.raises(StampError, match=r"signature is refused.*expired"):
        check(late.reply(query), NOTE, late.root, nonce)


def test_a_signer_whose_certificate_was_not_yet_valid_is_refused(tmp_path: Path) -> None:
    year = timedelta(days=365)
    early = Tsa.make(tmp_path / "early", signer_valid=(now() + year, now() + 2 * year))
    query, nonce = _query()
    with pytest.raises(StampError, match=r"signature is refused.*not yet valid"):
        check(early.reply(query), NOTE, early.root, nonce)


def test_a_stamp_without_certificates_is_refused(tsa: Tsa) -> None:
    query = TimestampRequestBuilder().data(NOTE).hash_algorithm(HashAlgorithm.SHA256).cert_request(cert_request=False)
    built = query.build()
    with pytest.raises(StampError, match="signature is refused"):
        check(tsa.reply(built.as_bytes()), NOTE, tsa.root, built.nonce or 0)


def test_a_response_of_status_granted_without_a_stamp_is_refused(tsa: Tsa) -> None:
    with pytest.raises(StampError, match="signature is refused"):
        check(bytes.fromhex("30053003020100"), NOTE, tsa.root, 1)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (bytes.fromhex("30053003020102"), "did not grant a stamp: rejection"),
        (bytes.fromhex("30053003020107"), "did not grant a stamp: 7"),
        (bytes.fromhex("30053003020101"), "granted with mods"),
        (bytes.fromhex("300d300b02010230060c046e6f7065"), "rejection, nope"),
        (b"", "not an RFC 3161 response"),
        (b"\0" * 100, "not an RFC 3161 response"),
        (b"<html>no</html>", "not an RFC 3161 response"),
    ],
)
def test_what_is_no_stamp_is_a_recorded_failure(tsa: Tsa, answer: bytes, why: str) -> None:
    assert why in _problem(answering(lambda _query: answer), tsa.root)


def test_a_rejection_is_recorded_with_the_words_of_the_authority(tsa: Tsa) -> None:
    assert "Bad request format" in _problem(answering(lambda _query: tsa.reply(b"no query")), tsa.root)


@pytest.mark.parametrize(
    ("behave", "why"),
    [
        (answering(lambda _query: b"broken", status=500), "status 500"),
        (answering(lambda _query: b"", status=404), "status 404"),
        (answering(lambda _query: b"<p>hello</p>", kind="text/html"), "its answer is text/html, not " + REPLY),
        (endless, "longer than 65536 bytes"),
        (redirecting("http://127.0.0.1:1/"), "307: redirects are not followed"),
        (redirecting("file:///etc/hostname", 302), "302: redirects are not followed"),
        (redirecting("ftp://127.0.0.1/", 303), "303: redirects are not followed"),
    ],
)
def test_an_answer_over_http_that_is_none_is_a_recorded_failure(tsa: Tsa, behave: Behave, why: str) -> None:
    assert why in _problem(behave, tsa.root)


def test_a_redirect_is_not_followed_even_to_an_authority(tsa: Tsa) -> None:
    with serving(answering(tsa.reply)) as behind:
        for status in (301, 302, 303, 307, 308):
            assert f"{status}: redirects" in _problem(redirecting(behind.url, status), tsa.root)
        assert behind.queries == []


def test_an_answer_that_is_not_http_is_a_recorded_failure(tsa: Tsa) -> None:
    def nonsense(handler: BaseHTTPRequestHandler, _query: bytes) -> None:
        handler.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")

    assert _problem(nonsense, tsa.root) == "its answer is not HTTP: BadStatusLine"


def test_a_connection_that_breaks_is_a_recorded_failure(tsa: Tsa) -> None:
    def breaks(handler: BaseHTTPRequestHandler, _query: bytes) -> None:
        handler.connection.shutdown(socket.SHUT_RDWR)

    assert _problem(breaks, tsa.root).startswith(("it cannot be reached", "its answer is not HTTP"))


def test_an_authority_that_is_down_is_a_recorded_failure(tsa: Tsa) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        assert ask(Authority("one", url, tsa.root), NOTE, now).problem == "it cannot be reached: Connection refused"


def test_an_authority_that_says_nothing_is_a_recorded_failure(tsa: Tsa) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        problem = ask(Authority("one", url, tsa.root), NOTE, now, 0.2).problem
    assert problem == "it cannot be reached: TimeoutError"


@pytest.mark.parametrize(
    "url",
    ["file:///etc/hostname", "ftp://127.0.0.1/", "data:text/plain,x", "nonsense", "http://[", "http://127.0.0.1:1/a b"],
)
def test_no_other_scheme_is_opened(tsa: Tsa, url: str) -> None:
    problem = ask(Authority("one", url, tsa.root), NOTE, now).problem
    assert problem.startswith(("it cannot be reached: ", "it cannot be asked: "))
    assert url not in problem


def test_an_authority_whose_tls_certificate_nobody_vouches_for_is_not_believed(tsa: Tsa, tmp_path: Path) -> None:
    problem = _problem(answering(tsa.reply), tsa.root, identity=tls_identity(tmp_path / "tls.pem"))
    assert "certificate verify failed" in problem


def test_an_authority_is_reached_over_tls(tsa: Tsa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    identity = tls_identity(tmp_path / "tls.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(identity))
    with serving(answering(tsa.reply), identity=identity) as server:
        assert ask(Authority("one", server.url, tsa.root), NOTE, now).problem == ""


def test_certificates_that_could_not_be_read_are_a_recorded_failure_and_nobody_is_asked(tsa: Tsa) -> None:
    with serving(answering(tsa.reply)) as server:
        assert ask(Authority("one", server.url, "", "root.pem is gone"), NOTE, now).problem == "root.pem is gone"
        assert "no readable PEM" in ask(Authority("one", server.url, "nonsense"), NOTE, now).problem
        assert server.queries == []


def test_several_certificates_in_one_file_are_each_believed(tsa: Tsa, tmp_path: Path) -> None:
    other = Tsa.make(tmp_path / "other")
    query, nonce = _query()
    assert len(read_certificates(other.root + tsa.root)) == 2
    check(tsa.reply(query), NOTE, other.root + tsa.root, nonce)


def test_all_are_asked_at_once_and_one_that_drips_is_given_up(tsa: Tsa) -> None:
    with serving(answering(tsa.reply)) as good, serving(dripping) as slow:
        names = (("slow", slow.url), ("good", good.url), ("slow too", slow.url))
        asked = [Authority(name, url, tsa.root) for name, url in names]
        before = now()
        attempts = ask_all(asked, NOTE, now, patience=3)
        assert now() - before < timedelta(seconds=20)
    assert [each.authority for each in attempts] == ["slow", "good", "slow too"]
    assert [each.problem for each in attempts] == [
        "it did not answer within 3 s",
        "",
        "it did not answer within 3 s",
    ]


def test_nobody_configured_is_nobody_asked() -> None:
    assert ask_all([], NOTE, now) == []


def test_a_fault_of_ours_is_a_recorded_failure_too(tsa: Tsa, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> bytes:
        raise RecursionError

    monkeypatch.setattr(timestamp, "_post", broken)
    assert ask(Authority("one", "http://x/", tsa.root), NOTE, now).problem == "it cannot be asked: RecursionError"


@pytest.mark.parametrize(
    ("off", "says"),
    [
        (0, ""),
        (60, ""),
        (-60, ""),
        (62, "the clock of this machine was 62 s ahead of that of one: ours said 2026-03-01T12:01:02Z"),
        (-63, "the clock of this machine was 62 s behind that of one: ours said 2026-03-01T11:58:58Z"),
    ],
)
def test_a_clock_that_is_more_than_a_minute_off_is_said_to_be(off: int, says: str) -> None:
    asked = MOMENT + timedelta(seconds=off)
    said = clock_problem("one", asked, asked + timedelta(seconds=1), Stamped(MOMENT, timedelta(seconds=1)))
    assert said.startswith(says) if says else said == ""
