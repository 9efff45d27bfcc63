"""A real slapd on loopback: its configuration and its people are text that a test can change."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

SLAPD = "/usr/sbin/slapd"
BASE = "dc=example,dc=org"
READER = f"uid=annexa,ou=services,{BASE}"
PASSWORD = "only-for-this-test-3fe1"
SCHEMAS = ("core", "cosine", "nis", "inetorgperson")
READS_ALL = f'to * by dn.exact="{READER}" read by anonymous auth by self write by * none'

CONFIG = """\
dn: cn=config
objectClass: olcGlobal
cn: config
olcTLSCertificateFile: {certificate}
olcTLSCertificateKeyFile: {key}
{globals}

dn: cn=module,cn=config
objectClass: olcModuleList
cn: module
olcModulePath: /usr/lib/ldap
olcModuleLoad: back_mdb
{modules}

dn: cn=schema,cn=config
objectClass: olcSchemaConfig
cn: schema

{schemas}

{frontend}

dn: olcDatabase=config,cn=config
objectClass: olcDatabaseConfig
olcDatabase: config
olcAccess: {config_access}

dn: olcDatabase=mdb,cn=config
objectClass: olcDatabaseConfig
objectClass: olcMdbConfig
olcDatabase: mdb
olcSuffix: {base}
olcDbDirectory: {folder}/data
olcRootDN: cn=admin,{base}
olcRootPW: {password}
olcSizeLimit: 500
{database}
{access}

{overlays}
"""
POLICY_OVERLAY = f"""\
dn: olcOverlay=ppolicy,olcDatabase={{1}}mdb,cn=config
objectClass: olcOverlayConfig
objectClass: olcPPolicyConfig
olcOverlay: ppolicy
olcPPolicyDefault: cn=default,ou=policies,{BASE}
"""
TREE = f"""\
dn: {BASE}
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: ou=people,{BASE}
objectClass: organizationalUnit
ou: people

dn: ou=services,{BASE}
objectClass: organizationalUnit
ou: services

dn: ou=groups,{BASE}
objectClass: organizationalUnit
ou: groups

dn: ou=policies,{BASE}
objectClass: organizationalUnit
ou: policies

dn: {READER}
objectClass: account
objectClass: simpleSecurityObject
uid: annexa
userPassword: {PASSWORD}
"""


def person(name: str, **more: str) -> str:
    """One person's entry; `more` adds or replaces attributes."""
    attributes = {"cn": name.title(), "sn": name.title(), "uid": name, "mail": f"{name}@example.org", **more}
    lines = "".join(f"{attribute}: {value}\n" for attribute, value in attributes.items())
    return f"dn: uid={name},ou=people,{BASE}\nobjectClass: inetOrgPerson\n{lines}"


@dataclass
class Layout:
    """How a directory is set up."""

    entries: list[str] = field(default_factory=list[str])
    access: tuple[str, ...] = (READS_ALL,)
    config_access: str = "to * by * none"
    modules: tuple[str, ...] = ("ppolicy",)
    overlays: str = POLICY_OVERLAY
    database: str = "olcLastBind: TRUE"
    frontend: str = ""
    globals: str = ""


@dataclass
class Slapd:
    """A server that runs."""

    folder: Path
    port: int
    secure_port: int
    authority: Path

    @property
    def plain(self) -> str:
        return f"ldap://127.0.0.1:{self.port}"

    @property
    def secure(self) -> str:
        return f"ldaps://127.0.0.1:{self.secure_port}"


@contextmanager
def slapd(folder: Path, layout: Layout) -> Iterator[Slapd]:
    """Run a server with this layout until the end of the context."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "data").mkdir()
    (folder / "config").mkdir()
    certificate, key = certified(folder)
    schemas = "\n\n".join(Path(f"/etc/ldap/schema/{name}.ldif").read_text(encoding="utf-8").strip() for name in SCHEMAS)
    config = CONFIG.format(
        certificate=certificate,
        key=key,
        base=BASE,
        folder=folder,
        password=PASSWORD,
        schemas=schemas,
        globals=layout.globals,
        frontend=layout.frontend,
        config_access=layout.config_access,
        database=layout.database,
        modules="".join(f"olcModuleLoad: {name}\n" for name in layout.modules).strip(),
        access="\n".join(f"olcAccess: {rule}" for rule in layout.access),
        overlays=layout.overlays,
    )
    _add(folder, "0", "\n".join(_blocks(config)))
    _add(folder, "1", "\n\n".join([TREE, *layout.entries]))
    port, secure_port = _free_port(), _free_port()
    server = subprocess.Popen(
        [SLAPD, "-d", "0", "-F", folder / "config", "-h", f"ldap://127.0.0.1:{port} ldaps://127.0.0.1:{secure_port}"],
    )
    try:
        _await(port, server)
        yield Slapd(folder, port, secure_port, certificate)
    finally:
        server.terminate()
        server.wait()


def certified(folder: Path, address: str = "127.0.0.1") -> tuple[Path, Path]:
    """A certificate that is its own authority, and its key, for an address."""
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    valid = datetime(2026, 1, 1, tzinfo=UTC), datetime(2046, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), *valid)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .sign(key, SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


def _blocks(config: str) -> Iterator[str]:
    """LDIF ends an entry at an empty line: those that stand where a placeholder was empty must go."""
    blocks = [block for block in config.split("\n\n") if block.strip()]
    for block in blocks:
        yield "\n".join(line for line in block.splitlines() if line.strip()) + "\n"


def _add(folder: Path, database: str, text: str) -> None:
    subprocess.run(
        ["/usr/sbin/slapadd", "-q", "-n", database, "-F", folder / "config"],
        input=text.encode(), check=True,
    )  # fmt: skip


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _await(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(500):
        if server.poll() is not None:
            raise RuntimeError(f"slapd ended with {server.returncode}")
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError("slapd does not listen")
