"""Host certificates of OpenSSH (its PROTOCOL.certkeys): read strictly, and believed only when everything holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase

from collectors.host.ssh.keys import PublicKey, parse_key, read_key
from collectors.host.ssh.wire import MalformedError, Reader, string

SUFFIX = "-cert-v01@openssh.com"
HOST = 2
"""The type of a certificate for hosts; 1 is for users."""
FOR_EVER = 2**64 - 1
LATEST = 253_402_300_799
"""The last second of the year 9999: what is later counts as for ever."""


@dataclass(frozen=True, slots=True)
class HostCertificate:
    """A host's key and what an authority says of it. `after` and `before` are seconds since 1970."""

    key: PublicKey
    serial: int
    purpose: int
    key_id: str
    principals: tuple[str, ...]
    after: int
    before: int
    critical: tuple[str, ...]
    authority: PublicKey
    signed: bool

    @property
    def expires(self) -> datetime | None:
        return None if self.before > LATEST else datetime.fromtimestamp(self.before, UTC)

    def objection(self, name: str, now: datetime) -> str:
        """Why it does not vouch for the host `name` at this moment; empty when it does."""
        moment = now.timestamp()
        if not self.signed:
            return "the signature of its authority is wrong"
        if self.purpose != HOST:
            return "it is no certificate for hosts"
        if self.critical:
            return f"it demands what we do not know: {', '.join(self.critical):.100}"
        if moment < self.after:
            return f"it is valid only from {_moment(self.after)}"
        if moment >= self.before:
            return f"it expired on {_moment(self.before)}"
        if not any(_matches(name, principal) for principal in self.principals):
            named = ", ".join(self.principals) or "nobody"
            return f"it is not for {name} but for {named:.200}"
        return ""


def parse_certificate(blob: bytes) -> HostCertificate:
    """A certificate from its bytes. Raises `MalformedError`."""
    reader = Reader(blob)
    name = reader.text()
    if not name.endswith(SUFFIX):
        raise MalformedError("it is no certificate")
    reader.string()  # the nonce
    plain, begin = name.removesuffix(SUFFIX), len(reader.read_so_far)
    key = read_key(plain, reader)
    key_fields = reader.read_so_far[begin:]
    serial, purpose, key_id = reader.number(8), reader.number(), reader.text()
    principals = _strings(reader.string())
    after, before = reader.number(8), reader.number(8)
    critical = _options(reader.string())
    _options(reader.string())  # extensions, which may be ignored
    reader.string()  # reserved
    authority = parse_key(reader.string())
    signed_part, signature = reader.read_so_far, reader.string()
    reader.end()
    return HostCertificate(
        key=PublicKey(plain, string(plain.encode()) + key_fields, key),
        serial=serial,
        purpose=purpose,
        key_id=key_id,
        principals=principals,
        after=after,
        before=before,
        critical=critical,
        authority=authority,
        signed=authority.signed(signed_part, signature),
    )


def _strings(data: bytes) -> tuple[str, ...]:
    reader, found = Reader(data), []
    while not reader.ended:
        found.append(reader.text())
    return tuple(found)


def _options(data: bytes) -> tuple[str, ...]:
    """The names of options, each of which is followed by its value."""
    reader, found = Reader(data), []
    while not reader.ended:
        found.append(reader.text())
        reader.string()
    return tuple(found)


def _matches(name: str, principal: str) -> bool:
    """Whether a principal means a host. Brackets are no pattern to OpenSSH."""
    return fnmatchcase(name.lower(), principal.lower().replace("[", "[[]"))


def _moment(seconds: int) -> str:
    return f"{datetime.fromtimestamp(min(seconds, LATEST), UTC):%Y-%m-%d %H:%M:%S} UTC"
