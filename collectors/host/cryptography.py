"""OpenSSL's defaults, the system-wide crypto policy, and the kernel's pool of randomness."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collectors.host.facts import Fact
from collectors.host.source import FactError, Host, MissingProgramError
from core.plugins import collector
from core.resource import unobserved
from core.resources.host.cryptography import CryptoPolicy, OpenSsl, RandomPool

OPENSSL_VERSION = Fact("openssl_version", "openssl version && openssl version -f")
# Only the lines that lead to the defaults of TLS: the file may hold a PIN or a passphrase further down.
OPENSSL_CONFIGURATION = Fact(
    "openssl_configuration",
    """\
for f in /etc/ssl/openssl.cnf /etc/pki/tls/openssl.cnf /etc/crypto-policies/back-ends/opensslcnf.config; do
  [ -e "$f" ] || continue
  printf '[file %s]\\n' "$f"
  while read -r line || [ -n "$line" ]; do
    case $line in
      '['*|.include*|openssl_conf*|ssl_conf*|system_default*|MinProtocol*|TLS.MinProtocol*|CipherString*)
        printf '%s\\n' "$line" ;;
    esac
  done <"$f" || exit 1
done
""",
)
CRYPTO_POLICY = Fact(
    "crypto_policy",
    "cd /proc/sys || exit 1; for f in /etc/crypto-policies/state/current /proc/sys/crypto/fips_enabled; do "
    'printf \'%s \' "${f##*/}"; if [ -e "$f" ]; then head -n 1 "$f" || exit 1; else echo; fi; done',
)
RANDOM_POOL = Fact(
    "random_pool",
    "cat /proc/sys/kernel/random/entropy_avail && "
    "{ cat /sys/class/misc/hw_random/rng_current 2>/dev/null || echo none; }",
)

_VERSION = re.compile(r"^OpenSSL (\d+)\.(\d+)\.(\S+)", re.MULTILINE)
_BUILT_IN_LEVEL = re.compile(r"-DOPENSSL_TLS_SECURITY_LEVEL=(\d)")
_CHOSEN_LEVEL = re.compile(r"@SECLEVEL=(\d)")
_POLICY_FILE = "/etc/crypto-policies/back-ends/opensslcnf.config"


def parse_configuration(text: str) -> dict[str, str]:
    """`MinProtocol` and `CipherString` of the section that `openssl_conf` leads to (config(5)); absent when not set.

    Raises `ValueError` for an `.include` that was not read, for it may set them.
    """
    sections: dict[str, dict[str, str]] = {"": {}}
    section = into = ""
    for line in text.splitlines():
        heading = re.fullmatch(r"\[\s*(.*?)\s*\].*", line)
        if heading:
            kind, _, path = heading[1].partition(" ")
            section = (into if path == _POLICY_FILE else "") if kind == "file" else heading[1]
            sections.setdefault(section, {})
        elif line.startswith(".include"):
            included = line.removeprefix(".include").strip(" =")
            if included == _POLICY_FILE:
                into = section
            elif "fips" not in included:  # what FIPS mode includes says nothing about TLS
                raise ValueError(f"openssl.cnf includes {included}, which was not read")
        else:
            key, _, value = line.partition("=")
            sections[section][key.strip()] = value.partition("#")[0].strip()
    first = sections[""].get("openssl_conf", "")
    second = sections.get(first, {}).get("ssl_conf", "")
    third = sections.get(second, {}).get("system_default", "")
    chosen = sections.get(third, {})
    if "TLS.MinProtocol" in chosen:
        chosen["MinProtocol"] = chosen["TLS.MinProtocol"]
    return {key: chosen[key] for key in ("MinProtocol", "CipherString") if key in chosen}


def default_level(major: int, minor: int) -> int:
    """The security level of OpenSSL when nobody chose one: 2 since version 3.2, before that 1."""
    return 2 if (major, minor) >= (3, 2) else 1


@collector(permissions=(OPENSSL_VERSION, OPENSSL_CONFIGURATION))
def openssl(host: Host) -> Iterator[OpenSsl]:
    """What OpenSSL gives to programs that choose no protocol versions and ciphers themselves."""
    try:
        said = host.text(OPENSSL_VERSION)
    except MissingProgramError:
        return  # the library may be there without the program; who links it is not our question
    version = _VERSION.search(said)
    if not version:
        raise FactError(OPENSSL_VERSION, f"no version of OpenSSL in {said!r:.80}")
    built_in = _BUILT_IN_LEVEL.search(said)
    level = int(built_in[1]) if built_in else default_level(int(version[1]), int(version[2]))
    source = "built in" if built_in else "the default of this version"
    try:
        chosen = parse_configuration(host.text(OPENSSL_CONFIGURATION))
    except ValueError as error:
        raise FactError(OPENSSL_CONFIGURATION, str(error)) from error
    cipher_string = chosen.get("CipherString", "")
    if explicit := _CHOSEN_LEVEL.search(cipher_string):
        level, source = int(explicit[1]), "openssl.cnf"
    yield OpenSsl(
        id=host.name,
        version=".".join(version.groups()),
        minimum_protocol=chosen.get("MinProtocol", ""),
        cipher_string=cipher_string,
        security_level=level,
        security_level_source=source,
    )


@collector(permissions=(CRYPTO_POLICY,))
def crypto_policy(host: Host) -> Iterator[CryptoPolicy]:
    """The system-wide crypto policy of the RHEL family, and whether the kernel runs in FIPS mode."""
    said = dict(line.partition(" ")[::2] for line in host.text(CRYPTO_POLICY).splitlines())
    if said.keys() != {"current", "fips_enabled"}:
        raise FactError(CRYPTO_POLICY, "crypto_policy: not all was answered")
    # A kernel without the file was built without FIPS mode.
    yield CryptoPolicy(id=host.name, policy=said["current"].strip(), fips_mode=said["fips_enabled"].strip() == "1")


@collector(permissions=(RANDOM_POOL,))
def random_pool(host: Host) -> Iterator[RandomPool]:
    """How much randomness the kernel has gathered."""
    available, _, generator = host.text(RANDOM_POOL).partition("\n")
    yield RandomPool(
        id=host.name,
        available_bits=int(available)
        if re.fullmatch(r"\d{1,9}", available)
        else unobserved("entropy_avail holds no number"),
        hardware_generator=generator.strip() or "none",
    )
