"""Certificates for many years, for some days, and with a weak key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from tests.collectors.aws.world import AS_OF, REGIONS, Maker

UNPAGED = {"aws.acm.certificates": "moto gives everything at once"}


def populate(aws: Maker) -> None:
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    strong = ec.generate_private_key(ec.SECP256R1())
    for region in REGIONS:
        acm = aws.client("acm", region)
        for key, days in ((strong, 3650), (weak, 10)):
            certificate, private = _certificate(key, days)
            acm.import_certificate(Certificate=certificate, PrivateKey=private)


def _certificate(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, days: int) -> tuple[bytes, bytes]:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"days-{days}.example.com")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(days)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(AS_OF + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, plain)
    return certificate.public_bytes(serialization.Encoding.PEM), private
