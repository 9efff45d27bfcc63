"""Reports to look at: synthetic findings over the real mappings, small or large, friendly or hostile."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.conclusions import Tally, by_objective, conclude
from core.model import REST_OF_POPULATION, Coverage, Severity, Status, Verdict, failed, passed
from core.plugins import Check, check
from core.resource import Resource, resource
from evidence_store.log.notes import Checkpoint, Verifier, sign
from mappings import loader
from runs.report import FindingState, FrameworkReport, GapState, Report, ScanState, Seal

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))

HOSTILE = "<script>alert(1)</script><!-- \n\x1b[31m\udcff\u202egnp.exe \" ' & </style>"


@resource("test.door")
class Door(Resource):
    """Something that can be shut."""

    id: str
    shut: bool


@check(objective="administration-is-logged", severity=Severity.HIGH)
def door_is_shut(door: Door) -> Verdict:
    """The door is shut.

    Whoever finds an open door may walk in, and nobody will know that `root` was here.

    Remediation: Shut the door with `doorctl shut`, and lock it.
    """
    return passed("it is shut") if door.shut else failed("it is open")


def _judgement(name: str, title: str, objective: str, severity: Severity) -> Check[...]:
    remediation = f"Set what `{name.rpartition('.')[2]}` asks for in the drop-in folder, then reload the service."
    return replace(door_is_shut, id=name, title=title, objective=objective, severity=severity, remediation=remediation)


CHECKS = {
    each.id: each
    for each in (
        _judgement(*described)
        for described in (
            ("host.sshd.root_cannot_sign_in", "Nobody signs in as `root` over SSH.", "privileged-access-is-personal", Severity.HIGH),
            ("host.sshd.passwords_are_refused", "SSH accepts keys, not passwords.", "sign-in-methods-are-strong", Severity.HIGH),
            ("host.sshd.ciphers_are_strong", "SSH offers strong ciphers only.", "cryptography-is-strong", Severity.MEDIUM),
            ("host.files.shadow_is_private", "Only root reads the password hashes.", "system-files-are-protected", Severity.CRITICAL),
            ("host.time.clock_is_synchronised", "The clock follows a time source.", "clocks-are-synchronized", Severity.MEDIUM),
            ("host.logs.journal_is_persistent", "The journal survives a reboot.", "logs-are-kept", Severity.MEDIUM),
            ("host.logs.logs_are_private", "Only administrators read the logs.", "logs-are-protected", Severity.MEDIUM),
            ("host.audit.audit_daemon_runs", "The audit daemon records what administrators do.", "administration-is-logged", Severity.HIGH),
            ("host.firewall.incoming_is_denied", "What nobody allowed to come in stays out.", "networks-deny-by-default", Severity.HIGH),
            ("host.disks.data_is_encrypted", "Disks with data are encrypted.", "data-at-rest-is-encrypted", Severity.HIGH),
            ("host.tls.certificates_are_valid", "Certificates in use have not expired.", "certificates-are-valid", Severity.HIGH),
            ("host.accounts.passwords_resist_guessing", "Local passwords are long and locked after wrong guesses.", "passwords-resist-guessing", Severity.MEDIUM),
            ("host.accounts.one_superuser", "Only one account has the user number 0.", "identities-have-one-owner", Severity.CRITICAL),
            ("host.packages.updates_are_installed", "Security updates are installed.", "vulnerabilities-are-fixed", Severity.HIGH),
        )
    )
}  # fmt: skip


def finding(number: int, check_id: str, status: Status, reason: str, resource_id: str, **other: object) -> FindingState:
    values: dict[str, object] = {
        "id": sha256(f"{check_id}/{resource_id}/{number}".encode()).hexdigest()[:16],
        "check": check_id,
        "status": status,
        "reason": reason,
        "resource": resource_id,
        "source": "host/web-1",
        "scope": "",
        "severity": CHECKS[check_id].severity if check_id in CHECKS else Severity.LOW,
        "since": NOON - timedelta(days=number % 40),
        "as_of": NOON,
        "collected_at": NOON,
        "leaf": 40 + number % 30,
        "evidence": (12, 17),
    }
    return FindingState(**{**values, **other})  # type: ignore[arg-type]  # the values above have the right types


def report(findings: Iterable[FindingState], **other: object) -> Report:
    """A whole report around these findings: conclusions, coverage and seal follow from them."""
    found = tuple(findings)
    statuses: dict[str, list[Status]] = defaultdict(list)
    for each in found:
        statuses[each.check].append(each.status)
    tallies = {name: Tally.of(said) for name, said in statuses.items()}
    checkpoint = Checkpoint("annexa/web-1", 412, sha256(b"root").digest())
    values: dict[str, object] = {
        "generated": NOON + timedelta(minutes=3),
        "store": "annexa-data/evidence.db",
        "scan": ScanState(
            id="2026-01-31T12:00:00Z-7f3a",
            trigger="command line, by ada",
            started=NOON,
            finished=NOON + timedelta(minutes=2),
            status="finished",
            agent_version="0.1.0",
            sources=("host/web-1",),
            units=14,
            exchanges=96,
        ),
        "gaps": (),
        "coverage": (coverage("host.sshd", 1), coverage("host.account", 31)),
        "frameworks": tuple(
            FrameworkReport(
                id=framework.id,
                name=framework.name,
                controls=tuple(
                    conclude(control, by_objective(CHECKS.values()), tallies) for control in framework.controls
                ),
            )
            for framework in (loader.framework("iso27001_2022"), loader.framework("iso27001_2013"))
        ),
        "findings": found,
        "checks": {name: each.described for name, each in CHECKS.items()},
        "seal": Seal(
            origin=checkpoint.origin,
            size=checkpoint.size,
            root=checkpoint.text.split("\n")[2],
            note=sign(checkpoint, KEY),
            public_key=str(Verifier(checkpoint.origin, KEY.public_key().public_bytes_raw())),
        ),
        "objectives": loader.objectives(),
    }
    return Report(**{**values, **other})  # type: ignore[arg-type]  # the values above have the right types


def coverage(kind: str, count: int, *, complete: bool = True, source: str = "host/web-1") -> Coverage:
    return Coverage(kind=kind, source=source, scope="", collected_at=NOON, count=count, complete=complete)


NEEDS_ROOT = GapState(
    source="host/web-1",
    scope="",
    collector="host.accounts.shadow",
    kinds=("host.account", "host.password_policy"),
    reason="/etc/shadow may be read by root only, and the scan ran as ada",
    hint="run `sudo annexa scan`, or allow the lines that `annexa permissions host` prints",
    retryable=False,
    leaf=14,
)


def small() -> Report:
    """What a first scan of one machine looks like: some of everything."""
    return report(
        (
            finding(1, "host.sshd.root_cannot_sign_in", Status.FAIL, "PermitRootLogin is yes, so root signs in with a password", "web-1", change="new"),
            finding(2, "host.sshd.passwords_are_refused", Status.PASS, "PasswordAuthentication is no", "web-1"),
            finding(3, "host.sshd.ciphers_are_strong", Status.PASS, "chacha20-poly1305 and aes256-gcm are offered, nothing else", "web-1"),
            finding(4, "host.files.shadow_is_private", Status.PASS, "/etc/shadow is root:shadow 0640", "/etc/shadow"),
            finding(5, "host.time.clock_is_synchronised", Status.PASS, "systemd-timesyncd follows 2.debian.pool.ntp.org", "web-1"),
            finding(6, "host.logs.journal_is_persistent", Status.FAIL, "Storage is volatile: the journal is lost at each reboot", "web-1", change="changed"),
            *(finding(20 + n, "host.logs.logs_are_private", Status.PASS, f"/var/log/{name} is root:adm 0640", f"/var/log/{name}") for n, name in enumerate(("auth.log", "syslog", "kern.log", "dpkg.log", "daemon.log", "mail.log"))),
            finding(7, "host.logs.logs_are_private", Status.FAIL, "/var/log/app.log is app:app 0666: everybody may change it", "/var/log/app.log"),
            finding(8, "host.audit.audit_daemon_runs", Status.UNKNOWN, "could not look: auditctl needs root", REST_OF_POPULATION),
            finding(9, "host.firewall.incoming_is_denied", Status.ERROR, "the check broke with KeyError: 'policy'", "web-1"),
            finding(10, "host.disks.data_is_encrypted", Status.NOT_APPLICABLE, "overlay is a container's layer, not a disk", "overlay"),
            finding(11, "host.tls.certificates_are_valid", Status.PASS, "valid until 2026-06-01", "/etc/ssl/certs/web-1.pem"),
            finding(12, "host.tls.certificates_are_valid", Status.FAIL, "expired on 2025-12-24", "/etc/ssl/private/old-portal.pem"),
            finding(13, "host.accounts.passwords_resist_guessing", Status.UNKNOWN, "host.password_policy.minimum was not observed: /etc/shadow may be read by root only", "web-1"),
            finding(14, "host.accounts.one_superuser", Status.PASS, "root is the only account with the user number 0", "web-1"),
        ),
        gaps=(
            NEEDS_ROOT,
            replace(NEEDS_ROOT, collector="host.audit.rules", kinds=("host.audit",), reason="auditctl is not installed", hint="install the package auditd if the machine is meant to have an audit trail", leaf=15),
        ),
        coverage=(
            coverage("host.sshd", 1), coverage("host.account", 31, complete=False), coverage("host.log_file", 7),
            coverage("host.certificate", 2), coverage("host.audit", 0, complete=False), coverage("test.door", 0),
        ),
        warnings=("the clock of this machine is not synchronised by anything we know; times may be wrong",),
    )  # fmt: skip


def large(count: int = 10_000) -> Report:
    """Many machines, and as many findings as `count`, a fifth of them failing."""
    names = sorted(CHECKS)
    statuses = (Status.FAIL, Status.PASS, Status.PASS, Status.PASS, Status.UNKNOWN)
    return report(
        finding(
            n,
            names[n % len(names)],
            statuses[n % 5],
            f"the setting is {n} where 12 or less is asked for, as read from /etc/some/file.conf",
            f"i-{n:017x}",
            source=f"host/web-{n % 300}",
        )
        for n in range(count)
    )


def hostile() -> Report:
    """Every text that others can choose, chosen by somebody who wishes us ill."""
    plain = small()
    first = replace(plain.findings[0], resource=HOSTILE, reason=HOSTILE, source=HOSTILE, scope=HOSTILE, change=HOSTILE)
    return replace(
        plain,
        store=HOSTILE,
        scan=replace(plain.scan, id=HOSTILE, trigger=HOSTILE, sources=(HOSTILE,), left_out=(HOSTILE,), died=(HOSTILE,)),
        gaps=(replace(plain.gaps[0], reason=HOSTILE, hint=HOSTILE, kinds=(HOSTILE,), source=HOSTILE),),
        coverage=(replace(plain.coverage[0], kind=HOSTILE, source=HOSTILE, scope=HOSTILE),),
        findings=(first, *plain.findings[1:]),
        warnings=(HOSTILE,),
    )
