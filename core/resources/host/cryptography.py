"""The cryptographic defaults of a host, which programs inherit unless they choose for themselves."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("host_openssl")
class OpenSsl(Resource):
    """OpenSSL's defaults for programs that choose nothing themselves.

    `minimum_protocol` and `cipher_string` are what the system-wide section of openssl.cnf sets, empty when it sets
    nothing. `security_level` is the one in force (SSL_CTX_set_security_level(3)): from the cipher string, else the one
    OpenSSL was built with; `security_level_source` says which.
    """

    id: str
    version: str
    minimum_protocol: str
    cipher_string: str
    security_level: int
    security_level_source: str


@resource("host_crypto_policy")
class CryptoPolicy(Resource):
    """The system-wide crypto policy (RHEL family) and FIPS mode. `policy` is empty where the system has none."""

    id: str
    policy: str
    fips_mode: bool


@resource("host_random_pool")
class RandomPool(Resource):
    """How many bits of randomness the kernel says it has, and the hardware generator in use (`none` for none)."""

    id: str
    available_bits: int
    hardware_generator: str
