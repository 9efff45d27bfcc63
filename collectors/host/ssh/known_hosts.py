"""Files of known hosts (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT), read by ourselves: paramiko refuses a whole file that
has `@cert-authority` or `@revoked` lines. A line that could revoke something and cannot be read spoils its file.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path

from collectors.host.ssh.certificates import SUFFIX, HostCertificate, parse_certificate
from collectors.host.ssh.errors import (
    CertificateError,
    ChangedKeyError,
    KnownHostsError,
    RevokedKeyError,
    UnknownHostError,
)
from collectors.host.ssh.keys import fingerprint, parse_key
from collectors.host.ssh.wire import MalformedError, Reader

AUTHORITY, REVOKED = "@cert-authority", "@revoked"
HASHED = "|1|"
LARGEST_FILE = 64 * 2**20
"""Bytes: more is no list of hosts."""
STANDARD_PORT = 22


@dataclass(frozen=True, slots=True)
class Line:
    """One line: whom it means, and which key (its bytes). `marker` is empty, `@cert-authority` or `@revoked`."""

    marker: str
    hosts: str
    key: bytes
    place: str

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.key)

    def means(self, name: str) -> bool:
        """Whether the line is about a host, which is written as known_hosts does (`[name]:port`)."""
        if self.hosts.startswith(HASHED):
            return _hash_matches(self.hosts, name)
        found = False
        for pattern in self.hosts.split(","):
            negated = pattern.startswith("!")
            if _glob(pattern.removeprefix("!").lower(), name):
                if negated:
                    return False
                found = True
        return found


@dataclass(frozen=True, slots=True)
class Vouched:
    """Why we believe that a host is the one we mean: by which line, and by which certificate, if by one."""

    fingerprint: str
    place: str
    authority: str = ""
    key_id: str = ""
    serial: int = 0
    expires: datetime | None = None


class KnownHosts:
    """The lines of several files. Lines that name hosts plainly are found by name, all others are tried."""

    def __init__(self, lines: Iterable[Line] = ()) -> None:
        self._by_name: dict[str, list[Line]] = {}
        self._tried: list[Line] = []
        for line in lines:
            if line.hosts.startswith(HASHED) or set(line.hosts) & set("*?!"):
                self._tried.append(line)
            else:
                for name in line.hosts.lower().split(","):
                    self._by_name.setdefault(name, []).append(line)

    def about(self, name: str, port: int) -> list[Line]:
        """Every line that means this host at this port. Marked ones may leave the port out, as OpenSSH has it."""
        plain = name.lower()
        shown = written(plain, port)
        found = [*self._by_name.get(shown, ()), *(line for line in self._tried if line.means(shown))]
        if shown != plain:
            without = [*self._by_name.get(plain, ()), *(line for line in self._tried if line.means(plain))]
            found += [line for line in without if line.marker and line not in found]
        return found

    def vouch(self, name: str, port: int, blob: bytes, now: datetime) -> Vouched:
        """Why the host that has shown (and proven to hold) this key is the one we mean. Raises `HostKeyError`."""
        lines = self.about(name, port)
        try:
            certificate = parse_certificate(blob) if is_certificate(blob) else None
            key = certificate.key if certificate else parse_key(blob)
        except MalformedError as error:
            raise CertificateError(str(error), "", "unknown") from error
        shown = {key.blob, blob} | ({certificate.authority.blob} if certificate else set())
        for line in lines:
            if line.marker == REVOKED and line.key in shown:
                raise RevokedKeyError(line.fingerprint, line.place)
        plain = [line for line in lines if not line.marker]
        itself = next((line for line in plain if line.key == key.blob), None)
        if certificate and (vouched := _vouched(certificate, name, now, lines, known=itself is not None)):
            return vouched
        if itself:
            return Vouched(key.fingerprint, itself.place)
        if plain:
            known = list(dict.fromkeys(line.fingerprint for line in plain))
            raise ChangedKeyError(known, key.fingerprint, list(dict.fromkeys(line.place for line in plain)))
        raise UnknownHostError(name, key.fingerprint)

    def types_about(self, name: str, port: int) -> tuple[frozenset[str], bool]:
        """The types of the keys that are known of a host, and whether some authority may vouch for it."""
        lines = self.about(name, port)
        types = frozenset(_type(line.key) for line in lines if not line.marker)
        return types, any(line.marker == AUTHORITY for line in lines)


def _vouched(
    certificate: HostCertificate, name: str, now: datetime, lines: Sequence[Line], *, known: bool
) -> Vouched | None:
    """What an authority among the lines says for the host; `None` when none of them signed its certificate.

    Raises `CertificateError` for one that is signed and does not hold, unless the key itself is known.
    """
    signer = next((e for e in lines if e.marker == AUTHORITY and e.key == certificate.authority.blob), None)
    if signer is None:
        return None
    objection = certificate.objection(name, now)
    if objection and known:
        return None
    if objection:
        raise CertificateError(objection, certificate.key_id, certificate.authority.fingerprint)
    return Vouched(
        certificate.key.fingerprint,
        signer.place,
        certificate.authority.fingerprint,
        certificate.key_id,
        certificate.serial,
        certificate.expires,
    )


def read_known_hosts(files: Sequence[Path]) -> KnownHosts:
    """The lines of these files; one that is not there has none. Raises `KnownHostsError`."""
    return KnownHosts(line for file in files for line in _lines(file))


def written(name: str, port: int) -> str:
    """A host as known_hosts writes it: `name`, or `[name]:port` when the port is not 22."""
    return name if port == STANDARD_PORT else f"[{name}]:{port}"


def is_certificate(blob: bytes) -> bool:
    return _type(blob).endswith(SUFFIX)


def _lines(file: Path) -> Iterator[Line]:
    try:
        with file.open("rb") as opened:
            size = os.fstat(opened.fileno()).st_size
            data = opened.read(min(size, LARGEST_FILE) + 1)  # so much memory is taken, however little there is to read
    except FileNotFoundError:
        return
    except OSError as error:
        raise KnownHostsError(
            f"the known hosts in {file} cannot be read: {error.strerror}", "give our user the right to read the file"
        ) from error
    if size > LARGEST_FILE:
        raise KnownHostsError(f"{file} is no list of known hosts: it is too large", "name another file")
    for number, text in enumerate(data.decode(errors="surrogateescape").splitlines(), 1):
        if text.strip() and not text.lstrip().startswith("#"):
            line = _line(text.split(), f"line {number} of {file}")
            if line:
                yield line


def _line(words: list[str], place: str) -> Line | None:
    """A line from its words; `None` for one that can only grant, and that cannot be read."""
    marker = words.pop(0) if words[0].startswith("@") else ""
    try:
        if marker not in ("", AUTHORITY, REVOKED):
            raise MalformedError(f"the marker {marker:.40} is not known")
        hosts, name, encoded = words[:3]
        key = base64.b64decode(encoded, validate=True)
        if _type(key) != name:
            raise MalformedError("the key is not of the type that stands before it")
    except (ValueError, binascii.Error) as error:
        if marker in ("", AUTHORITY):
            return None
        reason = str(error) if isinstance(error, MalformedError) else "it is not: marker, hosts, type, key"
        raise KnownHostsError(
            f"{place} cannot be read: {reason}", "mend the line: what it revokes is not known"
        ) from None
    return Line(marker, hosts, key, place)


def _type(blob: bytes) -> str:
    try:
        return Reader(blob).text()
    except MalformedError:
        return ""


def _glob(pattern: str, name: str) -> bool:
    return fnmatchcase(name, pattern.replace("[", "[[]"))  # brackets stand around a name, and are no pattern


def _hash_matches(hashed: str, name: str) -> bool:
    try:
        salt, digest = (base64.b64decode(part, validate=True) for part in hashed.removeprefix(HASHED).split("|"))
    except (ValueError, binascii.Error):
        return False
    return hmac.compare_digest(hmac.digest(salt, name.encode(errors="surrogateescape"), hashlib.sha1), digest)
