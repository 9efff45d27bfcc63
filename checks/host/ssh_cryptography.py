"""Checks of the cryptography of the SSH server."""

from __future__ import annotations

from collections.abc import Iterable

from checks.host.sshd import NOT_INSTALLED
from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.resources.host.sshd import Sshd, SshHostKey


@check(objective="cryptography-is-strong", severity=Severity.HIGH)
def ciphers_are_strong(sshd: Sshd) -> Verdict:
    """sshd offers no broken cipher.

    CBC as SSH uses it leaks plain text, and 3DES, Blowfish, CAST and RC4 are broken or have too small a block.

    Remediation: Remove the named ciphers from `Ciphers`, or remove that line: the defaults of a current OpenSSH are
    safe.
    """
    if sshd.options is None:
        return NOT_INSTALLED
    weak = ("cbc", "3des", "arcfour", "blowfish", "cast128", "rijndael", "none")
    return _without("Ciphers", sshd.options.ciphers, (c for c in sshd.options.ciphers if any(w in c for w in weak)))


@check(objective="cryptography-is-strong", severity=Severity.MEDIUM)
def macs_are_strong(sshd: Sshd) -> Verdict:
    """sshd offers no weak message authentication.

    MD5 and SHA-1 are broken as hashes, and codes of 64 or 96 bits are short. OpenSSH's defaults still hold some.

    Remediation: Set `MACs hmac-sha2-512-etm@openssh.com,hmac-sha2-256-etm@openssh.com,umac-128-etm@openssh.com`.
    """
    if sshd.options is None:
        return NOT_INSTALLED
    weak = ("md5", "sha1", "umac-64", "-96", "ripemd")
    return _without("MACs", sshd.options.macs, (m for m in sshd.options.macs if any(w in m for w in weak)))


@check(objective="cryptography-is-strong", severity=Severity.HIGH)
def key_exchanges_are_strong(sshd: Sshd) -> Verdict:
    """sshd agrees on keys without SHA-1 and without short groups.

    A weak key exchange exposes everything that was said, also years later.

    Remediation: Remove the named methods from `KexAlgorithms` (or `GSSAPIKexAlgorithms`), or remove that line: the
    defaults of a current OpenSSH are safe.
    """
    if sshd.options is None:
        return NOT_INSTALLED
    offered = sshd.options.key_exchanges + sshd.options.gssapi_key_exchanges
    weak = (k for k in offered if "sha1" in k)
    return _without("KexAlgorithms", offered, weak)


@check(objective="cryptography-is-strong", severity=Severity.INFO)
def key_exchange_resists_quantum_computers(sshd: Sshd) -> Verdict:
    """sshd offers a key exchange that a future quantum computer cannot undo.

    What is recorded today could be read once such computers exist.

    Remediation: Use OpenSSH 9.0 or later, whose defaults have `sntrup761x25519-sha512`, or 9.9 or later for
    `mlkem768x25519-sha256`; do not leave them out of `KexAlgorithms`.
    """
    if sshd.options is None:
        return NOT_INSTALLED
    strong = [kex for kex in sshd.options.key_exchanges if kex.startswith(("sntrup761", "mlkem"))]
    return (
        passed(f"KexAlgorithms has {strong[0]}") if strong else failed("KexAlgorithms has neither ML-KEM nor sntrup761")
    )


@check(objective="cryptography-is-strong", severity=Severity.MEDIUM)
def host_key_is_strong(key: SshHostKey, *, rsa_bits: int = 3072) -> Verdict:
    """The host proves who it is with a strong key.

    A host key that can be computed lets others pretend to be this host.

    Remediation: Remove the key (`rm /etc/ssh/ssh_host_dsa_key*`) or make a longer one
    (`ssh-keygen -t rsa -b 4096 -f /etc/ssh/ssh_host_rsa_key`), reload ssh, and announce the new fingerprint.
    """
    reason = f"{key.algorithm} with {key.bits} bits"
    if key.algorithm == "DSA":
        return failed("DSA is no longer safe")
    if key.algorithm.startswith("RSA") and key.bits < rsa_bits:
        return failed(f"{reason}, fewer than {rsa_bits}")
    return passed(reason)


def _without(option: str, offered: tuple[str, ...], weak: Iterable[str]) -> Verdict:
    found = list(weak)
    if found:
        return failed(f"{option} has {', '.join(found)}")
    return passed(f"{option} has none of the weak ones: {', '.join(offered)}")
