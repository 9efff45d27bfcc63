from __future__ import annotations

import json

import pytest

from collectors.host.facts import Answer, Fact
from collectors.host.pam import PAM, PamRule
from collectors.host.source import FactError, NeedsRootError
from collectors.host.sudo import (
    SU_INSTALLED,
    SUDO_INSTALLED,
    SUDO_VERSION,
    SUDOERS,
    parse_command,
    su,
    sudo,
    wheel_rule,
)
from core.codec import encode
from core.redaction import redact
from core.resource import missing_fields
from core.resources.host.sudo import Su, Sudo, SudoCommand, SudoDefault, SudoGrant
from tests.twins import MISSING, NEEDS_ROOT, RecordedHost

# What cvtsudoers of sudo 1.9.13p3 prints, shortened.
RULES: dict[str, list[object]] = {
    "Defaults": [
        {"Options": [{"use_pty": True}, {"logfile": "/var/log/sudo.log"}]},
        {"Binding": [{"username": "alice"}, {"usergroup": "ops"}], "Options": [{"use_pty": False}]},
        {"Binding": [{"command": "/usr/bin/id"}], "Options": [{"authenticate": False}]},
    ],
    "User_Specs": [
        {
            "User_List": [{"username": "alice"}, {"usergroup": "ops team"}, {"userid": 1000}, {"usergid": 1001}],
            "Host_List": [{"hostname": "ALL"}],
            "Cmnd_Specs": [
                {
                    "runasusers": [{"username": "root"}, {"username": "www", "negated": True}],
                    "Options": [{"authenticate": False}, {"noexec": True}],
                    "Commands": [
                        {"command": "/usr/bin/less"},
                        {"command": "/opt/run --password=hunter2"},
                        {"command": "/usr/bin/tar *", "negated": True},
                    ],
                },
                {"Options": [{"authenticate": True}], "Commands": [{"command": '/usr/bin/whoami ""'}]},
            ],
        },
        {
            "User_List": [{"netgroup": "net"}],
            "Host_List": [{"hostname": "vm"}, {"hostname": "web"}],
            "Cmnd_Specs": [{"Commands": [{"command": "ALL"}]}],
        },
    ],
}
INSTALLED: dict[Fact, str | bytes | Answer] = {
    SUDO_INSTALLED: "installed\n",
    SUDO_VERSION: "Sudo version 1.9.13p3\n",
    SUDOERS: json.dumps(RULES, indent=4),
}


def ask(changes: dict[Fact, str | bytes | Answer] | None = None) -> tuple[Sudo, list[SudoGrant]]:
    seen = list(sudo(RecordedHost({**INSTALLED, **(changes or {})})))
    for item in seen:
        encode(item)
    (settings,) = (item for item in seen if isinstance(item, Sudo))
    return settings, [item for item in seen if isinstance(item, SudoGrant)]


def test_defaults() -> None:
    settings, _ = ask()
    assert settings.installed
    assert settings.version == (1, 9, 13)
    assert settings.defaults == (
        SudoDefault(option="use_pty", value="true", binding=""),
        SudoDefault(option="logfile", value="/var/log/sudo.log", binding=""),
        SudoDefault(option="use_pty", value="false", binding="alice, %ops"),
        SudoDefault(option="authenticate", value="false", binding="/usr/bin/id"),
    )


def test_grants() -> None:
    _, grants = ask()
    assert [grant.principal for grant in grants] == [
        *("alice", "%ops team", "#1000", "%#1001"),
        *("alice", "%ops team", "#1000", "%#1001"),
        "+net",
    ]
    first, last = grants[0], grants[-1]
    assert (first.needs_password, first.no_exec, first.run_as) == (False, True, ("root", "!www"))
    assert first.commands == (
        SudoCommand(program="/usr/bin/less", arguments="any", forbidden=False, keeps_off_pagers=False),
        SudoCommand(program="/opt/run", arguments="fixed", forbidden=False, keeps_off_pagers=False),
        SudoCommand(program="/usr/bin/tar", arguments="pattern", forbidden=True, keeps_off_pagers=False),
    )
    assert (last.needs_password, last.hosts, last.run_as) == (True, ("vm", "web"), ())
    assert len({grant.id for grant in grants}) == len(grants)
    assert "hunter2" not in repr([encode(grant) for grant in grants])


def test_ids_do_not_depend_on_the_order_of_rules() -> None:
    turned = {**RULES, "User_Specs": list(reversed(RULES["User_Specs"]))}
    assert {grant.id for grant in ask()[1]} == {grant.id for grant in ask({SUDOERS: json.dumps(turned)})[1]}


def test_what_looks_like_a_secret_is_masked_and_the_rest_still_read() -> None:
    odd = {"Defaults": [{"Options": [{"passwd_timeout": "2.5"}, {"passwd_tries": "1440"}]}], "User_Specs": []}
    settings, _ = ask({SUDOERS: redact(json.dumps(odd, indent=4).encode())[0]})
    assert [default.option for default in settings.defaults] == ["passwd_timeout", "passwd_tries"]


def test_not_installed() -> None:
    assert ask({SUDO_INSTALLED: "", SUDOERS: NEEDS_ROOT}) == (
        Sudo(id="web-1", installed=False, version=(), defaults=()),
        [],
    )


def test_a_version_that_is_not_said_is_unobserved() -> None:
    assert missing_fields(ask({SUDO_VERSION: "hello\n"})[0]) == {"version": "sudo -V names no version"}


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (MISSING, "sudo is installed but cvtsudoers"),
        ("", "something that is not a set of rules"),
        ("[]", "something that is not a set of rules"),
        ('{"User_Specs": [{"User_List": [{}]}]}', "something that is not a set of rules"),
        ('{"User_Specs": 5}', "something that is not a set of rules"),
        (
            Answer(b"", "/etc/sudoers.d/y:1:8: syntax error", 1),
            "cvtsudoers refused them: /etc/sudoers.d/y:1:8: syntax error",
        ),
    ],
)
def test_a_failure_to_look(said: str | Answer, reason: str) -> None:
    with pytest.raises(FactError, match=reason):
        ask({SUDOERS: said})


def test_rules_need_root() -> None:
    with pytest.raises(NeedsRootError):
        ask({SUDOERS: NEEDS_ROOT})


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("ALL", "any"),
        ('/bin/x ""', "none"),
        ("/bin/x -a b", "fixed"),
        ("/bin/x *", "pattern"),
        ("/bin/x [a-z]", "pattern"),
        ("/bin/x ^.$", "pattern"),
    ],
)
def test_arguments(command: str, arguments: str) -> None:
    assert parse_command({"command": command}).arguments == arguments


def test_a_masked_secret_is_no_pattern() -> None:
    masked = redact(b"/usr/bin/curl --token abc https://example.org/")[0].decode()
    assert "[redacted: " in masked
    assert parse_command({"command": masked}).arguments == "fixed"


@pytest.mark.parametrize(
    ("command", "keeps_off"),
    [
        ("/usr/bin/systemctl restart nginx", True),
        ("/bin/systemctl status nginx", False),
        ("/usr/bin/systemctl restart *", False),
        ("/usr/bin/systemctl", False),
        ("/usr/bin/journalctl --no-pager -u nginx", True),
        ("/usr/bin/journalctl -u nginx", False),
        ("/usr/bin/less restart", False),
    ],
)
def test_what_shows_nothing_in_a_pager(command: str, keeps_off: bool) -> None:
    assert parse_command({"command": command}).keeps_off_pagers is keeps_off


@pytest.mark.parametrize(
    ("line", "restricted", "group"),
    [
        ("auth required pam_wheel.so use_uid", True, ""),
        ("auth requisite pam_wheel.so group=admins", True, "admins"),
        ("auth [success=ok default=die] pam_wheel.so", True, ""),
        ("auth sufficient pam_wheel.so trust", False, ""),
        ("auth required pam_wheel.so deny group=nosu", False, ""),
        ("account required pam_wheel.so", False, ""),
        ("auth required pam_wheel.so use_uid root_only", False, ""),
    ],
)
def test_su(line: str, restricted: bool, group: str) -> None:
    host = RecordedHost({SU_INSTALLED: "/usr/bin/su\n", PAM: f"/etc/pam.d/su\0read\0{line}\n\0".encode()})
    assert list(su(host)) == [Su(id="web-1", installed=True, restricted=restricted, group=group)]


def test_su_is_not_there() -> None:
    assert list(su(RecordedHost({SU_INSTALLED: ""}))) == [Su(id="web-1", installed=False, restricted=False, group="")]


def test_the_first_rule_counts() -> None:
    rules = [PamRule("auth", "required", "pam_wheel", {"group": name}) for name in ("a", "b")]
    assert wheel_rule(rules) is rules[0]


def test_rules_that_cvtsudoers_refuses_are_named_by_place_only() -> None:
    refused = Answer(b"", "/etc/sudoers.d/zz:1:9: syntax error\nthis is hunter2\n        ^~~~~~", 1)
    with pytest.raises(FactError) as caught:
        list(sudo(RecordedHost({SUDO_INSTALLED: "installed\n", SUDOERS: refused})))
    assert str(caught.value) == "sudoers: cvtsudoers refused them: /etc/sudoers.d/zz:1:9: syntax error"
    assert "visudo -c" in caught.value.hint
