"""SSH keys that open the accounts of a host."""

from __future__ import annotations

from core.resource import Observed, Resource, part, resource


@part
class AuthorizedKey(Observed):
    """One key, without its material and without its comment."""

    algorithm: str
    """`RSA`, `ED25519`, `ECDSA-SK`, `RSA-CERT` …, as `ssh-keygen -l` names it."""
    bits: int
    fingerprint: str


@resource("host_authorized_keys")
class AuthorizedKeys(Resource):
    """An `authorized_keys` file in the .ssh folder of an account that can log in. The id is account and path."""

    id: str
    account: str
    path: str
    mode: int
    """Permission bits."""
    owner: int
    """The number of the account that owns the file."""
    account_uid: int
    keys: tuple[AuthorizedKey, ...]
    unreadable_lines: int
    """Lines that are neither empty nor a comment, and in which this host's `ssh-keygen` finds no key."""
