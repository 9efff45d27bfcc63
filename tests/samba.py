"""A real domain of Active Directory on loopback: Samba's controller with planted facts, one for all workers of a run."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.slapd import certified

PROGRAM, PYTHON = Path("/usr/sbin/samba"), "/usr/bin/python3"
BASE = "DC=corp,DC=example"
READER, PLAIN = "annexa@corp.example", "plain@corp.example"
PASSWORD = "Only-for-this-test-3fe1"
SCHEMA = f"CN=Schema,CN=Configuration,{BASE}"
SYSTEM = f"CN=System,{BASE}"
OTHER = "S-1-5-21-1-2-3"
"""Of another domain."""
PORTS = (389, 636)
SETTINGS = """\
[global]
  netbios name = DC1
  realm = CORP.EXAMPLE
  workgroup = CORP
  server role = active directory domain controller
  server services = ldap
  interfaces = {address}/8
  bind interfaces only = yes
  private dir = {folder}/private
  state directory = {folder}/state
  cache directory = {folder}/cache
  lock directory = {folder}/lock
  pid directory = {folder}/pid
  ncalrpc dir = {folder}/ncalrpc
  binddns dir = {folder}/bind-dns
  log file = {folder}/log
  log level = 0
  tls enabled = yes
  tls certfile = {folder}/certificate.pem
  tls keyfile = {folder}/key.pem
  tls cafile = {folder}/certificate.pem
[sysvol]
  path = {folder}/state/sysvol
[netlogon]
  path = {folder}/state/sysvol/corp.example/scripts
"""


def ticks(year: int, month: int, day: int) -> int:
    """FILETIME of the beginning of a day."""
    return int((datetime(year, month, day, tzinfo=UTC) - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000


LATELY, LONG_AGO, LAPS_DUE = ticks(2026, 11, 1), ticks(2025, 1, 2), ticks(2026, 12, 1)


def added(name: str, object_class: str, **attributes: object) -> str:
    """A record of LDIF. A name with an underscore is an attribute with a hyphen; a list, several values."""
    lines = [f"dn: {name}", "changetype: add", f"objectClass: {object_class}"]
    for attribute, value in attributes.items():
        values = value if isinstance(value, list) else [value]
        lines += [f"{attribute.replace('_', '-')}: {each}" for each in values]
    return "\n".join(lines) + "\n"


def changed(name: str, verb: str, attribute: str, *values: object) -> str:
    lines = [f"dn: {name}", "changetype: modify", f"{verb}: {attribute}", *(f"{attribute}: {each}" for each in values)]
    return "\n".join(lines) + "\n"


def attribute(name: str, shown: str, number: str) -> str:
    """An attribute that a domain learns with LAPS (Windows LAPS schema extensions reference, learn.microsoft.com)."""
    return added(
        f"CN={name},{SCHEMA}", "attributeSchema", attributeID=number, attributeSyntax="2.5.5.16", oMSyntax=65,
        isSingleValued="TRUE", lDAPDisplayName=shown, searchFlags=0,
    )  # fmt: skip


def user(login: str, *, place: str = "CN=Users", flags: int = 0x200, **attributes: object) -> str:
    return added(f"CN={login},{place},{BASE}", "user", sAMAccountName=login, userAccountControl=flags, **attributes)


def computer(name: str, *, flags: int = 0x1000, **attributes: object) -> str:
    return added(
        f"CN={name},CN=Computers,{BASE}", "computer", sAMAccountName=f"{name}$", userAccountControl=flags, **attributes
    )


PLANTED_SCHEMA = [
    attribute("ms-LAPS-PasswordExpirationTime", "msLAPS-PasswordExpirationTime", "1.2.840.113556.1.6.44.1.1"),
    attribute(
        "ms-Mcs-AdmPwdExpirationTime", "ms-Mcs-AdmPwdExpirationTime",
        "1.2.840.113556.1.8000.2554.50051.45980.28112.18903.35903.6685103.1224907.2.2",
    ),
    changed(
        f"CN=Computer,{SCHEMA}", "add", "mayContain", "msLAPS-PasswordExpirationTime", "ms-Mcs-AdmPwdExpirationTime"
    ),
]  # fmt: skip
PLANTED = [
    added(f"OU=Services,{BASE}", "organizationalUnit"),
    added(f"OU=Closed,{BASE}", "organizationalUnit"),
    user("annexa"),
    user("plain"),
    user("ada", displayName="Ada", mail="ada@example.org", lastLogonTimestamp=LATELY),
    user("bob", flags=0x200 | 0x20 | 0x80 | 0x10000 | 0x400000, lastLogonTimestamp=LONG_AGO),
    user("eve", flags=0x202),
    user("temp", accountExpires=LONG_AGO),
    user("dora", servicePrincipalName="HTTP/dora.corp.example", lastLogonTimestamp=LATELY),
    user("pria", flags=0x200 | 0x100000),
    user("nora"),
    user("marked", adminCount=1),
    user("moved"),
    user("shy", servicePrincipalName="HTTP/shy.corp.example"),
    user("locked-away", place="OU=Closed"),
    user("des", flags=0x200 | 0x200000),
    user("carla", flags=0x200 | 0x40000, userPrincipalName="carla@example.org"),
    user(
        "svc-web", place="OU=Services", flags=0x200 | 0x1000000, servicePrincipalName="HTTP/web.corp.example",
        msDS_SupportedEncryptionTypes=28, msDS_AllowedToDelegateTo=["cifs/files.corp.example", "HTTP/app.corp.example"],
    ),
    user(
        "svc-sql", place="OU=Services", servicePrincipalName="MSSQLSvc/sql.corp.example:1433",
        msDS_SupportedEncryptionTypes=24, msDS_AllowedToDelegateTo="ldap/dc1.corp.example/corp.example",
    ),
    added(f"CN=Night Shift,CN=Users,{BASE}", "group", sAMAccountName="Night Shift", member=f"CN=dora,CN=Users,{BASE}"),
    changed(
        f"CN=Domain Admins,CN=Users,{BASE}", "add", "member",
        f"CN=Night Shift,CN=Users,{BASE}", f"CN=pria,CN=Users,{BASE}",
    ),
    changed(f"CN=pria,CN=Users,{BASE}", "replace", "primaryGroupID", 512),
    changed(f"CN=Protected Users,CN=Users,{BASE}", "add", "member", f"CN=nora,CN=Users,{BASE}"),
    changed(f"CN=Backup Operators,CN=Builtin,{BASE}", "add", "member", f"CN=nora,CN=Users,{BASE}"),
    changed(f"CN=moved,CN=Users,{BASE}", "add", "sIDHistory", f"{OTHER}-1105"),
    added(f"CN={OTHER}-1106,CN=ForeignSecurityPrincipals,{BASE}", "foreignSecurityPrincipal", objectSid=f"{OTHER}-1106"),
    changed(
        f"CN=Server Operators,CN=Builtin,{BASE}", "add", "member",
        f"CN={OTHER}-1106,CN=ForeignSecurityPrincipals,{BASE}",
    ),
    added(
        f"CN=gmsa,CN=Managed Service Accounts,{BASE}", "msDS-GroupManagedServiceAccount", sAMAccountName="gmsa$",
        userAccountControl=0x1000, msDS_ManagedPasswordInterval=30, msDS_GroupMSAMembership="O:BAD:(A;;GA;;;AU)",
    ),
    computer(
        "WS1", operatingSystem="Windows 11 Pro", operatingSystemVersion="10.0 (26200)",
        msLAPS_PasswordExpirationTime=LAPS_DUE, lastLogonTimestamp=LATELY,
    ),
    computer("WS2", flags=0x1000 | 0x80000, operatingSystem="Windows 7 Professional", lastLogonTimestamp=LONG_AGO),
    computer("WS3", operatingSystem="Linux", msDS_AllowedToActOnBehalfOfOtherIdentity="O:BAD:(A;;GA;;;AU)"),
    added(
        f"CN=lax,CN=Password Settings Container,{SYSTEM}", "msDS-PasswordSettings", msDS_PasswordSettingsPrecedence=10,
        msDS_PasswordReversibleEncryptionEnabled="TRUE", msDS_PasswordHistoryLength=0,
        msDS_PasswordComplexityEnabled="FALSE", msDS_MinimumPasswordLength=6, msDS_MinimumPasswordAge=0,
        msDS_MaximumPasswordAge=-(2**63), msDS_LockoutThreshold=0, msDS_LockoutObservationWindow=-600_000_000,
        msDS_LockoutDuration=-18_000_000_000, msDS_PSOAppliesTo=f"CN=bob,CN=Users,{BASE}",
    ),
    added(
        f"CN=other.example,{SYSTEM}", "trustedDomain", trustPartner="other.example", trustDirection=2, trustType=2,
        trustAttributes=0, flatName="OTHER", securityIdentifier=OTHER,
    ),
    added(
        f"CN=partner.example,{SYSTEM}", "trustedDomain", trustPartner="partner.example", trustDirection=3, trustType=2,
        trustAttributes=0x8 | 0x10 | 0x800, flatName="PARTNER", msDS_SupportedEncryptionTypes=24,
        securityIdentifier="S-1-5-21-4-5-6",
    ),
    changed(
        f"CN=Partitions,CN=Configuration,{BASE}", "add", "msDS-EnabledFeature",
        "CN=Recycle Bin Feature,CN=Optional Features,CN=Directory Service,CN=Windows NT,CN=Services,"
        f"CN=Configuration,{BASE}",
    ),
    changed(
        f"CN=Directory Service,CN=Windows NT,CN=Services,CN=Configuration,{BASE}", "replace", "dSHeuristics",
        "0000002101000001",
    ),
]  # fmt: skip
RIGHTS = [
    [BASE, "annexa", "A;CI;GR;;"],
    [f"CN=Password Settings Container,{SYSTEM}", "annexa", "A;CI;GR;;"],
    [f"CN=shy,CN=Users,{BASE}", "annexa", "OD;;RP;f3a64788-5306-11d1-a9c5-0000f80367c1;"],
    [f"CN=shy,CN=Users,{BASE}", "plain", "OD;;RP;bf9679e5-0de6-11d0-a285-00aa003049e2;"],
    [f"OU=Closed,{BASE}", "plain", "D;;LC;;"],
]
"""First what `annexa permissions active_directory` prints; then shy keeps its services from annexa, and its class from
plain, who may not list what is in OU=Closed either."""


@dataclass(frozen=True)
class Samba:
    """A controller that runs."""

    folder: Path
    address: str

    @property
    def secure(self) -> str:
        return f"ldaps://{self.address}"

    @property
    def plain(self) -> str:
        return f"ldap://{self.address}"

    @property
    def authority(self) -> Path:
        return self.folder / "certificate.pem"


@contextmanager
def samba(folder: Path) -> Iterator[Samba]:
    """The controller of a run. Its standard input is a pipe that every worker who uses it holds open: the first one
    makes it, and it ends by itself when the last one has gone, however that went."""
    folder.mkdir(exist_ok=True)
    pipe, known = folder / "held", folder / "address"
    with (folder / "lock.file").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not known.exists():
            os.mkfifo(pipe)
            known.write_text(_free_address())
            _made(folder, known.read_text())
        address = known.read_text()
        try:
            held = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # nobody reads there
            held = os.open(pipe, os.O_RDWR)
            _start(folder, address, pipe)
    try:
        yield Samba(folder, address)
    finally:
        os.close(held)


def _free_address() -> str:
    """A loopback address of our own: the ports of a controller are fixed."""
    for number in range(os.getpid(), os.getpid() + 100):
        address = f"127.77.{number // 250 % 250}.{number % 250 + 1}"
        try:
            for port in PORTS:
                with socket.socket() as attempt:
                    attempt.bind((address, port))
        except OSError:
            continue
        return address
    raise RuntimeError("no loopback address has the ports of a controller free")


def _made(folder: Path, address: str) -> None:
    (folder / "smb.conf").write_text(SETTINGS.format(folder=folder, address=address))
    certificate, key = certified(folder, address)
    key.chmod(0o600)
    assert certificate.exists()
    plan = {
        "folder": str(folder), "address": address, "realm": "CORP.EXAMPLE", "domain": "CORP", "password": PASSWORD,
        "schema": PLANTED_SCHEMA, "changes": PLANTED,
        "passwords": {"annexa": PASSWORD, "plain": PASSWORD},
        "password_times": {
            f"CN=krbtgt,CN=Users,{BASE}": LONG_AGO, f"CN=carla,CN=Users,{BASE}": LONG_AGO, f"CN=ada,CN=Users,{BASE}": LATELY
        },
        "rights": RIGHTS,
    }  # fmt: skip
    subprocess.run(
        [PYTHON, "-I", Path(__file__).with_name("samba_provision.py")],
        input=json.dumps(plan).encode(), check=True, capture_output=True,
    )  # fmt: skip


def _start(folder: Path, address: str, pipe: Path) -> None:
    with pipe.open("rb", buffering=0) as held:
        server = subprocess.Popen(
            [PROGRAM, "--interactive", "--model=single", "--no-process-group", f"--configfile={folder}/smb.conf"],
            stdin=held, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    for _ in range(1_500):
        if server.poll() is not None:
            raise RuntimeError(f"samba ended with {server.returncode}: {(folder / 'log').read_text()}")
        with socket.socket() as attempt:
            if attempt.connect_ex((address, PORTS[-1])) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError("samba does not listen")
