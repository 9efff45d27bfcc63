"""X.509 certificates that services of a host present."""

from __future__ import annotations

from datetime import datetime

from core.resource import Resource, resource


@resource("host_certificate")
class Certificate(Resource):
    """A certificate in a file: the first of each file, and every further one that is not an authority's.

    `id` is the path, with `#2` … for a further certificate in it. `subject` and `issuer` are RFC 4514 names.
    `key_type` is `rsa`, `ec`, `dsa`, `ed25519`, `ed448` or `other`; `key_bits` is 0 where the type fixes the size.
    `signature_hash` is empty where the signature scheme fixes its own hash (Ed25519).
    """

    id: str
    path: str
    subject: str
    issuer: str
    is_authority: bool
    is_self_signed: bool
    not_before: datetime
    not_after: datetime
    key_type: str
    key_bits: int
    signature_hash: str
