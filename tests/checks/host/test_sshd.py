from __future__ import annotations

from typing import Any

import pytest

from checks.host import sshd as checks
from core.model import Status
from core.plugins import Check
from core.resource import NotObservedError, unobserved
from core.resources.host.sshd import Sshd, SshdFile, SshdMatch, SshdOptions

SAFE: dict[str, Any] = {
    "root_login": "no",
    "password_authentication": False,
    "keyboard_interactive_authentication": False,
    "empty_passwords": False,
    "authentication_methods": (),
    "trusts_certificates": False,
    "keys_elsewhere": False,
    "maximum_authentication_tries": 4,
    "client_alive_interval": 300,
    "client_alive_count": 3,
    "tcp_forwarding": "no",
    "agent_forwarding": False,
    "x11_forwarding": False,
    "forwarding_disabled": False,
    "hostbased_authentication": False,
    "ignores_rhosts": "yes",
    "user_environment": "no",
    "allowed_users": (),
    "allowed_groups": ("ops",),
    "denied_users": (),
    "denied_groups": (),
    "banner": "/etc/issue.net",
    "banner_bytes": 20,
    "log_level": "VERBOSE",
    "ciphers": ("aes256-gcm@openssh.com",),
    "macs": ("hmac-sha2-512-etm@openssh.com",),
    "key_exchanges": ("mlkem768x25519-sha256", "curve25519-sha256"),
    "gssapi_key_exchanges": (),
}
ALL: list[Check[...]] = [
    checks.root_cannot_log_in,
    checks.passwords_are_not_accepted,
    checks.empty_passwords_are_refused,
    checks.second_factor_is_needed,
    checks.access_is_limited_to_named_groups_or_users,
    checks.few_attempts_are_allowed,
    checks.dead_connections_end,
    checks.forwarding_is_off,
    checks.other_hosts_are_not_trusted,
    checks.users_cannot_set_their_environment,
    checks.banner_is_shown,
    checks.sign_ins_are_logged,
]


def server(**changes: Any) -> Sshd:
    return Sshd(id="web-1", options=SshdOptions(**{**SAFE, **changes}), matches=(), running=True)


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.id)
def test_without_sshd_nothing_applies(check: Check[...]) -> None:
    verdict = check(Sshd(id="web-1", options=None, matches=(), running=False))
    assert (verdict.status, verdict.reason) == (Status.NOT_APPLICABLE, "sshd is not installed")


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.id)
def test_options_that_were_not_observed_are_never_judged(check: Check[...]) -> None:
    with pytest.raises(NotObservedError, match="only root"):
        check(Sshd(id="web-1", options=unobserved("only root may see this"), matches=(), running=True))


@pytest.mark.parametrize(
    ("check", "changes", "status", "reason"),
    [
        (checks.root_cannot_log_in, {}, "pass", "PermitRootLogin is no"),
        (
            checks.root_cannot_log_in,
            {"root_login": "forced-commands-only"},
            "pass",
            "PermitRootLogin is forced-commands-only",
        ),
        (
            checks.root_cannot_log_in,
            {"root_login": "prohibit-password"},
            "fail",
            "PermitRootLogin is prohibit-password",
        ),
        (checks.root_cannot_log_in, {"root_login": "yes"}, "fail", "PermitRootLogin is yes"),
        (
            checks.passwords_are_not_accepted,
            {},
            "pass",
            "PasswordAuthentication and KbdInteractiveAuthentication are no",
        ),
        (checks.passwords_are_not_accepted, {"password_authentication": True}, "fail", "PasswordAuthentication is yes"),
        (
            checks.passwords_are_not_accepted,
            {"keyboard_interactive_authentication": True},
            "fail",
            "KbdInteractiveAuthentication is yes, through which PAM asks for passwords",
        ),
        (
            checks.passwords_are_not_accepted,
            {"password_authentication": True, "authentication_methods": ("publickey,password", "publickey")},
            "pass",
            "AuthenticationMethods always asks for a key: publickey,password or publickey",
        ),
        (
            checks.passwords_are_not_accepted,
            {"password_authentication": True, "authentication_methods": ("publickey", "password")},
            "fail",
            "PasswordAuthentication is yes",
        ),
        (checks.empty_passwords_are_refused, {}, "pass", "PermitEmptyPasswords is no"),
        (checks.empty_passwords_are_refused, {"empty_passwords": True}, "fail", "PermitEmptyPasswords is yes"),
        (
            checks.second_factor_is_needed,
            {"authentication_methods": ("publickey,keyboard-interactive:pam",)},
            "pass",
            "AuthenticationMethods is publickey,keyboard-interactive:pam",
        ),
        (checks.second_factor_is_needed, {}, "fail", "AuthenticationMethods is any: one method is enough"),
        (
            checks.second_factor_is_needed,
            {"authentication_methods": ("publickey,password", "publickey")},
            "fail",
            "AuthenticationMethods is publickey,password publickey: one method is enough",
        ),
        (
            checks.second_factor_is_needed,
            {"trusts_certificates": True},
            "unknown",
            "certificates sign people in; whether their issuer demands two factors cannot be seen here",
        ),
        (
            checks.second_factor_is_needed,
            {"trusts_certificates": True, "password_authentication": True},
            "fail",
            "AuthenticationMethods is any: one method is enough",
        ),
        (checks.access_is_limited_to_named_groups_or_users, {}, "pass", "AllowGroups is ops"),
        (
            checks.access_is_limited_to_named_groups_or_users,
            {"allowed_groups": (), "allowed_users": ("alice", "bob")},
            "pass",
            "AllowUsers is alice bob",
        ),
        (
            checks.access_is_limited_to_named_groups_or_users,
            {"allowed_groups": (), "denied_users": ("eve",)},
            "fail",
            "only eve is denied; everybody else gets in",
        ),
        (
            checks.access_is_limited_to_named_groups_or_users,
            {"allowed_groups": ()},
            "fail",
            "neither AllowGroups nor AllowUsers is set",
        ),
        (checks.few_attempts_are_allowed, {}, "pass", "MaxAuthTries is 4"),
        (
            checks.few_attempts_are_allowed,
            {"maximum_authentication_tries": 6},
            "fail",
            "MaxAuthTries is 6, more than 4",
        ),
        (checks.dead_connections_end, {}, "pass", "ClientAliveInterval is 300 and ClientAliveCountMax is 3"),
        (
            checks.dead_connections_end,
            {"client_alive_interval": 0},
            "fail",
            "ClientAliveInterval is 0 and ClientAliveCountMax is 3, so that sshd never ends a session",
        ),
        (
            checks.dead_connections_end,
            {"client_alive_count": 0},
            "fail",
            "ClientAliveInterval is 300 and ClientAliveCountMax is 0, so that sshd never ends a session",
        ),
        (
            checks.dead_connections_end,
            {"client_alive_interval": 901},
            "fail",
            "ClientAliveInterval is 901 and ClientAliveCountMax is 3; at most 900 seconds and 3 are allowed",
        ),
        (
            checks.dead_connections_end,
            {"client_alive_count": 4},
            "fail",
            "ClientAliveInterval is 300 and ClientAliveCountMax is 4; at most 900 seconds and 3 are allowed",
        ),
        (checks.forwarding_is_off, {}, "pass", "TCP, agent and X11 forwarding are off"),
        (
            checks.forwarding_is_off,
            {"forwarding_disabled": True, "tcp_forwarding": "yes"},
            "pass",
            "DisableForwarding is yes",
        ),
        (checks.forwarding_is_off, {"tcp_forwarding": "local"}, "fail", "AllowTcpForwarding is local"),
        (
            checks.forwarding_is_off,
            {"agent_forwarding": True, "x11_forwarding": True},
            "fail",
            "AllowAgentForwarding is yes, X11Forwarding is yes",
        ),
        (checks.other_hosts_are_not_trusted, {}, "pass", "HostbasedAuthentication is no and IgnoreRhosts is yes"),
        (
            checks.other_hosts_are_not_trusted,
            {"hostbased_authentication": True},
            "fail",
            "HostbasedAuthentication is yes and IgnoreRhosts is yes",
        ),
        (
            checks.other_hosts_are_not_trusted,
            {"ignores_rhosts": "shosts-only"},
            "fail",
            "HostbasedAuthentication is no and IgnoreRhosts is shosts-only",
        ),
        (checks.users_cannot_set_their_environment, {}, "pass", "PermitUserEnvironment is no"),
        (
            checks.users_cannot_set_their_environment,
            {"user_environment": "LANG,LC_*"},
            "fail",
            "PermitUserEnvironment is LANG,LC_*",
        ),
        (checks.banner_is_shown, {}, "pass", "/etc/issue.net is shown before anybody signs in"),
        (checks.banner_is_shown, {"banner": "", "banner_bytes": 0}, "fail", "Banner is none"),
        (checks.banner_is_shown, {"banner_bytes": 0}, "fail", "the banner /etc/issue.net is empty"),
        (checks.sign_ins_are_logged, {}, "pass", "LogLevel is VERBOSE"),
        (checks.sign_ins_are_logged, {"log_level": "QUIET"}, "fail", "LogLevel is QUIET"),
        (checks.sign_ins_are_logged, {"log_level": "DEBUG3"}, "fail", "LogLevel is DEBUG3"),
    ],
)
def test_options(check: Check[...], changes: dict[str, Any], status: str, reason: str) -> None:
    verdict = check(server(**changes))
    assert (verdict.status, verdict.reason) == (status, reason)


def test_keys_for_root_can_be_allowed() -> None:
    assert (
        checks.root_cannot_log_in(server(root_login="prohibit-password"), keys_are_allowed=True).status is Status.PASS
    )
    assert checks.root_cannot_log_in(server(root_login="yes"), keys_are_allowed=True).status is Status.FAIL


@pytest.mark.parametrize(
    ("private_key", "mode", "owner", "group", "status"),
    [
        (False, 0o644, "root", "root", "pass"),
        (False, 0o664, "root", "root", "fail"),
        (False, 0o644, "alice", "root", "fail"),
        (True, 0o600, "root", "root", "pass"),
        (True, 0o640, "root", "ssh_keys", "pass"),
        (True, 0o640, "root", "staff", "fail"),
        (True, 0o644, "root", "ssh_keys", "fail"),
        (True, 0o600, "alice", "root", "fail"),
    ],
)
def test_files(private_key: bool, mode: int, owner: str, group: str, status: str) -> None:
    file = SshdFile(id="/etc/ssh/x", private_key=private_key, mode=mode, owner=owner, group=group)
    verdict = checks.files_are_protected(file)
    assert (verdict.status, verdict.reason) == (
        status,
        f"/etc/ssh/x has mode {mode:04o} and belongs to {owner}:{group}",
    )


def exception(criteria: str = "User bob", *, for_root: bool = False, **changes: Any) -> Sshd:
    """A server that is safe but for a `Match` block."""
    options = SshdOptions(**SAFE)
    match = SshdMatch(criteria=criteria, for_root=for_root, options=SshdOptions(**{**SAFE, **changes}))
    return Sshd(id="web-1", options=options, matches=(match,), running=True)


@pytest.mark.parametrize(
    ("check", "changes", "reason"),
    [
        (
            checks.passwords_are_not_accepted,
            {"password_authentication": True},
            (
                "PasswordAuthentication and KbdInteractiveAuthentication are no, but with Match User bob: "
                "PasswordAuthentication is yes"
            ),
        ),
        (
            checks.empty_passwords_are_refused,
            {"empty_passwords": True},
            "PermitEmptyPasswords is no, but with Match User bob: PermitEmptyPasswords is yes",
        ),
        (
            checks.few_attempts_are_allowed,
            {"maximum_authentication_tries": 9},
            "MaxAuthTries is 4, but with Match User bob: MaxAuthTries is 9, more than 4",
        ),
        (
            checks.other_hosts_are_not_trusted,
            {"hostbased_authentication": True},
            (
                "HostbasedAuthentication is no and IgnoreRhosts is yes, but with Match User bob: "
                "HostbasedAuthentication is yes and IgnoreRhosts is yes"
            ),
        ),
        (
            checks.sign_ins_are_logged,
            {"log_level": "QUIET"},
            "LogLevel is VERBOSE, but with Match User bob: LogLevel is QUIET",
        ),
    ],
)
def test_a_match_block_that_undoes_it_fails(check: Check[...], changes: dict[str, Any], reason: str) -> None:
    assert check(exception()).status is Status.PASS
    verdict = check(exception(**changes))
    assert (verdict.status, verdict.reason) == (Status.FAIL, reason)


def test_only_a_match_block_for_root_matters_to_root() -> None:
    assert checks.root_cannot_log_in(exception(root_login="yes")).status is Status.PASS
    verdict = checks.root_cannot_log_in(exception("Address 192.0.2.0/24", for_root=True, root_login="yes"))
    assert verdict.status is Status.FAIL
    assert verdict.reason == "PermitRootLogin is no, but with Match Address 192.0.2.0/24: PermitRootLogin is yes"


def test_match_blocks_that_were_not_observed_leave_only_failures() -> None:
    unseen = unobserved("there is a folder that we may not list")
    with pytest.raises(NotObservedError):
        checks.root_cannot_log_in(Sshd(id="web-1", options=SshdOptions(**SAFE), matches=unseen, running=True))
    weak = SshdOptions(**{**SAFE, "root_login": "yes"})
    assert checks.root_cannot_log_in(Sshd(id="web-1", options=weak, matches=unseen, running=True)).status is Status.FAIL


@pytest.mark.parametrize(
    ("check", "changes", "status"),
    [
        (checks.second_factor_is_needed, {"authentication_methods": ("publickey,publickey",)}, "fail"),
        (checks.second_factor_is_needed, {"authentication_methods": ("publickey,password",)}, "pass"),
        (checks.access_is_limited_to_named_groups_or_users, {"allowed_groups": ("*",)}, "fail"),
        (
            checks.access_is_limited_to_named_groups_or_users,
            {"allowed_groups": (), "allowed_users": ("*@192.0.2.*",)},
            "fail",
        ),
        (
            checks.access_is_limited_to_named_groups_or_users,
            {"allowed_groups": (), "allowed_users": ("ops-*",)},
            "pass",
        ),
    ],
)
def test_what_only_looks_strict(check: Check[...], changes: dict[str, Any], status: str) -> None:
    assert check(server(**changes)).status == status


@pytest.mark.parametrize(
    ("check", "changes"),
    [
        (checks.dead_connections_end, {"client_alive_interval": 0}),
        (checks.users_cannot_set_their_environment, {"user_environment": "yes"}),
    ],
)
def test_a_match_block_may_undo_what_holds_for_sessions(check: Check[...], changes: dict[str, Any]) -> None:
    match = SshdMatch(criteria="User bob", for_root=False, options=SshdOptions(**{**SAFE, **changes}))
    verdict = check(Sshd(id="web-1", options=SshdOptions(**SAFE), matches=(match,), running=True))
    assert verdict.status is Status.FAIL
    assert "with Match User bob" in verdict.reason
