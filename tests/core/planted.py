"""Made-up secrets of many kinds, each in the surroundings in which one finds it.

They come from a seed, and the shapes that a scanner for secrets would take for real are put together at run time.
"""

from __future__ import annotations

import base64
import gzip
import json
import string
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

LETTERS = string.ascii_letters + string.digits
BASE64 = LETTERS + "+/"
BASE32 = string.ascii_uppercase + "234567"
HEX = "0123456789abcdef"
KEY = "PRIVATE KEY"


@dataclass(frozen=True, slots=True)
class Planted:
    """Text as a machine has it, and the secrets in it."""

    kind: str
    text: str
    secrets: tuple[str, ...]


class Seeds:
    """Draws secrets, and remembers which."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.drawn: list[str] = []

    def chance(self, alphabet: str, length: int) -> str:
        return "".join(self.random.choices(alphabet, k=length))

    def keep(self, secret: str) -> str:
        self.drawn.append(secret)
        return secret

    def of(self, alphabet: str, length: int) -> str:
        return self.keep(self.chance(alphabet, length))

    def word(self) -> str:
        """A password as people choose one."""
        return self.of(LETTERS, self.random.randrange(10, 18))

    def odd(self) -> str:
        """One with signs, which escape differently in JSON and in addresses."""
        return self.keep(self.chance(LETTERS, 6) + self.random.choice("%+!") + self.chance(LETTERS, 6))

    def code(self) -> str:
        """Two halves, as codes for emergencies have."""
        return self.keep(f"{self.chance(HEX, 5)}-{self.chance(HEX, 5)}")

    def phrase(self) -> str:
        """Words with blanks between them."""
        return self.keep(" ".join(self.chance(string.ascii_lowercase, 6) for _ in range(4)))

    def hidden(self, text: str) -> str:
        """Text in base64, which is as good as the text."""
        return self.keep(base64.b64encode(text.encode()).decode())


def _pem(s: Seeds, label: str) -> str:
    lines = "\n".join(s.of(BASE64, 64) for _ in range(4))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n"


def _tfstate(s: Seeds) -> str:
    attributes = {"length": 16, "result": s.word()}
    resource = {"mode": "managed", "type": "random_password", "name": "db", "instances": [{"attributes": attributes}]}
    return json.dumps({"outputs": {"admin_password": {"value": s.word(), "type": "string"}}, "resources": [resource]})


def _user_data(s: Seeds) -> str:
    return f"#cloud-config\nhostname: web-1\nusers:\n  - name: ada\n    plain_text_passwd: {s.word()}\n"


def _service_account(s: Seeds) -> str:
    key = f"-----BEGIN {KEY}-----\n{s.of(BASE64, 64)}\n-----END {KEY}-----\n"
    account = {
        "type": "service_account",
        "private_key_id": s.of(HEX, 40),
        "private_key": key,
        "client_email": "a@b.example",
    }
    return json.dumps(account, indent=2)


KINDS: dict[str, Callable[[Seeds], str]] = {
    "PKCS 8 key": lambda s: _pem(s, KEY),
    "encrypted PKCS 8 key": lambda s: _pem(s, f"ENCRYPTED {KEY}"),
    "OpenSSH key": lambda s: _pem(s, f"OPENSSH {KEY}"),
    "PGP key": lambda s: _pem(s, f"PGP {KEY} BLOCK"),
    "PuTTY key": lambda s: (
        "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: ada\nPublic-Lines: 1\nAAAAC3Nza\n"
        f"Private-Lines: 2\n{s.of(BASE64, 64)}\n{s.of(BASE64, 20)}\nPrivate-MAC: 0011\n"
    ),
    "age key": lambda s: f"# created: 2026-01-01\n# public key: age1qqq\nAGE-SECRET-KEY-1{s.of(BASE32, 58)}\n",
    "AWS credentials file": lambda s: (
        f"[default]\naws_access_key_id = {'AK' + 'IA'}{s.of(BASE32, 16)}\naws_secret_access_key = {s.of(BASE64, 40)}\n"
        f"aws_session_token = {s.of(BASE64, 120)}\n"
    ),
    "AWS key as a console prints it": lambda s: (
        f"Access key ID,Secret access key\n{'AK' + 'IA'}{s.of(BASE32, 16)},{s.of(BASE64, 40)}\n"
    ),
    "GCP service account": _service_account,
    "GCP API key": lambda s: f"https://maps.example.org/api?key={'AI' + 'za'}{s.of(LETTERS, 35)}\n",
    "GCP access token": lambda s: f"gcloud auth print-access-token\n{'ya' + '29'}.{s.of(LETTERS, 60)}\n",
    "Azure storage key": lambda s: (
        f"DefaultEndpointsProtocol=https;AccountName=a;AccountKey={s.of(BASE64, 86)}==;EndpointSuffix=core.example\n"
    ),
    "Azure shared access signature": lambda s: (
        f"https://a.blob.example/c?sv=2024-01-01&se=2026-01-01T00%3A00%3A00Z&sr=c&sp=rl&sig={s.of(LETTERS, 43)}%3D\n"
    ),
    "Azure client secret": lambda s: f"az login --service-principal -u app -p {s.keep(s.chance(LETTERS, 3) + '8Q~' + s.chance(LETTERS, 34))}\n",
    "Azure service bus": lambda s: (
        f"Endpoint=sb://x.example/;SharedAccessKeyName=Root;SharedAccessKey={s.of(BASE64, 43)}=\n"
    ),
    "ADO connection string": lambda s: f"Server=tcp:db,1433;User ID=sa;Password={s.word()};Encrypt=True;\n",
    "JDBC address": lambda s: f"spring.datasource.url=jdbc:postgresql://db/shop?user=shop&password={s.word()}&ssl=true\n",
    "Oracle address": lambda s: f"url: jdbc:oracle:thin:scott/{s.word()}@db:1521:orcl\n",
    "MongoDB address": lambda s: f"MONGO_URL=mongodb+srv://app:{s.word()}@cluster0.example.org/test?retryWrites=true\n",
    "Redis address": lambda s: f"redis-server: redis://:{s.word()}@cache:6379/0\n",
    "AMQP address": lambda s: f"celery -b amqp://worker:{s.word()}@queue:5672// worker\n",
    "proxy with a password": lambda s: f'Acquire::http::Proxy "http://ada:{s.odd()}@proxy:3128";\n',
    "repository with a token": lambda s: f"origin\thttps://{s.of(LETTERS, 32)}@git.example.org/a.git (fetch)\n",
    "GitHub token": lambda s: f"[url]\n  insteadOf = x\n# {'gh' + 'p_'}{s.of(LETTERS, 36)}\n",
    "GitHub fine-grained token": lambda s: f"git clone with {'github' + '_pat_'}{s.of(LETTERS, 60)}\n",
    "GitLab token": lambda s: f"glab auth: {'glp' + 'at-'}{s.of(LETTERS, 20)}\n",
    "Slack token": lambda s: f"bot {'xox' + 'b-'}{s.of(string.digits, 12)}-{s.of(LETTERS, 24)}\n",
    "Slack webhook": lambda s: f"notify https://hooks.slack.com/services/{s.of(LETTERS, 9)}/{s.of(LETTERS, 9)}/{s.of(LETTERS, 24)}\n",
    "Discord webhook": lambda s: f"curl https://discord.com/api/webhooks/123456789/{s.of(LETTERS, 60)}\n",
    "Stripe key": lambda s: f"stripe listen {'sk_' + 'live_'}{s.of(LETTERS, 24)} {'wh' + 'sec_'}{s.of(LETTERS, 32)}\n",
    "Twilio key": lambda s: f"TWILIO_SID={'S' + 'K'}{s.of(HEX, 32)}\nTWILIO_AUTH_TOKEN={s.of(HEX, 32)}\n",
    "SendGrid key": lambda s: f"mail via {'S' + 'G'}.{s.of(LETTERS, 22)}.{s.of(LETTERS, 43)}\n",
    "npm token": lambda s: f"//registry.example.org/:_authToken={'np' + 'm_'}{s.of(LETTERS, 36)}\n",
    "PyPI token": lambda s: f"[pypi]\nusername = __token__\npassword = {'py' + 'pi-'}{s.of(LETTERS, 60)}\n",
    "Docker login": lambda s: json.dumps({"auths": {"registry.example.org": {"auth": s.hidden(f"ada:{s.word()}")}}}, indent=1),
    "HuggingFace token": lambda s: f"huggingface-cli login {'h' + 'f_'}{s.of(LETTERS, 34)}\n",
    "key of a language model": lambda s: f"export KEY\n{'sk-' + 'proj-'}{s.of(LETTERS, 40)} {'sk-' + 'ant-'}api03-{s.of(LETTERS, 40)}\n",
    "Vault token": lambda s: f"vault: {'hv' + 's.'}{s.of(LETTERS, 24)} unseal\n",
    "JSON web token": lambda s: (
        f"id eyJ{s.of(LETTERS, 30)}.eyJ{s.of(LETTERS, 40)}.{s.of(LETTERS, 80)}\n"
    ),
    "refresh token": lambda s: json.dumps({"token_type": "Bearer", "refresh_token": s.of(LETTERS, 40), "expires_in": 3600}),
    "bearer header": lambda s: f"curl -H 'Authorization: Bearer {s.of(LETTERS, 40)}' https://api.example.org\n",
    "basic header": lambda s: f"Authorization: Basic {s.hidden('ada:' + s.word())}\nAccept: */*\n",
    "header with a key": lambda s: f"wget --header 'X-Api-Key: {s.of(LETTERS, 20)}' https://api.example.org\n",
    "cookie": lambda s: f"GET / HTTP/1.1\nCookie: theme=dark; session={s.of(LETTERS, 32)}\nAccept: */*\n",
    "cookie of a command": lambda s: f"curl --cookie 'JSESSIONID={s.of(HEX, 32)}' https://app.example.org\n",
    "SAML assertion": lambda s: (
        f'<saml2:Assertion ID="_1"><saml2:Subject>{s.of(LETTERS, 30)}</saml2:Subject></saml2:Assertion>\n'
    ),
    "SAML response": lambda s: f"POST /acs\nSAMLResponse={s.of(LETTERS, 200)}&RelayState=x\n",
    "WireGuard keys": lambda s: (
        f"[Interface]\nPrivateKey = {s.of(BASE64, 43)}=\n[Peer]\nPublicKey = a\nPresharedKey = {s.of(BASE64, 43)}=\n"
    ),
    "wireless network": lambda s: f'network={{\n  ssid="home"\n  psk="{s.phrase()}"\n}}\nwep_key0={s.of(HEX, 26)}\n',
    "wireless profile": lambda s: f"[wifi-security]\nkey-mgmt=wpa-psk\npsk={s.word()}\n",
    "Kerberos keytab": lambda s: (
        f"   2 host/web-1.example.org@EXAMPLE.ORG (aes256-cts-hmac-sha1-96)  (0x{s.of(HEX, 64)})\n"
    ),
    "htpasswd": lambda s: f"ada:$apr1$saltsalt${s.of(LETTERS, 22)}\nbob:{{SHA}}{s.of(BASE64, 27)}=\n",
    "shadow": lambda s: f"root:$6$saltsalt${s.of(LETTERS, 86)}:19000:0:99999:7:::\nold:{s.of(LETTERS, 13)}:19000:0:99999:7:::\n",
    "LDAP password": lambda s: f"dn: uid=ada\nuserPassword:: {s.hidden('{SSHA}' + s.of(LETTERS, 32))}\nrootpw {{SSHA}}{s.of(LETTERS, 32)}\n",
    "Samba hashes": lambda s: f"ada:1000:{s.of('0123456789ABCDEF', 32)}:{s.of('0123456789ABCDEF', 32)}:[U          ]:LCT-65000000:\n",
    "boot loader password": lambda s: f"password_pbkdf2 root grub.pbkdf2.sha512.10000.{s.of('0123456789ABCDEF', 64)}.{s.of('0123456789ABCDEF', 64)}\n",
    "SNMP communities": lambda s: f"rocommunity {s.word()} 127.0.0.1\ncom2sec local 10.0.0.0/8 {s.word()}\ntrapsink 10.0.0.1 {s.word()}\n",
    "SNMP user": lambda s: f'createUser ada SHA "{s.word()}" AES "{s.word()}"\n',
    "SNMP command": lambda s: f"/usr/bin/snmpwalk -v2c -c {s.word()} 10.0.0.1 system\n",
    "netrc": lambda s: f"machine example.org\n  login ada\n  password {s.word()}\nmachine b.example login x password {s.word()}\n",
    "pgpass": lambda s: f"# hostname:port:database:username:password\ndb.example.org:5432:shop:ada:{s.word()}\n*:*:*:bob:{s.word()}\n",
    "my.cnf": lambda s: f'[client]\nuser = ada\npassword = "{s.phrase()}"\nhost = db\n',
    "ini without quotes": lambda s: f"[smtp]\nuser = ada\npassword = {s.phrase()}\nport = 25\n",
    "BMC": lambda s: f"ipmitool -I lanplus -H bmc-1 -U admin -P {s.word()} chassis status\nipmitool user set password 2 {s.word()}\n",
    "TOTP address": lambda s: f"otpauth://totp/Example:ada?secret={s.of(BASE32, 32)}&issuer=Example\n",
    "authenticator file": lambda s: f'{s.of(BASE32, 26)}\n" RATE_LIMIT 3 30\n" TOTP_AUTH\n{s.of(string.digits, 8)}\n',
    "recovery codes": lambda s: (
        f"Your recovery codes:\n  {s.code()}\n  {s.code()}\n\nKeep them.\n"
    ),
    "recovery codes in JSON": lambda s: json.dumps({"user": "ada", "recovery_codes": [s.of(HEX, 10), s.of(HEX, 10)]}),
    "cloud-init": _user_data,
    "cloud-init chpasswd": lambda s: f"#cloud-config\nchpasswd:\n  expire: false\n  list: |\n    root:{s.word()}\n    ada:{s.word()}\nruncmd: []\n",
    "encoded user data": lambda s: json.dumps({"InstanceId": "i-1", "UserData": {"Value": s.hidden(_user_data(s))}}),
    "packed user data": lambda s: (
        "user-data: " + base64.b64encode(gzip.compress((_user_data(s) * 2).encode(), mtime=0)).decode() + "\n"
    ),
    "variables of a unit": lambda s: (
        f'[Service]\nEnvironment="DB_PASSWORD={s.phrase()}" "LEVEL=info"\nEnvironment=API_TOKEN={s.word()} OTHER=1\nExecStart=/bin/x\n'
    ),
    "process list": lambda s: (
        f"  812 root /usr/bin/mysqldump -u root -p{s.word()} --all-databases\n  813 root redis-cli -a {s.word()} ping\n"
        f"  814 root sshpass -p {s.word()} ssh ada@web-2\n  815 root /bin/app --db-password={s.odd()} --port 80\n"
    ),
    "container arguments": lambda s: f'docker run -e "SECRET_KEY={s.word()}" x\nargs: ["--token", "{s.word()}", "--v=2"]\n',
    "kubeconfig": lambda s: (
        "users:\n- name: ada\n  user:\n    client-certificate-data: TFMwdExTMUNSVWRKVGc=\n"
        f"    client-key-data: {s.hidden(_pem(s, 'RSA ' + KEY))}\n    token: {s.of(LETTERS, 40)}\n"
    ),
    "Kubernetes secret": lambda s: (
        f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ntype: Opaque\ndata:\n  user: YWRh\n  tls.pfx: {s.of(BASE64, 24)}\n"
    ),
    "Terraform state": _tfstate,
    "Terraform variables": lambda s: f'db_password = "{s.odd()}"\nregion = "eu-1"\n',
    "Ansible vault": lambda s: f"$ANSIBLE_VAULT;1.1;AES256\n{s.of(HEX, 80)}\n{s.of(HEX, 80)}\n{s.of(HEX, 40)}\n",
    "LUKS passphrase": lambda s: f"echo -n {s.word()} | cryptsetup luksOpen /dev/sdb1 data\ndata UUID=1-2 none luks,passphrase={s.word()}\n",
    "PKCS 12 arguments": lambda s: (
        f"openssl pkcs12 -export -in a.pem -passin pass:{s.word()} -passout pass:{s.word()}\nkeytool -list -storepass {s.word()}\n"
    ),
    "YAML": lambda s: f"database:\n  password: {s.phrase()}\n  host: db\napi_key: '{s.word()}'\n",
    "YAML block": lambda s: f"secret: |\n  {s.word()}\n  {s.word()}\nport: 1\n",
    "JSON": lambda s: json.dumps({"db": {"password": s.odd(), "port": 5432}, "clientSecret": s.word()}),
    "JSON in JSON": lambda s: json.dumps({"SecretString": json.dumps({"username": "ada", "password": s.word()})}),
    "XML elements": lambda s: f"<datasource><user>ada</user><password>{s.word()}</password><pool>5</pool></datasource>\n",
    "XML attributes": lambda s: f'<add key="ApiKey" value="{s.word()}" /><Resource username="ada" password="{s.word()}" maxActive="5"/>\n',
    "name and value": lambda s: json.dumps([{"name": "DB_PASSWORD", "value": s.word()}, {"name": "LEVEL", "value": "info"}]),
    "TOML": lambda s: f'[auth]\ntoken = "{s.word()}"\nencryption_key = "{s.of(LETTERS, 32)}"\n',
    "shell": lambda s: f"export RESTIC_PASSWORD='{s.phrase()}'\nPGPASSWORD={s.word()} pg_dump shop\n",
    "weak name, value by chance": lambda s: f"[app]\nkey = 7a{s.of(LETTERS, 30)}\nsigning_salt: 1b{s.of(LETTERS, 30)}\n",
    "SQL": lambda s: f"CREATE USER ada IDENTIFIED BY '{s.word()}';\nALTER ROLE bob WITH LOGIN PASSWORD '{s.word()}';\n",
    "Redis": lambda s: f"bind 127.0.0.1\nrequirepass {s.word()}\nmasterauth {s.word()}\n",
    "IPsec": lambda s: f'10.0.0.1 10.0.0.2 : PSK "{s.phrase()}"\nada : EAP "{s.word()}"\n',
    "name server key": lambda s: f'key "xfr" {{\n  algorithm hmac-sha256;\n  secret "{s.of(BASE64, 43)}=";\n}};\n',
    "time server keys": lambda s: f"1 SHA256 HEX:{s.of('0123456789ABCDEF', 64)}\n2 MD5 {s.word()}\n",
    "mail relay": lambda s: f"[smtp.example.org]:587 ada:{s.word()}\n",
    "router": lambda s: f"enable secret 5 $1$abcd${s.of(LETTERS, 22)}\nneighbor 10.0.0.1 password {s.word()}\nusername ada privilege 15 secret {s.word()}\n",
    "PHP": lambda s: f"define('DB_PASSWORD', '{s.word()}');\ndefine( 'AUTH_KEY', '{s.word()}' );\n$cfg['password'] = '{s.word()}';\n",
    "curl with a user": lambda s: f"curl -s -u ada:{s.word()} https://api.example.org\nsmbclient -U ada%{s.word()} //nas/share\n",
    "pipe": lambda s: f"echo 'ada:{s.word()}' | chpasswd\nhtpasswd -cb /etc/h ada {s.word()}\n",
}  # fmt: skip


def planted(kind: str, random: Random) -> Planted:
    """One of a kind."""
    seeds = Seeds(random)
    text = KINDS[kind](seeds)
    return Planted(kind, text, tuple(seeds.drawn))


def at_least(count: int, random: Random) -> list[Planted]:
    """At least so many secrets, with each kind at least once."""
    found = [planted(kind, random) for kind in KINDS]
    while sum(len(each.secrets) for each in found) < count:
        found.append(planted(random.choice(list(KINDS)), random))
    return found
