"""JSON web tokens (RFC 7519) that a private key has signed: how programs say who they are."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from collectors.rest_answers import RestError


def signed(claims: Mapping[str, str | int], pem: str) -> str:
    """These claims, signed as RS256 by the RSA key in this PEM. Raises `RestError` when it is none."""
    words = f"{_encoded({'alg': 'RS256', 'typ': 'JWT'})}.{_encoded(claims)}"
    return f"{words}.{_base64(_key(pem).sign(words.encode(), PKCS1v15(), SHA256()))}"


def _key(pem: str) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):  # whose words may show a part of it
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise RestError("the private key is no RSA key in PEM without a password", "save the key as PEM")
    return key


def _encoded(data: Mapping[str, Any]) -> str:
    return _base64(json.dumps(data, separators=(",", ":")).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
