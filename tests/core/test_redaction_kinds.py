"""Each kind of secret in its own surroundings, and beside it what only looks like one and must stay."""

from __future__ import annotations

import base64
import gzip
import json
from random import Random

import pytest

from core.redaction import redact
from tests.core.planted import KINDS, planted

SEED = 4711


def is_json(text: str | bytes) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("kind", KINDS)
def test_a_secret_is_masked_where_one_finds_it(kind: str) -> None:
    random = Random(f"{SEED} {kind}")
    for _ in range(5):
        found = planted(kind, random)
        masked, counts = redact(found.text.encode())
        assert [secret for secret in found.secrets if secret.encode() in masked] == [], masked
        assert masked.count(b"[redacted: ") == sum(counts.values()) > 0
        assert redact(masked) == (masked, {})
        assert is_json(masked) or not is_json(found.text)


LOOK_ALIKES = {
    "public keys": "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n-----BEGIN PGP PUBLIC KEY BLOCK-----\nmQEN\n",
    "public parts of PuTTY keys": "PuTTY-User-Key-File-3: ssh-ed25519\nPublic-Lines: 1\nAAAAC3NzaC1lZDI1NTE5\n",
    "recipients of age": "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p\n",
    "names of AWS": "arn:aws:iam::123456789012:role/Admin\nAIDAJQABLZS4A3QDU576Q AROAJQABLZS4A3QDU576Q\n",
    "access keys that AWS lists": json.dumps(
        [{"UserName": "ada", "AccessKeyId": "AK" + "IAIOSFODNN7EXAMPLE", "Status": "Active"}]
    ),
    "access keys that AWS lists in XML": f"<member><AccessKeyId>{'AK' + 'IA'}IOSFODNN7EXAMPLE</AccessKeyId><Status>Active</Status></member>",
    "facts about passwords in XML": "<PasswordLastUsed>2026-01-31T12:00:00Z</PasswordLastUsed><MinimumPasswordLength>14</MinimumPasswordLength>"
    "<MaxPasswordAge>90</MaxPasswordAge><PasswordReusePrevention>24</PasswordReusePrevention><HardExpiry>false</HardExpiry>",
    "facts about passwords in JSON": json.dumps(
        {
            "PasswordPolicy": {"MinimumPasswordLength": 14, "MaxPasswordAge": 3650},
            "passwordCredentials": [{"hint": "abc", "endDateTime": "2026-01-31T12:00:00Z"}],
            "passwordChanged": "2026-01-31T12:00:00.000Z",
            "password_expires_at": None,
            "HttpTokens": "required",
            "token_ttl": 2764800,
            "SecretArn": "arn:aws:secretsmanager:eu-1:123456789012:secret:db-AbCdEf",
            "secret_rotation": "monthly",
            "secrets": [],
        }
    ),
    "clients of OAuth": json.dumps({"client_id": "0oa1", "token_endpoint_auth_method": "private_key_jwt"}),
    "pages": json.dumps({"NextToken": "AAAAAGVsbG8gd29ybGQx", "nextPageToken": "CAEQAA2345678", "items": []}),
    "pages of Azure": json.dumps({"nextLink": "https://management.example/users?api-version=1&$skiptoken=X%2712345"}),
    "addresses without a password": "ssh://git@example.org/a.git postgres://db:5432/shop redis://cache:6379/0 http://[::1]:80/@x\n",
    "connection strings without a password": "Server=db,1433;Database=shop;Integrated Security=true;Encrypt=True\n",
    "digests": "d41d8cd98f00b204e9800998ecf8427e  /bin/ls\nSHA256:uNiVztksCsDhcc0u9e8BrqDvOIsD4fX0mZ1Q2f0f0fA\n",
    "digests as fields": json.dumps({"sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "key": "env"}),
    "identifiers": "machine-id 4c4c4544004d3510805ac4c04f4a3232\nUUID=0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9\n",
    "encoded text without a secret": f"blob {base64.b64encode(b'just a letter to a friend, nothing more than that').decode()}\n",
    "encoded bytes": f"icon {base64.b64encode(bytes(range(256))).decode()}\n",
    "packed text without a secret": base64.b64encode(gzip.compress(b"just a letter" * 9, mtime=0)).decode(),
    "what begins like packed text": base64.b64encode(b"\x1f\x8b" + b"no gzip at all" * 3).decode(),
    "encoded Latin text": base64.b64encode("Grüße aus Köln, schöne Straßen überall".encode("latin-1")).decode(),
    "text with control characters later on": base64.b64encode(b"a" * 60 + b"\0" * 9).decode(),
    "host names": "web-1.example.org 10.0.0.1 fe80::1 2001:db8::8a2e:370 00:16:3e:aa:bb:cc\n",
    "group(5) and subuid(5)": "secret:x:99:ada\nadmin:*::ada\nada:100000:65536\n",
    "shadow(5) without a password": "ada:!:19000:0:99999:7:::\nbob:*:19000:0:99999:7:::\neve:!!:19000::::::\n",
    "inittab(5)": "id:3:initdefault:\n1:2345:respawn:/sbin/getty 38400 tty1\n",
    "sshd -T": "usepam yes\nauthorizedkeyscommand none\nsecuritykeyprovider internal\nmaxauthtries 3\nhostkey /etc/ssh/ssh_host_rsa_key\n",
    "PAM": "account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so\npassword sufficient pam_unix.so use_authtok\n",
    "sudoers": "ada ALL=(root) NOPASSWD: /usr/bin/passwd ada\nDefaults passwd_tries=3, timestamp_type=tty, pwfeedback\n",
    "snmpd.conf(5) without a community": "sysLocation here\nview all included .1\nrouser ada authpriv\n",
    "chrony.conf(5)": "keyfile /etc/chrony/chrony.keys\nserver time.example.org iburst key 1\n",
    "WireGuard's public side": "[Peer]\nPublicKey = xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=\nAllowedIPs = 10.0.0.2/32\n",
    "chage(1)": "Last password change\t\t: Jan 31, 2026\nPassword expires\t\t\t: never\nMinimum number of days between password change\t\t: 0\n",
    "systemd": "PassEnvironment=LANG\nKeyringMode=private\nPassCredentials=no\nLoadCredential=\nTTYReset=no\n",
    "variables that only name": "DB_PASSWORD_FILE=/run/secrets/db\nSECRET_NAME=db\nTOKEN_URL=https://id.example.org/token\n",
    "references": "password = ${DB_PASSWORD}\ntoken: {{ vault_token }}\nAPI_KEY=$API_KEY\n",
    "options that only name": "mysql --no-password ping\ntool --password-file /etc/app/password --token-ttl 5m --ask-pass web\n",
    "options that look alike": "ssh -p 2222 web\nmkdir -p /srv/data\nps -p 812\ncp -pr a b\ngrep -e a -c b\ncurl -uri x\n",
    "openssl without a password": "openssl pkcs12 -passin env:PASSWORD -passout file:/etc/ssl/pass -in a.p12\n",
    "pipes": "echo done | tee log\nprintf '%s' x | sha256sum\n",
    "Kubernetes": "kind: ConfigMap\ndata:\n  level: info\n---\nkind: Deployment\nmetadata:\n  name: web\n",
    "Terraform": json.dumps({"type": "random_pet", "result": "calm-otter", "sensitive": False, "value": "eu-1"}),
    "pairs": json.dumps([{"name": "LEVEL", "value": "information"}, {"Key": "team", "Value": "payments"}]),
    "weak names": "key = value-without-digits-in-it\nssh_key: /home/ada/.ssh/id_ed25519_2026\nauth: required\nsalt=short1\nkey: a1a1a1a1a1a1a1a1a1a1a1a1\n",
    "SQL": "CREATE ROLE ada LOGIN;\nSELECT password_changed FROM users WHERE name = 'ada';\n",
    "words": "the password is changed every 90 days; tokens expire, and secrets are kept in a vault\ncookies are fine\n",
    "empty values": "password=\ntoken: ''\n\"secret\": \"\"\npassword = \"\"\n<password></password>\n",
    "SAML metadata": '<md:AssertionConsumerService Binding="x" Location="https://a.example/acs"/>\n',
    "slack elsewhere": "https://slack.com/intl/help https://hooks.slack.com/\nhttps://discord.com/channels/1\n",
}  # fmt: skip


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_what_only_looks_like_a_secret_stays(name: str) -> None:
    assert redact(LOOK_ALIKES[name].encode()) == (LOOK_ALIKES[name].encode(), {})


def test_kinds_are_named_after_what_they_are() -> None:
    said = {
        "password: x1": "password",
        "DB_PWD=x1": "password",
        "auth_token=x1": "token",
        "client_secret=x1": "secret",
        "api_key=x1": "key",
        "psk=x1": "pre-shared key",
        "credential=x1": "credential",
        "rocommunity x1": "SNMP community",
        "redis://:x1@cache": "password in URL",
    }
    assert {text: list(redact(text.encode())[1]) for text in said} == {text: [kind] for text, kind in said.items()}


def test_a_number_behind_a_name_in_json_becomes_text() -> None:
    masked, _ = redact(b'{"pin_token": 123456, "inner": "{\\"password\\": 123456}"}')
    found = json.loads(masked)
    assert found["pin_token"] == "[redacted: token, 6 bytes]"
    assert json.loads(found["inner"]) == {"password": "[redacted: password, 6 bytes]"}


def test_what_is_encoded_twice_is_looked_into_twice() -> None:
    inner = base64.b64encode(b"password: correct-horse-battery-staple").decode()
    once = base64.b64encode(f"write_files:\n  content: {inner}\n".encode())
    masked, counts = redact(b"user-data: " + once + b"\n")
    assert once not in masked
    assert counts == {"encoded secret": 1}


def test_what_is_packed_too_tightly_to_look_at_is_masked() -> None:
    packed = base64.b64encode(gzip.compress(b"nothing " * 100_000, mtime=0))
    assert redact(packed) == (f"[redacted: encoded secret, {len(packed)} bytes]".encode(), {"encoded secret": 1})


def test_options_after_a_password_stay() -> None:
    """Checks read the options of mounts: `nosuid` must not go with the password before it."""
    masked, _ = redact(b"//nas/share /mnt cifs user=me,password=a,b%c,nosuid,nodev,uid=0 0 0\n")
    assert masked == b"//nas/share /mnt cifs user=me,password=[redacted: password, 5 bytes],nosuid,nodev,uid=0 0 0\n"
