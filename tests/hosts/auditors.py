"""What other auditors say about a host: OpenSCAP with the CIS profile for Debian 12, and Lynis. Run inside, as root."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tests.hosts.machines import Machine

PATIENCE = 600
CONTENT = "/usr/share/xml/scap/ssg/content/ssg-debian12-ds.xml"
PROFILE = "xccdf_org.ssgproject.content_profile_cis_level2_server"
RULE = "xccdf_org.ssgproject.content_rule_"
WHOLE_DISK = (
    *("dir_perms_world_writable_sticky_bits", "file_permissions_unauthorized_sgid"),
    *("file_permissions_unauthorized_suid", "file_permissions_unauthorized_world_writable"),
    *("file_permissions_ungroupowned", "no_files_unowned_by_user"),
)
"""Rules that walk over every file of every disk. They are left out: we never ask that, and they take half an hour."""

Answers = Mapping[str, str]
"""`pass`, `fail`, or `none` for no judgement, by question."""


def versions(machine: Machine) -> str:
    """Which versions of the other auditors answered."""
    return machine.run("cat /usr/share/auditors; dpkg-query -W -f 'openscap-scanner_${Version}\\n' openscap-scanner")


def openscap(machine: Machine) -> Answers:
    """Each rule of the profile, by its short name."""
    skipped = " ".join(f"--skip-rule {RULE}{name}" for name in WHOLE_DISK)
    # It ends with 2 when a rule fails.
    said = machine.run(
        f"oscap xccdf eval --profile {PROFILE} {skipped} --skip-validation {CONTENT} 2>&- || [ $? = 2 ]",
        seconds=PATIENCE,
    )
    found = re.findall(r"^Rule\s+(\S+)\s+Result\s+(\S+)$", said, re.MULTILINE)
    return {rule.removeprefix(RULE): _judgement(result) for rule, result in found if result != "notselected"}


def lynis(machine: Machine) -> Answers:
    """Each test that Lynis ran. Three of its tests ask many questions: those are named `TEST:QUESTION`."""
    machine.run("cd / && lynis audit system --quick --no-colors >/dev/null 2>&1 || :", seconds=PATIENCE)
    report = machine.run("cat /var/log/lynis-report.dat")
    log = machine.run("cut -d ' ' -f 3- /var/log/lynis.log")
    executed = re.search(r"^tests_executed=(.*)$", report, re.MULTILINE)
    complaints = set(re.findall(r"^(?:warning|suggestion)\[\]=([A-Z0-9-]+)", report, re.MULTILINE))
    answers = (
        {test: "fail" if test in complaints else "pass" for test in executed[1].split("|") if test} if executed else {}
    )
    for test in ("SSH-7408", "KRNL-6000", "FILE-7524"):
        answers.pop(test, None)
    return {**answers, **_ssh(log), **_sysctl(log), **_files(log)}


def _judgement(result: str) -> str:
    return result if result in ("pass", "fail") else "none"


def _ssh(log: str) -> Answers:
    blocks = re.findall(r"^Test: Checking (\w+) in /tmp/.*\n((?:(?!Test: |=====).*\n)*)", log, re.MULTILINE)
    return {
        f"SSH-7408:{option}": "none" if "not found" in said else "fail" if "Suggestion" in said else "pass"
        for option, said in blocks
    }


def _sysctl(log: str) -> Answers:
    found = re.findall(r"^Result: sysctl key (\S+) (contains equal|has a different)", log, re.MULTILINE)
    return {f"KRNL-6000:{key}": "pass" if said == "contains equal" else "fail" for key, said in found}


def _files(log: str) -> Answers:
    found = re.findall(
        r"^Test: checking if (?:file|directory) (\S+) has the permissions .*\nOutcome: (correct|permissions)",
        log,
        re.MULTILINE,
    )
    return {f"FILE-7524:{path}": "pass" if said == "correct" else "fail" for path, said in found}
