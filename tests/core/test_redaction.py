"""Secrets are masked before anybody sees them; what checks read is left as it is.

The secrets here are made up. Those that a provider's scanner would take for real are put together at run time.
"""

from __future__ import annotations

import json

import pytest

from core.redaction import redact

SECRET = "Tr0ub4dor-hunter2"
PEM = "PRIVATE KEY-----"
SECRETS = {
    "PKCS 8 key": f"-----BEGIN {PEM}\n{SECRET}\n-----END {PEM}\n",
    "RSA key": f"-----BEGIN RSA {PEM}\n{SECRET}\n-----END RSA {PEM}\n",
    "OpenSSH key that was cut off": f"-----BEGIN OPENSSH {PEM}\n{SECRET}\n",
    "sha512crypt": f"root:$6$salt${SECRET}:19000:0:99999:7:::",
    "yescrypt": f"root:$y$j9T$salt${SECRET}:19000:0:99999:7:::",
    "bcrypt": f"admin:$2y$10${SECRET}",
    "argon2": f"$argon2id$v=19$m=65536${SECRET}",
    "Apache MD5": f"admin:$apr1$salt${SECRET}",
    "LDAP hash": f"userPassword: {{SSHA}}{SECRET}",
    "URL": f"https://user:{SECRET}@example.org/path",
    "URL with an at sign in the password": f"postgres://user:p@{SECRET}@example.org/db",
    "proxy": f"http_proxy=http://user:{SECRET}@proxy:3128",
    "authorization header": f"Authorization: Basic {SECRET}",
    "bearer token": f"curl -H 'Authorization: Bearer {SECRET}'",
    "bearer token alone": f"bearer {SECRET}",
    "cookie": f"Cookie: session={SECRET}; other={SECRET}",
    "JSON web token": f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx.{SECRET}",
    "GitHub token": "ghp_" + SECRET.replace("-", "") * 2,
    "GitLab token": "glpat-" + SECRET,
    "Slack token": "xoxb-" + SECRET,
    "Stripe key": "sk_live_" + SECRET.replace("-", ""),
    "AWS secret key": f"aws_secret_access_key = {SECRET}",
    "Azure connection string": f"DefaultEndpointsProtocol=https;AccountName=a;AccountKey={SECRET};",
    "ini line": f"password = {SECRET}",
    "ini line with a comma": f"password = x,{SECRET}",
    "shell export": f"export DB_PASSWORD={SECRET}",
    "short name": f"DB_PASS={SECRET}",
    "MySQL variable": f"MYSQL_PWD={SECRET}",
    "connection string": f"Server=db;Uid=sa;Pwd={SECRET};",
    "quoted value": f'secret = "a {SECRET} b"',
    "quote within quotes": f'token: "a\\"{SECRET}"',
    "quote that never ends": f'token: "{SECRET}',
    "compact JSON": json.dumps({"password": SECRET, "a": 1}, separators=(",", ":")),
    "JSON": json.dumps({"client_secret": SECRET}),
    "JSON within JSON": json.dumps(json.dumps({"api_key": SECRET})),
    "YAML": f"apiKey: {SECRET}",
    "header": f"X-Api-Key: {SECRET}",
    "option": f"tool --password {SECRET} --user me",
    "option with equals": f"tool --token={SECRET}",
    "mount option": f"//server/share /mnt cifs user=me,password={SECRET},uid=0 0 0",
    "WireGuard": f"PrivateKey = {SECRET}\nPresharedKey = {SECRET}",
    "wireless network": f'psk="{SECRET}"',
    "netrc": f"machine example.org login me password {SECRET}",
    "SQL": f"CREATE USER me IDENTIFIED BY '{SECRET}'",
    "SNMP": f"rocommunity {SECRET} 127.0.0.1",
    "mark with more behind it": f"password = '[redacted: value, 3 bytes] {SECRET}'",
}

HARMLESS = {
    "sshd -T": "passwordauthentication yes\npermitemptypasswords no\nkbdinteractiveauthentication no\n"
    "authorizedkeysfile .ssh/authorized_keys\npubkeyauthoptions none\nhostkey /etc/ssh/ssh_host_ed25519_key\n"
    "permitrootlogin without-password\nhostkeyalgorithms sk-ssh-ed25519-cert-v01@openssh.com,"
    "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com,rsa-sha2-512\n",
    "passwd(5)": "root:x:0:0:root:/root:/bin/bash\npasswd:x:1:1::/:/bin/sh\nsecret:x:2:2:a token holder:/:/bin/sh\n",
    "group(5)": "token:x:99:root,secret\n",
    "nsswitch": "passwd:         files systemd\nshadow:         files\n",
    "PAM": "password\t[success=1 default=ignore]\tpam_unix.so obscure use_authtok try_first_pass yescrypt\n"
    "password requisite pam_pwquality.so retry=3 minlen=14\nauth required pam_faillock.so preauth deny=5\n",
    "login.defs": "PASS_MAX_DAYS\t99999\nPASS_MIN_DAYS 0\nPASS_WARN_AGE 7\nENCRYPT_METHOD YESCRYPT\n",
    "sudoers": '{"Defaults":[{"Options":[{"passwd_tries":3},{"passwd_timeout":"0"},{"targetpw":false}]}],'
    '"User_Specs":[{"Cmnd_Specs":[{"Options":[{"authenticate": false}],"Commands":[{"command":"/usr/bin/passwd"}]}]}]}',
    "environment": "PWD=/root\nOLDPWD=/srv/data\nHOME=/root\n",
    "paths": "password_file = /etc/app/password\nSSLCertificateKeyFile /etc/ssl/private/x.key\n",
    "switches": "require_password = yes\ntoken: none\npassword_lifetime = 90\nsecret: 'true'\n",
    "public key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEx me@example.org\n-----BEGIN CERTIFICATE-----\nMII\n",
    "fstab": "# <file system> <mount point> <type> <options> <dump> <pass>\nUUID=1-2 / ext4 errors=remount-ro 0 1\n",
    "kernel": "kernel.kptr_restrict = 1\nnet.ipv4.conf.all.accept_redirects = 0\n",
    "URL": "https://example.org:8443/path?x=1 deb http://ftp.debian.org/debian bookworm main\n",
}


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_masked(name: str) -> None:
    masked, counts = redact(SECRETS[name].encode())
    assert SECRET.encode() not in masked
    assert SECRET.replace("-", "").encode() not in masked
    assert b"[redacted: " in masked
    assert sum(counts.values()) == masked.count(b"[redacted: ")


@pytest.mark.parametrize("name", HARMLESS)
def test_what_checks_read_is_left_alone(name: str) -> None:
    assert redact(HARMLESS[name].encode()) == (HARMLESS[name].encode(), {})


@pytest.mark.parametrize("name", SECRETS)
def test_redacting_again_changes_nothing(name: str) -> None:
    once, _ = redact(SECRETS[name].encode())
    assert redact(once) == (once, {})


def test_a_mark_says_what_kind_of_secret_and_how_long() -> None:
    assert redact(b"password=hunter2") == (b"password=[redacted: password, 7 bytes]", {"password": 1})
    assert redact(b"u:$6$salt$abcdefgh:1") == (b"u:[redacted: password hash, 16 bytes]:1", {"password hash": 1})


def test_json_stays_json() -> None:
    masked, _ = redact(json.dumps({"password": 'a"b', "list": [{"token": SECRET}], "port": 22}).encode())
    assert json.loads(masked) == {
        "password": "[redacted: password, 4 bytes]",
        "list": [{"token": f"[redacted: token, {len(SECRET)} bytes]"}],
        "port": 22,
    }


@pytest.mark.parametrize("command", [f"/bin/x --token {SECRET}", f'/bin/x -password "{SECRET} {SECRET}" -v'])
def test_json_around_a_command_stays_json(command: str) -> None:
    """As cvtsudoers prints rules of sudo: one with a secret must not hide the others."""
    masked, _ = redact(json.dumps([{"command": command}, {"command": "/bin/ls"}], indent=1).encode())
    assert SECRET.encode() not in masked
    assert [each["command"].split()[0] for each in json.loads(masked)] == ["/bin/x", "/bin/ls"]


def test_what_is_around_a_secret_stays() -> None:
    masked, _ = redact(b"a = 1\npassword = x\nb = 2\n")
    assert masked == b"a = 1\npassword = [redacted: password, 1 bytes]\nb = 2\n"


def test_every_secret_of_many_is_masked_and_counted() -> None:
    masked, counts = redact("\n\n".join(SECRETS[name] for name in SECRETS if "cut off" not in name).encode())
    assert SECRET.encode() not in masked
    assert counts["private key"] == 2


HOSTILE = {
    "one long word": b"a",
    "names without values": b"password_",
    "names and equals": b"password=",
    "spaces": b" ",
    "new lines": b"\n",
    "quotes": b'"password":"',
    "backslashes": b'token="\\',
    "schemes": b"a://",
    "users": b"a://b:c",
    "begins of keys": b"-----BEGIN RSA ",
    "begins of whole keys": b"-----BEGIN RSA PRIVATE KEY-----",
    "dollars": b"$6$",
    "dots": b"eyJaaaaaaaaa.",
    "dashes": b"--password ",
    "logins": b"login a password ",
    "marks": b"password=[redacted: ",
    "zeros": b"\0",
}
