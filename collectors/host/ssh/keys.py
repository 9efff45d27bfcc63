"""Public keys of SSH (RFC 4253, 5656, 8332, 8709) as they travel: their fingerprints, and signatures made with them."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from collectors.host.ssh.wire import MalformedError, Reader

LEAST_RSA_BITS = 2048
CURVES: dict[str, tuple[ec.EllipticCurve, hashes.HashAlgorithm]] = {
    "nistp256": (ec.SECP256R1(), hashes.SHA256()),
    "nistp384": (ec.SECP384R1(), hashes.SHA384()),
    "nistp521": (ec.SECP521R1(), hashes.SHA512()),
}
RSA_SIGNATURES: dict[str, hashes.HashAlgorithm] = {"rsa-sha2-256": hashes.SHA256(), "rsa-sha2-512": hashes.SHA512()}
"""Never `ssh-rsa`, which signs with SHA-1."""

_Key = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key: its type (`ssh-ed25519`), the bytes it travels as, and the key itself."""

    type: str
    blob: bytes
    key: _Key

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.blob)

    def signed(self, data: bytes, signature: bytes) -> bool:
        """Whether this key made the signature, with an algorithm that still counts."""
        try:
            reader = Reader(signature)
            algorithm, made = reader.text(), reader.string()
            reader.end()
            _verify(self, algorithm, made, data)
        except (InvalidSignature, MalformedError):
            return False
        return True


def fingerprint(blob: bytes) -> str:
    """As ssh-keygen -l prints it: `SHA256:` and the digest in base64 without padding."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def parse_key(blob: bytes) -> PublicKey:
    """A public key from its bytes. Raises `MalformedError`, also for a type or a size that we do not trust."""
    reader = Reader(blob)
    name = reader.text()
    key = read_key(name, reader)
    reader.end()
    return PublicKey(name, blob, key)


def read_key(name: str, reader: Reader) -> _Key:
    """The fields of a key of this type. Raises `MalformedError`."""
    try:
        match name.split("-"):
            case ["ssh", "ed25519"]:
                return ed25519.Ed25519PublicKey.from_public_bytes(reader.string())
            case ["ssh", "rsa"]:
                exponent, modulus = reader.integer(), reader.integer()
                if modulus.bit_length() < LEAST_RSA_BITS:
                    raise MalformedError(f"an RSA key of {modulus.bit_length()} bits is too short")
                return rsa.RSAPublicNumbers(exponent, modulus).public_key()
            case ["ecdsa", "sha2", curve] if curve in CURVES:
                if reader.text() != curve:
                    raise MalformedError("its curve is not the one of its type")
                return ec.EllipticCurvePublicKey.from_encoded_point(CURVES[curve][0], reader.string())
    except MalformedError:
        raise
    except ValueError as error:
        raise MalformedError(f"it is no {name} key") from error
    raise MalformedError("it is of a type that we cannot verify")


def _verify(key: PublicKey, algorithm: str, signature: bytes, data: bytes) -> None:
    """Raises `InvalidSignature`, also for an algorithm that is not one of this key's type."""
    match key.key:
        case rsa.RSAPublicKey() if algorithm in RSA_SIGNATURES:
            # RFC 8332: leading zeros may have been left out.
            padded = signature.rjust(key.key.key_size // 8, b"\0")
            key.key.verify(padded, data, padding.PKCS1v15(), RSA_SIGNATURES[algorithm])
        case ec.EllipticCurvePublicKey() if algorithm == key.type:
            reader = Reader(signature)
            r, s = reader.integer(), reader.integer()
            reader.end()
            digest = CURVES[key.type.rpartition("-")[2]][1]
            key.key.verify(encode_dss_signature(r, s), data, ec.ECDSA(digest))
        case ed25519.Ed25519PublicKey() if algorithm == key.type:
            key.key.verify(signature, data)
        case _:
            raise InvalidSignature
