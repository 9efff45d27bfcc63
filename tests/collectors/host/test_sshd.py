from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from collectors.host.facts import Answer, Fact
from collectors.host.source import FactError, NeedsRootError
from collectors.host.sshd import (
    BANNERS,
    SSH_HOST_KEYS,
    SSHD_FILES,
    SSHD_INSTALLED,
    SSHD_MATCHES,
    SSHD_OPTIONS,
    SSHD_OPTIONS_FOR_ROOT,
    SSHD_RUNNING,
    parse_options,
    parse_sshd,
    ssh_host_keys,
    sshd,
    sshd_files,
)
from collectors.host.sshd_matches import is_for_root, parse_matches
from core.codec import encode
from core.resource import missing_fields
from core.resources.host.sshd import Sshd, SshdFile, SshdOptions, SshHostKey
from tests.command_line import WITHOUT_ROOTS_POWER
from tests.twins import MISSING, NEEDS_ROOT, RecordedHost

# OpenSSH 9.2p1 of Debian 12, as installed.
DEBIAN_12 = """\
port 22
usepam yes
maxauthtries 6
clientaliveinterval 0
clientalivecountmax 3
permitrootlogin without-password
ignorerhosts yes
hostbasedauthentication no
pubkeyauthentication yes
gssapikeyexchange no
gssapikexalgorithms gss-group14-sha256-,gss-group14-sha1-,gss-gex-sha1-
passwordauthentication yes
kbdinteractiveauthentication no
x11forwarding yes
permitemptypasswords no
allowtcpforwarding yes
allowagentforwarding yes
disableforwarding no
ciphers chacha20-poly1305@openssh.com,aes128-ctr
macs umac-64-etm@openssh.com,hmac-sha2-256
banner none
trustedusercakeys none
kexalgorithms sntrup761x25519-sha512,sntrup761x25519-sha512@openssh.com,curve25519-sha256
loglevel INFO
authorizedkeysfile .ssh/authorized_keys .ssh/authorized_keys2
authorizedkeyscommand none
authenticationmethods any
permituserenvironment no
"""
HARDENED = """\
MaxAuthTries 3
allowusers alice
allowgroups ops
allowgroups admins
denyusers eve
denygroups guests
authenticationmethods publickey,keyboard-interactive publickey,password
banner /etc/issue.net
trustedusercakeys /etc/ssh/ca.pub
gssapikeyexchange yes
gssapikexalgorithms gss-gex-sha1-
challengeresponseauthentication no
"""
RUNNING: Mapping[Fact, str | bytes | Answer] = {
    SSHD_INSTALLED: "installed\n",
    SSHD_MATCHES: b"/etc/ssh/sshd_config\0Include /etc/ssh/sshd_config.d/*.conf\n\0",
    SSHD_OPTIONS: DEBIAN_12,
    SSHD_OPTIONS_FOR_ROOT: DEBIAN_12,
    SSHD_RUNNING: "running\n",
    BANNERS: b"20\0/etc/issue.net\x000\0/etc/motd\0",
}


def ask(**changes: str | bytes | Answer) -> Sshd:
    names = {fact.name: fact for fact in RUNNING}
    (seen,) = sshd(RecordedHost({**RUNNING, **{names[name]: said for name, said in changes.items()}}))
    assert isinstance(seen, Sshd)
    encode(seen)
    return seen


def options(text: str, banners: dict[str, int] | None = None) -> SshdOptions:
    said = parse_options(text)
    return parse_sshd(said, said, banners or {})


def test_debian_as_installed() -> None:
    seen = ask()
    assert seen.running
    assert seen.options is not None
    assert seen.options.root_login == "prohibit-password"
    assert seen.options.password_authentication
    assert not seen.options.keyboard_interactive_authentication
    assert seen.options.authentication_methods == ()
    assert not seen.options.trusts_certificates
    assert seen.options.maximum_authentication_tries == 6
    assert (seen.options.client_alive_interval, seen.options.client_alive_count) == (0, 3)
    assert (seen.options.banner, seen.options.banner_bytes) == ("", 0)
    assert seen.options.macs == ("umac-64-etm@openssh.com", "hmac-sha2-256")
    assert seen.options.gssapi_key_exchanges == ()
    assert seen.options.allowed_groups == ()
    assert missing_fields(seen.options) == {}


def test_lists_paths_and_old_names() -> None:
    seen = options(HARDENED, {"/etc/issue.net": 20})
    assert seen.maximum_authentication_tries == 3
    assert seen.allowed_users == ("alice",)
    assert seen.allowed_groups == ("ops", "admins")
    assert (seen.denied_users, seen.denied_groups) == (("eve",), ("guests",))
    assert seen.authentication_methods == ("publickey,keyboard-interactive", "publickey,password")
    assert seen.trusts_certificates
    assert (seen.banner, seen.banner_bytes) == ("/etc/issue.net", 20)
    assert seen.gssapi_key_exchanges == ("gss-gex-sha1-",)
    assert not seen.keyboard_interactive_authentication  # named ChallengeResponseAuthentication then


@pytest.mark.parametrize(
    ("text", "elsewhere"),
    [
        ("authorizedkeysfile .ssh/authorized_keys %h/.ssh/authorized_keys2", False),
        ("authorizedkeysfile none", False),
        ("authorizedkeysfile /etc/ssh/keys/%u", True),
        ("authorizedkeysfile none\nauthorizedkeyscommand /usr/bin/sss_ssh_authorizedkeys", True),
    ],
)
def test_keys_from_elsewhere(text: str, elsewhere: bool) -> None:
    assert options(text).keys_elsewhere is elsewhere


def test_root_is_asked_for_apart() -> None:
    assert ask(sshd_options_for_root="permitrootlogin no\n").options.root_login == "no"  # type: ignore[union-attr] # installed


def test_what_is_not_reported_or_not_known_is_unobserved() -> None:
    seen = options("loglevel INFO\npermitrootlogin maybe\nmaxauthtries many\nx11forwarding perhaps\nbanner /srv/b\n")
    missing = missing_fields(seen)
    assert missing["ciphers"] == "this version of sshd does not report ciphers"
    assert missing["root_login"] == "sshd reports permitrootlogin maybe, which we do not know"
    assert missing["maximum_authentication_tries"] == "sshd reports maxauthtries many, which we do not know"
    assert missing["x11_forwarding"] == "sshd reports x11forwarding perhaps, which we do not know"
    assert missing["banner_bytes"] == "/srv/b is not among the banners we look at"


def test_not_installed() -> None:
    seen = ask(sshd_installed="", sshd_options=NEEDS_ROOT, sshd_running="")
    assert seen.options is None
    assert not seen.running


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (NEEDS_ROOT, "sshd_options: only root may see this"),
        (Answer(b"", "sudo: a password is required", 1), "sshd_options: only root may see this"),
        (
            Answer(b"", "Missing privilege separation directory: /run/sshd", 255),
            "sshd_options: ended with status 255: Missing privilege separation directory: /run/sshd",
        ),
        (
            Answer(b"", "sshd: no hostkeys available -- exiting.", 1),
            "sshd_options: ended with status 1: sshd: no hostkeys available -- exiting.",
        ),
        (Answer(b"port 2", truncated=True), "sshd_options: more than 262144 bytes of output, cut off"),
    ],
)
def test_a_failure_to_look_leaves_the_options_unobserved(said: Answer, reason: str) -> None:
    assert missing_fields(ask(sshd_options=said)) == {"options": reason, "matches": reason}


def test_processes_hidden_from_us_leave_running_unobserved() -> None:
    assert "running" in missing_fields(ask(sshd_running=Answer(b"", "", 13)))


def test_files() -> None:
    said = b"644\0root\0root\0/etc/ssh/sshd_config\x00640\0root\0ssh_keys\0/etc/ssh/ssh_host_\xff\n_key\0"
    configuration, key = sshd_files(RecordedHost({SSHD_FILES: said}))
    assert configuration == SshdFile(
        id="/etc/ssh/sshd_config", private_key=False, mode=0o644, owner="root", group="root"
    )
    assert key == SshdFile(
        id="/etc/ssh/ssh_host_\\xff\n_key", private_key=True, mode=0o640, owner="root", group="ssh_keys"
    )
    encode(key)


def test_no_files() -> None:
    assert list(sshd_files(RecordedHost({SSHD_FILES: ""}))) == []


def test_a_folder_we_may_not_list_is_no_empty_folder() -> None:
    with pytest.raises(NeedsRootError, match="there is a folder that we may not list"):
        list(sshd_files(RecordedHost({SSHD_FILES: Answer(b"", "", 13)})))


def test_host_keys() -> None:
    said = (
        b"/etc/ssh/ssh_host_ed25519_key.pub\x00256 SHA256:FIl7gKiO root@some host (ED25519)\n\0"
        b"/etc/ssh/ssh_host_rsa_key.pub\x003072 SHA256:mLZz93xJ no comment (RSA)\n\0"
    )
    ed25519, rsa = ssh_host_keys(RecordedHost({SSH_HOST_KEYS: said}))
    assert ed25519 == SshHostKey(
        id="/etc/ssh/ssh_host_ed25519_key.pub", algorithm="ED25519", bits=256, fingerprint="SHA256:FIl7gKiO"
    )
    assert rsa == SshHostKey(
        id="/etc/ssh/ssh_host_rsa_key.pub", algorithm="RSA", bits=3072, fingerprint="SHA256:mLZz93xJ"
    )


def test_a_host_key_that_a_new_ssh_keygen_no_longer_reads_hides_no_other() -> None:
    said = Answer(b"/etc/ssh/ssh_host_dsa_key.pub\0\0/etc/ssh/x_key.pub\x00256 SHA256:F x (ED25519)\n\0")
    unread, read = ssh_host_keys(RecordedHost({SSH_HOST_KEYS: said}))
    assert set(missing_fields(unread)) == {"algorithm", "bits", "fingerprint"}
    assert missing_fields(read) == {}
    encode(unread)


@pytest.mark.parametrize("said", [MISSING, Answer(b"", "timed out", 124)])
def test_without_ssh_keygen_host_keys_are_a_gap(said: Answer) -> None:
    with pytest.raises(FactError):
        list(ssh_host_keys(RecordedHost({SSH_HOST_KEYS: said})))


MATCHES = b"""\
/etc/ssh/sshd_config.d/10.conf\0match User bob,eve Address 192.0.2.0/24
passwordauthentication YES
PasswordAuthentication no
ChallengeResponseAuthentication=yes  # for the token
LogLevel quiet
AllowUsers "bob" eve
Match Group sftp
\0/etc/ssh/sshd_config\0Include /etc/ssh/sshd_config.d/*.conf
\0"""


def test_match_blocks_change_what_holds_for_all() -> None:
    bob, sftp = ask(sshd_matches=MATCHES).matches
    assert (bob.criteria, bob.for_root) == ("User bob,eve Address 192.0.2.0/24", False)
    assert bob.options.password_authentication
    assert bob.options.keyboard_interactive_authentication
    assert (bob.options.log_level, bob.options.allowed_users) == ("QUIET", ("bob", "eve"))
    assert bob.options.maximum_authentication_tries == 6
    assert (sftp.criteria, sftp.for_root) == ("Group sftp", True)
    assert sftp.options.log_level == "INFO"


def test_files_that_are_not_looked_at_leave_match_blocks_unobserved() -> None:
    reason = "/etc/ssh/sshd_config: it includes /srv/ssh/*.conf, which is not looked at"
    seen = ask(sshd_matches=b"/etc/ssh/sshd_config\0Include /srv/ssh/*.conf\n\0")
    assert missing_fields(seen) == {"matches": reason}
    assert set(missing_fields(ask(sshd_matches=Answer(b"", "", 13)))) == {"matches"}


def printed(folder: Path, privileged: str) -> subprocess.CompletedProcess[bytes]:
    """What the fact's own shell prints about this folder, for somebody whom the permissions of files hold back."""
    command = SSHD_MATCHES.command.replace("/etc/ssh", str(folder))
    environment = {"PATH": os.defpath, "SUDO": privileged}
    return subprocess.run(
        [*WITHOUT_ROOTS_POWER, "/bin/sh", "-c", command], capture_output=True, env=environment, check=False
    )


@pytest.mark.parametrize("hidden", ["", "sshd_config.d/10-first.conf", "sshd_config.d", "sshd_config"])
def test_match_blocks_that_only_root_may_read_are_read_through_sudo(tmp_path: Path, hidden: str) -> None:
    folder = tmp_path / "ssh"
    (folder / "sshd_config.d").mkdir(parents=True)
    (folder / "sshd_config").write_text("Port 22\ninclude sshd_config.d/*.conf\nMatch User eve\n X11Forwarding no\n")
    (folder / "sshd_config.d" / "10-first.conf").write_text("LogLevel INFO\n# Match\n Match User bob\n\n Banner none\n")
    (folder / "sshd_config.d" / "20-second.conf").write_text("LogLevel INFO\n")
    (folder / "sshd_config.d" / "README").write_text("Match User nobody\n")
    shutil.copytree(folder, tmp_path / "seen by root")
    sudo = tmp_path / "sudo"
    sudo.write_text(
        "#!/bin/sh\n"
        f"cd '{tmp_path}/seen by root' || exit 9\n"
        f"for last; do :; done\n"
        f'case $2 in -RH) grep -RH "$3" "${{last#{folder}/}}" | sed "s|^|{folder}/|" ;; *) grep "$2" sshd_config ;; esac\n'
    )
    sudo.chmod(0o755)
    if hidden:
        (folder / hidden).chmod(0)
    try:
        seen, refused = printed(folder, str(sudo)), printed(folder, "needs-root")
    finally:
        (folder / hidden).chmod(0o700)
    names_and_texts = seen.stdout.decode().replace(f"{folder}/", "").replace("\n\n", "\n").split("\0")
    assert seen.returncode == 0, seen.stderr
    assert names_and_texts == [
        *("sshd_config.d/10-first.conf", "Match User bob\nBanner none\n"),
        *("sshd_config.d/20-second.conf", ""),
        *("sshd_config", "include sshd_config.d/*.conf\nMatch User eve\nX11Forwarding no\n"),
        "",
    ]
    assert (b"needs-root: " in refused.stderr) is bool(hidden)
    assert (refused.returncode != 0) is bool(hidden)


def test_what_is_no_list_of_options_is_no_answer() -> None:
    """Else an option that is not there would pass for one that is not set."""
    assert set(missing_fields(ask(sshd_options="garbage\n"))) == {"options", "matches"}


@pytest.mark.parametrize(
    ("criteria", "for_root"),
    [
        ("User root", True),
        ("User r*,bob", True),
        ("User *,!root", False),
        ("User bob", False),
        ("Address 192.0.2.1 User bob", False),
        ("Group wheel", True),
        ("all", True),
    ],
)
def test_for_whom_a_match_block_is(criteria: str, for_root: bool) -> None:
    assert is_for_root(criteria) is for_root


def test_nothing_before_the_first_match_is_taken() -> None:
    assert list(parse_matches("Port 22\n\nMatch all\n")) == [("all", {})]


def test_an_sshd_from_elsewhere_is_not_called_absent() -> None:
    seen = ask(sshd_installed="")
    assert set(missing_fields(seen)) == {"options"}
    assert seen.matches == ()
    assert ask(sshd_installed="", sshd_running="").options is None
