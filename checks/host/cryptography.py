"""Are the cryptographic defaults that programs inherit strong?"""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.host.cryptography import CryptoPolicy, OpenSsl, RandomPool

PROTOCOLS = ("TLSv1.2", "TLSv1.3")
"""Those a lowest protocol may be. A word of DTLS alone leaves TLS as it is, as does one that OpenSSL does not know."""


@check(objective="cryptography-is-strong", severity=Severity.MEDIUM)
def old_tls_is_refused_by_default(openssl: OpenSsl) -> Verdict:
    """Programs that leave it to OpenSSL speak no TLS below 1.2.

    TLS 1.0 and 1.1 rest on MD5 and SHA-1, and have been withdrawn (RFC 8996).

    Remediation: In /etc/ssl/openssl.cnf, in the section that `system_default` names, set `MinProtocol = TLSv1.2` and
    `CipherString = DEFAULT@SECLEVEL=2`.
    """
    if openssl.minimum_protocol in PROTOCOLS:
        return passed(f"openssl.cnf sets MinProtocol {openssl.minimum_protocol}")
    configured = f"MinProtocol {openssl.minimum_protocol}" if openssl.minimum_protocol else "no MinProtocol"
    observed = (
        f"openssl.cnf sets {configured}; OpenSSL {openssl.version} works at security level {openssl.security_level} "
        f"({openssl.security_level_source})"
    )
    # Since 3.0 every level but 0 forbids the SHA-1 signatures that TLS 1.0 and 1.1 need.
    if int(openssl.version.partition(".")[0]) >= 3 and openssl.security_level >= 1:  # noqa: PLR2004
        return passed(f"{observed}, which rules out TLS below 1.2")
    return failed(observed)


@check(objective="cryptography-is-strong", severity=Severity.MEDIUM)
def weak_keys_are_refused_by_default(openssl: OpenSsl, *, minimum_level: int = 2) -> Verdict:
    """Programs that leave it to OpenSSL accept no key or cipher weaker than 112 bits.

    Below security level 2, RSA keys of 1024 bits and SHA-1 signatures are good enough for a connection.

    Remediation: In /etc/ssl/openssl.cnf, in the section that `system_default` names, set
    `CipherString = DEFAULT@SECLEVEL=2`.
    """
    observed = f"OpenSSL {openssl.version} works at security level {openssl.security_level}"
    observed += f" ({openssl.security_level_source})"
    return (passed if openssl.security_level >= minimum_level else failed)(observed)


@check(objective="cryptography-is-strong", severity=Severity.MEDIUM)
def crypto_policy_is_not_legacy(policy: CryptoPolicy) -> Verdict:
    """The system-wide crypto policy does not bring old algorithms back.

    LEGACY, and sub-policies such as SHA1, let every program of the system use what has been broken.

    Remediation: `update-crypto-policies --set DEFAULT` (or FUTURE, or FIPS), then reboot.
    """
    if not policy.policy:
        return not_applicable("the system has no system-wide crypto policy")
    base, *modules = policy.policy.split(":")
    weak = [name for name in (base, *modules) if name in ("LEGACY", "SHA1", "AD-SUPPORT-LEGACY")]
    fips = "on" if policy.fips_mode else "off"
    return (failed if weak else passed)(f"the crypto policy is {policy.policy}, FIPS mode is {fips}")


@check(objective="cryptography-is-strong", severity=Severity.INFO)
def randomness_is_plentiful(pool: RandomPool, *, minimum_bits: int = 256) -> Verdict:
    """The kernel has gathered enough randomness for keys.

    Keys made without it can be guessed. Since Linux 5.18 the kernel reports 256 bits once its generator is seeded.

    Remediation: In virtual machines add a virtio-rng device; elsewhere turn on the hardware generator or install
    `rng-tools5`.
    """
    observed = f"{pool.available_bits} bits, hardware generator {pool.hardware_generator}"
    return (passed if pool.available_bits >= minimum_bits else failed)(observed)
