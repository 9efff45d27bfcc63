"""What we agree to with a host, best first. Everything that is not `MODERN` is refused unless a host is allowed it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from collectors.host.ssh.certificates import SUFFIX


@dataclass(frozen=True, slots=True)
class Algorithms:
    """Names in the order of preference. Key exchanges that need little CPU stand first: group 16 costs 140 ms."""

    kex: tuple[str, ...]
    ciphers: tuple[str, ...]
    macs: tuple[str, ...]


HOST_KEYS = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
)
MODERN = Algorithms(
    kex=(
        "mlkem768x25519-sha256",
        "curve25519-sha256",
        "curve25519-sha256@libssh.org",
        "ecdh-sha2-nistp256",
        "ecdh-sha2-nistp384",
        "ecdh-sha2-nistp521",
        "diffie-hellman-group16-sha512",
        "diffie-hellman-group14-sha256",
    ),
    ciphers=("aes256-gcm@openssh.com", "aes128-gcm@openssh.com", "aes256-ctr", "aes192-ctr", "aes128-ctr"),
    macs=("hmac-sha2-512-etm@openssh.com", "hmac-sha2-256-etm@openssh.com", "hmac-sha2-512", "hmac-sha2-256"),
)
OLD = Algorithms(
    kex=("diffie-hellman-group-exchange-sha256",),  # the host may choose a group of 1024 bits
    ciphers=("aes256-cbc", "aes192-cbc", "aes128-cbc", "3des-cbc"),
    macs=("hmac-sha1", "hmac-sha1-96", "hmac-md5", "hmac-md5-96"),
)
"""What paramiko still knows of the rest. SHA-1 in key exchanges and signatures, and DSA, it knows no more."""
LEGACY = Algorithms(MODERN.kex + OLD.kex, MODERN.ciphers + OLD.ciphers, MODERN.macs + OLD.macs)
IMPLICIT = "implicit"
"""Stands for the MAC of a cipher that authenticates by itself."""


def host_key_algorithms(known: Iterable[str], *, authority: bool) -> tuple[str, ...]:
    """Which host keys to ask for: certificates where somebody may vouch for the host, then types that are known of it,
    then all others, so that a host that changed its type says so.
    """
    types = set(known)
    first = [name for name in HOST_KEYS if key_type(name) in types]
    plain = [*first, *(name for name in HOST_KEYS if name not in first)]
    return tuple([f"{name}{SUFFIX}" for name in HOST_KEYS] if authority else []) + tuple(plain)


def key_type(algorithm: str) -> str:
    """The type of the key that a host key algorithm needs: `ssh-rsa` for `rsa-sha2-512`, certificates likewise."""
    suffix = SUFFIX if algorithm.endswith(SUFFIX) else ""
    plain = algorithm.removesuffix(SUFFIX)
    return ("ssh-rsa" if plain.startswith("rsa-sha2-") else plain) + suffix


def old(names: Iterable[str]) -> tuple[str, ...]:
    """Those of the negotiated names that are refused by default."""
    refused = {*OLD.kex, *OLD.ciphers, *OLD.macs}
    return tuple(sorted(refused.intersection(names)))
