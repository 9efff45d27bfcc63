from __future__ import annotations

import pytest

from collectors.host.authorized_keys import AUTHORIZED_KEYS, authorized_keys
from collectors.host.facts import Answer
from collectors.host.source import FactError
from core.codec import encode
from core.engine import collect
from core.resource import missing_fields
from core.resources.host.authorized_keys import AuthorizedKey, AuthorizedKeys
from tests.twins import NOW, RecordedHost

ALICE = (
    b"alice\0/home/alice/.ssh/authorized_keys\0read\x00644\x001000\x001000\x004\x00"
    b"1024 SHA256:JC3rGR6Q (RSA)\n256 SHA256:FIl7gKiO (ED25519-SK)\n\0"
)
BOB = b"bob\0/home/bob/.ssh/authorized_keys\0unread\x00600\x001001\x001001\x000\0\0"
CARL = b"carl\0/home/carl/.ssh\0hidden\0\0\0\0\0\0"


def ask(said: bytes | Answer) -> list[AuthorizedKeys]:
    found = authorized_keys(RecordedHost({AUTHORIZED_KEYS: said}))
    return [item for item in found if isinstance(item, AuthorizedKeys)]


def test_keys_without_their_material() -> None:
    (seen,) = ask(ALICE)
    assert seen.id == "alice: /home/alice/.ssh/authorized_keys"
    assert (seen.mode, seen.owner, seen.account_uid) == (0o644, 1000, 1000)
    assert seen.keys == (
        AuthorizedKey(algorithm="RSA", bits=1024, fingerprint="SHA256:JC3rGR6Q"),
        AuthorizedKey(algorithm="ED25519-SK", bits=256, fingerprint="SHA256:FIl7gKiO"),
    )
    assert seen.unreadable_lines == 2
    encode(seen)


def test_a_file_we_may_not_read_has_unobserved_keys() -> None:
    (seen,) = ask(BOB)
    assert missing_fields(seen) == dict.fromkeys(("keys", "unreadable_lines"), "only root may read the file")
    assert seen.mode == 0o600
    encode(seen)


def test_a_home_we_may_not_enter_is_a_gap_that_hides_nothing_else() -> None:
    found = collect(authorized_keys, RecordedHost({AUTHORIZED_KEYS: CARL + ALICE}), version="0", clock=lambda: NOW)
    (population,) = found.evidence
    assert [item.id for item in population.resources] == ["alice: /home/alice/.ssh/authorized_keys"]
    assert [gap.reason for gap in population.gaps] == ["only root may look for SSH keys in /home/carl/.ssh"]


def test_without_ssh_keygen_the_keys_are_unobserved() -> None:
    said = b"alice\0/a\0read\x00600\x001000\x001000\x001\0no ssh-keygen\0"
    (seen,) = ask(said)
    assert set(missing_fields(seen)) == {"keys", "unreadable_lines"}
    encode(seen)


def test_no_files_and_a_failure_to_look() -> None:
    assert ask(b"") == []
    with pytest.raises(FactError, match="status 2"):
        ask(Answer(b"", "cannot open /etc/passwd", 2))
