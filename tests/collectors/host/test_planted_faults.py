"""What an administrator did, and what is said of it: from the bytes that a host answers to the verdict.

The host is the recorded one of `test_denial.py`, which answers everything; each row changes one answer.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

import checks.host
import collectors.host
from collectors.host.facts import Answer
from core.engine import assess, collect
from core.model import Evidence, Finding
from core.plugins import Check, Collector, discover
from tests.twins import RecordedHost

AS_OF = datetime(2026, 11, 22, 17, tzinfo=UTC)
RECORDED = json.loads((Path(__file__).parent / "data" / "rich_host.json").read_text())
COLLECTORS = discover([collectors.host], Collector)
CHECKS = discover([checks.host], Check)
FACTS = {fact.name: fact for collector in COLLECTORS.values() for fact in collector.permissions}


def pam(**services: str) -> str:
    return "".join(f"/etc/pam.d/{name.replace('_', '-')}\0read\0{text}\0" for name, text in services.items())


def sudoers(*rules: dict[str, object], defaults: dict[str, object] | None = None) -> str:
    specs = [{"User_List": [{"username": "mallory"}], "Host_List": [{"hostname": "ALL"}], "Cmnd_Specs": list(rules)}]
    return json.dumps({"Defaults": [{"Options": [defaults]}] if defaults else [], "User_Specs": specs if rules else []})


def run(command: str, *, root: bool = True, **options: object) -> dict[str, object]:
    who = [{"username": "root" if root else "postgres"}]
    return {"runasusers": who, "Options": [options] if options else [], "Commands": [{"command": command}]}


def loaded(*rules: str, policy: str = "drop") -> str:
    lines = "\n".join(f"\t\t{rule}" for rule in ('iif "lo" accept', "ct state established accept", *rules))
    head = f"\t\ttype filter hook input priority filter; policy {policy};\n"
    return f"table inet filter {{\n\tchain input {{\n{head}{lines}\n\t}}\n\tchain whatever {{\n\t\taccept\n\t}}\n}}\n"


def options(**changes: str) -> str:
    lines = RECORDED["sshd_options"]["output"].splitlines()
    kept = [line for line in lines if line.partition(" ")[0] not in changes]
    return "\n".join([*kept, *(f"{name} {value}" for name, value in changes.items())]) + "\n"


def match(*lines: str) -> str:
    text = "\n".join(lines)
    return f"/etc/ssh/sshd_config\0{text}\n\0"


DEBIAN_AUTH = "auth [success=1 default=ignore] pam_unix.so\nauth requisite pam_deny.so\nauth required pam_permit.so\n"
DEBIAN_LOCKS = (
    "auth required pam_faillock.so preauth deny=5 unlock_time=900\nauth [success=2 default=ignore] pam_unix.so\n"
    "auth [default=die] pam_faillock.so authfail deny=5 unlock_time=900\nauth requisite pam_deny.so\n"
    "auth required pam_permit.so\n"
)
SAFE = {"authenticationmethods": "any", "passwordauthentication": "no", "kbdinteractiveauthentication": "no"}

ROWS: list[tuple[str, dict[str, str], str, str]] = [
    # sshd
    ("keys only", {"sshd_options": options(**SAFE), "sshd_matches": match()}, "sshd.passwords_are_not_accepted", "pass"),
    ("passwords for one group", {"sshd_options": options(**SAFE), "sshd_matches": match("Match Group old", "PasswordAuthentication yes")}, "sshd.passwords_are_not_accepted", "fail"),
    ("an include for one user", {"sshd_options": options(**SAFE), "sshd_matches": match("Match User bob", "Include /etc/ssh/sshd_config.d/*.conf")}, "sshd.passwords_are_not_accepted", "unknown"),
    ("two keys for two factors", {"sshd_options": options(authenticationmethods="publickey,publickey"), "sshd_matches": match()}, "sshd.second_factor_is_needed", "fail"),
    ("AllowUsers for everybody", {"sshd_options": options(allowusers="*", allowgroups="")}, "sshd.access_is_limited_to_named_groups_or_users", "fail"),
    ("SSHD_OPTS with a setting", {"sshd_arguments": "running\noption PermitRootLogin\nend\n"}, "sshd_daemon.its_files_say_what_it_does", "fail"),
    ("sshd with a file of its own", {"sshd_arguments": "running\nfile\nend\n"}, "sshd_daemon.its_files_say_what_it_does", "fail"),
    # sudo
    ("NOPASSWD for a shell", {"sudoers": sudoers(run("/bin/bash", authenticate=False))}, "sudo.rule_asks_for_a_password", "fail"),
    ("a pager as root", {"sudoers": sudoers(run("/usr/bin/less /var/log/syslog"))}, "sudo.rule_gives_no_way_to_a_shell", "fail"),
    ("a pager that starts nothing", {"sudoers": sudoers(run("/usr/bin/less /var/log/syslog", noexec=True))}, "sudo.rule_gives_no_way_to_a_shell", "pass"),
    ("everything as root", {"sudoers": sudoers(run("ALL"))}, "sudo.only_administrators_may_run_everything", "fail"),
    ("everything as the database", {"sudoers": sudoers(run("ALL", root=False))}, "sudo.only_administrators_may_run_everything", "pass"),
    ("!authenticate", {"sudoers": sudoers(defaults={"authenticate": False})}, "sudo.passwords_are_asked_for_by_default", "fail"),
    ("a password that lasts for ever", {"sudoers": sudoers(defaults={"timestamp_timeout": -1})}, "sudo.passwords_are_asked_for_by_default", "fail"),
    ("!env_reset", {"sudoers": sudoers(defaults={"env_reset": False})}, "sudo.environment_is_reset", "fail"),
    ("rules in a directory", {"name_services": "sudoers: files sss\n"}, "names.sudo_rules_of_directories_are_reviewed", "fail"),
    # PAM
    ("Debian as installed", {"pam": pam(sshd=DEBIAN_AUTH)}, "passwords.wrong_passwords_let_nobody_in", "pass"),
    ("pam_permit on top", {"pam": pam(sshd="auth sufficient pam_permit.so\n" + DEBIAN_AUTH)}, "passwords.wrong_passwords_let_nobody_in", "fail"),
    ("pam_permit in an included file", {"pam": pam(sshd="@include common-auth\n", common_auth="auth sufficient pam_permit.so\n" + DEBIAN_AUTH)}, "passwords.wrong_passwords_let_nobody_in", "fail"),
    ("no pam_deny", {"pam": pam(login=DEBIAN_AUTH.replace("auth requisite pam_deny.so\n", ""))}, "passwords.wrong_passwords_let_nobody_in", "fail"),
    ("faillock as it should be", {"pam": pam(sshd=DEBIAN_LOCKS)}, "passwords.guessing_locks_accounts", "pass"),
    ("faillock that is jumped over", {"pam": pam(sshd=DEBIAN_LOCKS.replace("auth [default=die] pam_faillock.so", "auth requisite pam_deny.so\nauth [default=die] pam_faillock.so").replace("success=2", "success=3"))}, "passwords.guessing_locks_accounts", "fail"),
    ("faillock that is optional", {"pam": pam(sshd=DEBIAN_LOCKS.replace("required pam_faillock", "optional pam_faillock"))}, "passwords.guessing_locks_accounts", "fail"),
    ("su for a group", {"pam": pam(su="auth required pam_wheel.so use_uid\n" + DEBIAN_AUTH)}, "sudo.su_is_for_a_group", "pass"),
    ("su for a group, asked too late", {"pam": pam(su="auth sufficient pam_unix.so\nauth required pam_wheel.so use_uid\n")}, "sudo.su_is_for_a_group", "fail"),
    ("quality that is skipped", {"pam": pam(passwd="password [success=1 default=ignore] pam_permit.so\npassword requisite pam_pwquality.so minlen=14\npassword required pam_unix.so\n")}, "passwords.weak_passwords_are_refused", "fail"),
    # Packet filter
    ("policy drop", {"nft_rules": loaded("tcp dport 22 accept")}, "network.firewall_denies_ipv4_by_default", "pass"),
    ("one interface is open", {"nft_rules": loaded('iifname "eth1" accept')}, "network.firewall_denies_ipv4_by_default", "fail"),
    ("new connections are accepted", {"nft_rules": loaded("ct state new accept")}, "network.firewall_denies_ipv4_by_default", "fail"),
    ("a jump to a chain that accepts", {"nft_rules": loaded("jump whatever")}, "network.firewall_denies_ipv6_by_default", "fail"),
    ("answers of a name server", {"nft_rules": loaded("udp sport 53 accept")}, "network.firewall_denies_ipv4_by_default", "fail"),
    ("IPv6 is forgotten", {"nft_rules": loaded("meta nfproto ipv6 accept")}, "network.firewall_denies_ipv6_by_default", "fail"),
    ("a last rule that drops", {"nft_rules": loaded("drop", policy="accept")}, "network.firewall_denies_ipv4_by_default", "pass"),
    ("a rule we cannot read", {"nft_rules": loaded("ip dscp cs1 accept")}, "network.firewall_denies_ipv4_by_default", "unknown"),
    # Logs
    ("mail alone is forwarded", {"rsyslog": "/etc/rsyslog.conf\0mail.* @@logs.example.org\n\0"}, "logging.logs_are_forwarded", "fail"),
    ("all is forwarded", {"rsyslog": "/etc/rsyslog.conf\0*.* @@logs.example.org\n\0"}, "logging.logs_are_forwarded", "pass"),
    ("a condition forwards", {"rsyslog": '/etc/rsyslog.conf\0if $msg contains "x" then @@logs.example.org\n\0'}, "logging.logs_are_forwarded", "unknown"),
    # Programs and the start
    ("a shell with the bit", {"privileged_programs": "4755\0root\0root\0/var/tmp/.sh\0end\0\0\0\0"}, "privileged_programs.privileged_program_comes_from_a_package", "fail"),
    ("Secure Boot in set-up mode", {"firmware": "uefi\nSecureBoot 6 0 0 0 1\nSetupMode 6 0 0 0 1\n"}, "boot.only_signed_kernels_start", "fail"),
    ("a clock an hour ahead", {"host_time": "1769864400.0\n1769864400.0\n"}, "clock_offset.clock_is_right", "fail"),
]  # fmt: skip


@pytest.mark.parametrize(("did", "answers", "check", "status"), ROWS, ids=[row[0] for row in ROWS])
def test_what_an_administrator_did(did: str, answers: dict[str, str], check: str, status: str) -> None:
    assert did
    found = judged(check, answers)
    assert {finding.verdict.status for finding in found} == {status}, [finding.verdict.reason for finding in found]


def judged(check: str, answers: dict[str, str]) -> list[Finding]:
    asked = host(answers)
    judge = CHECKS[f"host.{check}"]
    evidence: list[Evidence] = []
    for name, collector in COLLECTORS.items():
        if set(collector.kinds) & set(judge.kinds):
            changed = any(fact.name in answers for fact in collector.permissions)
            evidence += collect(collector, asked, version="0", clock=lambda: AS_OF).evidence if changed else usual(name)
    return list(assess(judge, evidence, as_of=AS_OF, digest="").findings)


@cache
def usual(collector: str) -> tuple[Evidence, ...]:
    return tuple(collect(COLLECTORS[collector], host({}), version="0", clock=lambda: AS_OF).evidence)


def host(answers: dict[str, str]) -> RecordedHost:
    said = {name: Answer(each["output"].encode(), each["error"], each["status"]) for name, each in RECORDED.items()}
    changed = {name: Answer(text.encode()) for name, text in answers.items()}
    return RecordedHost({FACTS[name]: answer for name, answer in {**said, **changed}.items() if name in FACTS})
