"""What a run makes anew for its hosts: the scan's own key and certificate, the sudoers lines, an expired certificate."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from collectors.host import least_privilege
from runs.clock import now
from runs.plugins import collectors_of


def make(folder: Path) -> Path:
    """Fill the folder: the keys `annexa` and `certified`, the latter's certificate by `people`, `annexa.sudoers`,
    `expired.pem`."""
    for name in ("annexa", "certified", "people"):
        _keygen("-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(folder / name))
    _keygen(
        *("-q", "-s", str(folder / "people"), "-I", "annexa", "-n", "annexa", "-V", "-5m:+1h"),
        str(folder / "certified.pub"),
    )
    facts = (fact for collector in collectors_of("host").values() for fact in collector.permissions)
    (folder / "annexa.sudoers").write_text(least_privilege(facts))
    (folder / "expired.pem").write_bytes(_expired())
    return folder


def _keygen(*arguments: str) -> None:
    subprocess.run(["ssh-keygen", *arguments], check=True, stdin=subprocess.DEVNULL, timeout=30)


def _expired() -> bytes:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "expired")])
    ended = now() - timedelta(days=30)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ended - timedelta(days=365))
        .not_valid_after(ended)
        .sign(key, SHA256())
    )
    return certificate.public_bytes(Encoding.PEM)
