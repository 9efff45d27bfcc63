"""What the collector of web sites makes of real files, which the facts' own shell and awk take apart."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from collectors.host import web as module
from collectors.host.apache import APACHE_CONFIGURATION, APACHE_VERSION
from collectors.host.apache_sites import parse_protocols
from collectors.host.directives import parse_words
from collectors.host.facts import Answer, Fact
from collectors.host.key_files import parse_key_file
from collectors.host.nginx import NGINX_CONFIGURATION, NGINX_VERSION
from collectors.host.nginx_sites import is_local, spelled
from collectors.host.source import FactError
from collectors.host.system import PROCESSES
from core.engine import collect
from core.resource import NotObservedError, missing_fields
from core.resources.host.web import WebSite
from tests.twins import NOW, RecordedHost

web_sites: Any = module.web_sites  # collectors promise resources of some kind; these tests know which

NGINX = "nginx version: nginx/1.22.1\n"
APACHE = "Server version: Apache/2.4.62 (Debian)\nCompiled in modules:\n  core.c\n  mod_so.c\n"
OLD = ("TLSv1", "TLSv1.1", "TLSv1.2")
OLD_AND_NEW = (*OLD, "TLSv1.3")
NEW = ("TLSv1.2", "TLSv1.3")


def printed(fact: Fact, root: Path, files: Mapping[str, str]) -> str:
    """What the fact prints on a host with these files."""
    for path, text in files.items():
        place = root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    command = fact.command.replace(" /etc/", f" {root}/etc/").replace("/usr/share/", f"{root}/usr/share/")
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        capture_output=True,
        text=True,
        env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.replace(str(root), "")


def host(nginx: str = "absent\n", apache: str = "absent\n", **changes: str | Answer) -> RecordedHost:
    return RecordedHost({
        NGINX_VERSION: changes.get("nginx_version", NGINX if nginx != "absent\n" else "absent\n"),
        NGINX_CONFIGURATION: nginx,
        APACHE_VERSION: changes.get("apache_version", APACHE if apache != "absent\n" else "absent\n"),
        APACHE_CONFIGURATION: apache,
        PROCESSES: changes.get("processes", "systemd\n"),
    })  # fmt: skip


def of_nginx(root: Path, http: str, version: str = NGINX, **files: str) -> list[WebSite]:
    main = {"/etc/nginx/nginx.conf": f"user www-data;\nevents {{ }}\nhttp {{\n{http}\n}}\n"}
    output = printed(NGINX_CONFIGURATION, root, main | {f"/etc/nginx/{path}": text for path, text in files.items()})
    return list(web_sites(host(nginx=output, nginx_version=version)))


def of_apache(root: Path, main: str, **files: str) -> list[WebSite]:
    written = {"/etc/apache2/apache2.conf": main} | {f"/etc/apache2/{path}": text for path, text in files.items()}
    return list(web_sites(host(apache=printed(APACHE_CONFIGURATION, root, written))))


def test_nothing_is_installed() -> None:
    assert list(web_sites(host())) == []
    assert list(web_sites(host(nginx_version=NGINX, apache_version=APACHE))) == []


@pytest.mark.parametrize(
    ("version", "protocols"),
    [
        ("1.27.3", NEW),
        ("1.28.0", NEW),
        ("1.27.2", OLD_AND_NEW),
        ("1.23.4", OLD_AND_NEW),
        ("1.23.3", OLD),
        ("1.18.0", OLD),
    ],
)
def test_the_default_of_nginx_depends_on_its_version(tmp_path: Path, version: str, protocols: tuple[str, ...]) -> None:
    (site,) = of_nginx(tmp_path, "server { listen 443 ssl; }", f"nginx version: nginx/{version} (Ubuntu)\n")
    assert (site.protocols, site.protocols_from, site.ciphers) == (
        protocols,
        f"the default of nginx {version}",
        "HIGH:!aNULL:!MD5",
    )


@pytest.mark.parametrize("version", ["nginx version: openresty/1.21.4.1\n", "nginx version: nginx/1.8.1\n"])
def test_a_default_nobody_knows_is_unobserved(tmp_path: Path, version: str) -> None:
    (site,) = of_nginx(tmp_path, "server { listen 443 ssl; }", version)
    assert "protocols" in missing_fields(site)


@pytest.mark.parametrize(
    ("http", "protocols"),
    [
        ("ssl_protocols TLSv1.2 TLSv1.3; server { listen 443 ssl; }", NEW),
        ("ssl_protocols TLSv1; server { listen 443 ssl; ssl_protocols TLSv1.3; }", ("TLSv1.3",)),
        ("server { listen 443 ssl; location / { } } ssl_protocols\n  'TLSv1.2' # TLSv1;\n  TLSv1.3;", NEW),
        ("server{listen 443 ssl;ssl_protocols SSLv3 TLSv1.2;}", ("SSLv3", "TLSv1.2")),
        ("# ssl_protocols TLSv1;\nssl_protocols TLSv1.2;server { listen 443 ssl; }", ("TLSv1.2",)),
        ('server { listen 443 ssl; set $a "}{;#"; ssl_protocols TLSv1.2; }', ("TLSv1.2",)),
        ("server { listen 443 ssl; set $a b\\;c${d}e; ssl_protocols TLSv1.2; }", ("TLSv1.2",)),
        ("server { listen 443 ssl; content_by_lua_block { if #t > {1} then }\n ssl_protocols TLSv1.2; }", ("TLSv1.2",)),
        ('server { listen 443 ssl; location ~ \\.php$ { set $a "ssl_protocols"; } ssl_protocols TLSv1.2; }', ("TLSv1.2",)),
        ('server { listen 443 ssl; set $a "multi\nline\\"; }"; ssl_protocols TLSv1.2; }', ("TLSv1.2",)),
    ],
)  # fmt: skip
def test_protocols_of_nginx(tmp_path: Path, http: str, protocols: tuple[str, ...]) -> None:
    (site,) = of_nginx(tmp_path, http)
    assert (site.protocols, site.protocols_from) == (protocols, "ssl_protocols")


def test_commands_of_openssl_are_not_followed(tmp_path: Path) -> None:
    first, second = of_nginx(
        tmp_path,
        "server { listen 443 ssl; ssl_conf_command CipherString DEFAULT; } "
        "server { listen 444 ssl; ssl_conf_command Ciphersuites X; }",
    )
    assert missing_fields(first).keys() == {"protocols", "ciphers"}
    assert missing_fields(second) == {}


@pytest.mark.parametrize(
    ("server", "tls", "plain", "local"),
    [
        ("", False, True, False),
        ("listen 80;", False, True, False),
        ("listen 443 ssl;", True, False, False),
        ("listen 80; listen [::]:443 ssl http2;", True, True, False),
        ("listen 443 quic;", True, False, False),
        ("listen 443; ssl on;", True, False, False),
        ("listen 127.0.0.1:8080; listen [::1]:8080; listen unix:/run/x.sock;", False, False, True),
        ("listen localhost:80;", False, False, True),
        ("listen [::]; listen example.org;", False, True, False),
        ("listen 127.0.0.1:80; listen 443 ssl;", True, False, False),
    ],
)
def test_addresses_of_nginx(tmp_path: Path, server: str, tls: bool, plain: bool, local: bool) -> None:
    (site,) = of_nginx(tmp_path, f"server {{ {server} }}")
    assert (site.tls, site.plain, site.local) == (tls, plain, local)


def test_tls_belongs_to_the_address_and_not_to_the_server(tmp_path: Path) -> None:
    sites = of_nginx(
        tmp_path,
        "server { listen 443 ssl; server_name a b; } server { listen *:443; server_name c; } server { listen 0.0.0.0:443; }",
    )
    assert [(site.id, site.tls) for site in sites] == [
        ("nginx a 443", True),
        ("nginx c *:443", True),
        ("nginx _ 0.0.0.0:443", True),
    ]


TWO_NAMES = """
server {{ listen 443 ssl{default}; server_name a; ssl_protocols TLSv1.2; }}
server {{ listen 443 ssl{other}; server_name b; ssl_protocols TLSv1.3; }}
"""


@pytest.mark.parametrize(
    ("default", "other", "protocols"),
    [("", "", "TLSv1.2"), (" default_server", "", "TLSv1.2"), ("", " default_server", "TLSv1.3")],
)
def test_the_first_server_on_an_address_chooses_the_protocols(
    tmp_path: Path, default: str, other: str, protocols: str
) -> None:
    sites = of_nginx(tmp_path, TWO_NAMES.format(default=default, other=other))
    assert [site.protocols for site in sites] == [(protocols,), (protocols,)]
    assert {site.protocols_from for site in sites} == {"ssl_protocols", "the first server on the address"}


def test_whether_later_versions_of_nginx_choose_by_name_is_not_known(tmp_path: Path) -> None:
    first, second = of_nginx(tmp_path, TWO_NAMES.format(default="", other=""), "nginx version: nginx/1.29.1\n")
    assert first.protocols == ("TLSv1.2",)
    assert missing_fields(second).keys() == {"protocols"}


def test_servers_alike_are_told_apart(tmp_path: Path) -> None:
    sites = of_nginx(tmp_path, 'server { } server { server_name ""; }')
    assert [(site.id, site.names) for site in sites] == [("nginx _ 80", ()), ("nginx _ 80 (2)", ())]


@pytest.mark.parametrize(
    ("server", "logs", "errors", "hides", "redirects"),
    [
        ("", True, True, False, False),
        ("access_log off; error_log /dev/null crit; server_tokens off;", False, False, True, False),
        ("access_log /dev/null; server_tokens build;", False, True, False, False),
        ("access_log off; location / { access_log /var/log/a combined if=$x; }", True, True, False, False),
        ("location / { access_log off; }", False, True, False, False),
        ("location = /health { access_log off; }", True, True, False, False),
        ("return 301 https://$host$request_uri;", True, True, False, True),
        ("location / { return 308 https://example.org; } location /.well-known/ { }", True, True, False, True),
        ("location /old { return 301 https://example.org/new; }", True, True, False, False),
        ("if ($host = example.org) { return 301 https://$host; } return 404;", True, True, False, True),
        ("location / { if ($scheme = http) { rewrite ^ https://$host$uri permanent; } }", True, True, False, True),
        ("if ($http_user_agent ~ bot) { return 302 https://bots.example; }", True, True, False, False),
        ("return 301 http://example.org;", True, True, False, False),
    ],
)
def test_what_else_nginx_says(
    tmp_path: Path, server: str, logs: bool, errors: bool, hides: bool, redirects: bool
) -> None:
    (site,) = of_nginx(tmp_path, f"server {{ {server} }}")
    assert (site.logs_access, site.logs_errors, site.hides_version, site.redirects) == (logs, errors, hides, redirects)


def test_what_is_no_web_site_logs_no_requests_by_itself(tmp_path: Path) -> None:
    text = "stream { server { listen 636 ssl; ssl_protocols TLSv1.2; } } mail { server { listen 25; } }"
    output = printed(NGINX_CONFIGURATION, tmp_path, {"/etc/nginx/nginx.conf": text})
    stream, mail = web_sites(host(nginx=output))
    assert (stream.serves, stream.tls, stream.protocols, stream.logs_access) == ("stream", True, ("TLSv1.2",), False)
    assert (mail.serves, mail.tls, mail.protocols, mail.ciphers) == ("mail", False, (), "")


def test_includes_of_nginx(tmp_path: Path) -> None:
    sites = of_nginx(
        tmp_path,
        "include /etc/nginx/conf.d/*.conf; include sites-enabled/*; include mime.types;",
        **{
            "mime.types": "types { text/html html; ssl_protocols none; }",
            "conf.d/tls.conf": "ssl_protocols TLSv1.3;",
            "conf.d/ignored.txt": "ssl_protocols TLSv1;",
            "sites-enabled/b": "server { listen 443 ssl; server_name b; }",
            "sites-enabled/a": "server { server_name a; include snippets/listen.conf; }",
            "sites-available/c": "server { server_name c; }",
            "snippets/listen.conf": "listen 443 ssl;",
        },
    )
    assert [(site.id, site.protocols) for site in sites] == [
        ("nginx a 443", ("TLSv1.3",)),
        ("nginx b 443", ("TLSv1.3",)),
    ]


@pytest.mark.parametrize(
    ("http", "files", "reason"),
    [
        ("include /srv/site.conf;", {}, "includes /srv/site.conf, which is not among the places we look at"),
        ("include conf.d/absent.conf;", {}, "includes /etc/nginx/conf.d/absent.conf, which is not among|was not read"),
        ("include conf.d/loop.conf;", {"conf.d/loop.conf": "include conf.d/loop.conf;"}, "is included too deep"),
        ("include conf.d/a.conf;", {"conf.d/a.conf": "server {"}, "ends within a block"),
        ("include conf.d/a.conf;", {"conf.d/a.conf": "}"}, "is not written as nginx wants it"),
        ("include conf.d/a.conf;", {"conf.d/a.conf": "listen 'x"}, "is not written as nginx wants it"),
    ],
)
def test_what_cannot_be_followed_is_a_gap(tmp_path: Path, http: str, files: dict[str, str], reason: str) -> None:
    with pytest.raises(FactError, match=reason):
        of_nginx(tmp_path, http, **files)


def test_files_and_folders_only_root_may_read_are_a_gap() -> None:
    body = "F\t/etc/nginx/nginx.conf\nB\thttp\nS\tinclude\t/etc/nginx/conf.d/*.conf\nE\n.\n"
    for hidden in ("/etc/nginx/conf.d", "/etc/nginx/conf.d/tls.conf"):
        with pytest.raises(FactError, match=f"includes {hidden}, which only root may read"):
            list(web_sites(host(nginx=f"? {hidden}\n{body}")))
    assert list(web_sites(host(nginx=f"? /etc/nginx/snippets/x\n{body}"))) == []
    body = "F\t/etc/apache2/apache2.conf\nS\tincludeoptional\tsites-enabled/*.conf\n.\n"
    with pytest.raises(FactError, match="includes /etc/apache2/sites-enabled, which only root may read"):
        list(web_sites(host(apache=f"? /etc/apache2/sites-enabled\n{body}")))


def test_secrets_do_not_leave_the_host(tmp_path: Path) -> None:
    secret = "hunter2"
    nginx = printed(
        NGINX_CONFIGURATION,
        tmp_path,
        {
            "/etc/nginx/nginx.conf": f"http {{ server {{ proxy_set_header Authorization {secret}; set $x {secret}; "
            f"ssl_certificate_key data:{secret}; return 301 https://{secret}; location /{secret} {{ }} "
            f"if ($http_x = {secret}) {{ }} map $a $b {{ {secret} 1; }} }} }}",
            "/etc/nginx/ssl/site.key": f"ssl_protocols {secret};",
        },
    )
    apache = printed(
        APACHE_CONFIGURATION,
        tmp_path,
        {
            "/etc/apache2/apache2.conf": f"SetEnv PASSWORD {secret}\nDefine KEY {secret}\n"
            f"CustomLog '|/usr/bin/send {secret}' x\nRedirect / https://{secret}/\n<Location /{secret}>\n</Location>\n"
            f"<If \"-n '{secret}'\">\n</If>\n"
        },
    )
    assert secret not in nginx + apache
    assert "define\tKEY" in apache


def test_keys_and_who_may_read_them(tmp_path: Path) -> None:
    key = tmp_path / "site.key"
    key.touch(0o600)
    tmp_path.chmod(0o700)
    (site,) = of_nginx(
        tmp_path, f"server {{ listen 443 ssl; ssl_certificate_key {key}; ssl_certificate_key /gone.key; }}"
    )
    seen, gone = site.keys
    assert (seen.mode, seen.owner, seen.closed_folder) == (0o600, key.owner(), True)
    with pytest.raises(NotObservedError, match=r"/gone\.key could not be looked at"):
        _ = gone.mode


@pytest.mark.parametrize(
    ("count", "modes", "closed"),
    [("3", "640 root ssl-cert 710 root ssl-cert 755 root root ", True), ("2", "600 root root 755 root root ", False)],
)
def test_folders_of_keys(count: str, modes: str, closed: bool) -> None:
    assert parse_key_file("/a/b/c", count, modes).closed_folder is closed


@pytest.mark.parametrize(("count", "modes"), [("4", "755 root root "), ("0", ""), ("1", "rwx root root ")])
def test_a_key_that_was_not_seen_whole_is_unobserved(count: str, modes: str) -> None:
    assert missing_fields(parse_key_file("/a", count, modes)).keys() == {"owner", "group", "mode", "closed_folder"}


VIRTUAL_HOST = "LoadModule ssl_module x.so\nListen 443\n<VirtualHost *:443>\nServerName a.example\nSSLEngine on\n{}\n</VirtualHost>\n"


@pytest.mark.parametrize(
    ("words", "protocols"),
    [
        ("all -SSLv3", OLD_AND_NEW),
        ("all -SSLv3 -TLSv1 -TLSv1.1", NEW),
        ("-all +TLSv1.2 +TLSv1.3", NEW),
        ("TLSv1.2 TLSv1.3", ("TLSv1.3",)),
        ("TLSv1.2 +TLSv1.3", NEW),
        ("+TLSv1 +TLSv1.1", ("TLSv1", "TLSv1.1")),
        ("+TLSv1 +TLSv1.2", ("TLSv1.2",)),
        ("-all", ()),
        ("ALL -sslv2 -SSLV3 -tlsv1 -TLSv1.1", NEW),
        ("all", ("SSLv3", *OLD_AND_NEW)),
    ],
)
def test_protocols_of_apache(tmp_path: Path, words: str, protocols: tuple[str, ...]) -> None:
    assert parse_protocols(tuple(words.split())) == protocols
    (site,) = of_apache(tmp_path, VIRTUAL_HOST.format(f"SSLProtocol \\\n  {words}"))
    assert (site.id, site.tls, site.protocols, site.protocols_from) == (
        "apache a.example 443",
        True,
        protocols,
        "SSLProtocol",
    )


@pytest.mark.parametrize(
    ("text", "protocols"),
    [
        (VIRTUAL_HOST.format(""), OLD_AND_NEW),
        ("SSLProtocol TLSv1.3\n" + VIRTUAL_HOST.format(""), ("TLSv1.3",)),
        (VIRTUAL_HOST.format("") + "SSLProtocol TLSv1.3\n", ("TLSv1.3",)),
        ("SSLProtocol TLSv1\n" + VIRTUAL_HOST.format("SSLProtocol TLSv1.2"), ("TLSv1.2",)),
        ("<IfModule mod_ssl.c>\nSSLProtocol TLSv1\n</IfModule>\n" + VIRTUAL_HOST.format(""), OLD_AND_NEW),
        (VIRTUAL_HOST.format("<IfModule mod_ssl.c>\nSSLProtocol TLSv1.3\n</IfModule>"), ("TLSv1.3",)),
        (VIRTUAL_HOST.format("<IfModule !ssl_module>\nSSLProtocol TLSv1\n</IfModule>"), OLD_AND_NEW),
        (VIRTUAL_HOST.format("<IfVersion >= 2.4>\nSSLProtocol TLSv1.3\n</IfVersion>"), ("TLSv1.3",)),
        (VIRTUAL_HOST.format("<IfVersion !< 2.4>\nSSLProtocol TLSv1.3\n</IfVersion>"), ("TLSv1.3",)),
        (VIRTUAL_HOST.format("<IfVersion 2.4.1>\nSSLProtocol TLSv1.3\n</IfVersion>"), OLD_AND_NEW),
        ("Define NEW\n" + VIRTUAL_HOST.format("<IfDefine NEW>\nSSLProtocol TLSv1.3\n</IfDefine>"), ("TLSv1.3",)),
        ("Define NEW\n" + VIRTUAL_HOST.format("<IfDefine !NEW>\nSSLProtocol TLSv1\n</IfDefine>"), OLD_AND_NEW),
        (VIRTUAL_HOST.format("# SSLProtocol TLSv1 \\\nSSLProtocol TLSv1\n"), OLD_AND_NEW),
        (VIRTUAL_HOST.format("<IfDefine OTHER>\nAlias /x /y\n</IfDefine>"), OLD_AND_NEW),
        (VIRTUAL_HOST.format("<Directory />\nOptions None\n</Directory>"), OLD_AND_NEW),
        (
            VIRTUAL_HOST.format("<IfModule x.c>\n<Directory />\n<IfFile /x>\nSSLEngine off\n</IfFile>\n</Directory>\n</IfModule>"),
            OLD_AND_NEW,
        ),
    ],
)  # fmt: skip
def test_conditions_and_inheritance_of_apache(tmp_path: Path, text: str, protocols: tuple[str, ...]) -> None:
    (site,) = of_apache(tmp_path, text)
    assert site.protocols == protocols


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<IfDefine X>\nListen 80\n</IfDefine>", "sets listen under a condition that is not followed here"),
        ("Define X\nUnDefine X\n<IfDefine X>\nListen 80\n</IfDefine>", "sets listen under a condition"),
        ("<IfFile /x>\nListen 80\n</IfFile>", "sets listen under a condition"),
        ("<IfVersion ~ x>\nListen 80\n</IfVersion>", "sets listen under a condition"),
        ("<IfDefine X>\n<IfModule core.c>\nListen 80\n</IfModule>\n</IfDefine>", "sets listen under a condition"),
        ("Use Site example.org", "it uses macros"),
        ("Include /srv/*.conf", r"includes /srv/\*\.conf, which is not among the places"),
        ("Include ports.conf", "ports.conf was not read"),
        ("Include apache2.conf", "is included too deep"),
        ("<VirtualHost *:80>", "ends within a section"),
        ("</VirtualHost>", "ends a section that it did not begin"),
    ],
)
def test_what_apache_leaves_open_is_a_gap(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(FactError, match=reason):
        of_apache(tmp_path, text + "\n")


def test_includes_of_apache(tmp_path: Path) -> None:
    sites = of_apache(
        tmp_path,
        'ServerRoot "/etc/apache2/"\nIncludeOptional mods-enabled/*.load\n'
        "IncludeOptional mods-enabled/*.conf\nInclude ports.conf\nInclude /etc/apache2/sites-enabled\nServerTokens Prod",
        **{
            "ports.conf": "Listen 80\n<IfModule ssl_module>\n\tListen 443\n</IfModule>\n",
            "mods-enabled/ssl.load": "LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so\n",
            "mods-enabled/ssl.conf": "SSLProtocol all -SSLv3 -TLSv1 -TLSv1.1\nSSLCipherSuite HIGH:!aNULL\n",
            "sites-enabled/b.conf": "<VirtualHost _default_:443>\nSSLEngine On\nSSLCipherSuite TLSv1.3 X\n</VirtualHost>\n",
            "sites-enabled/a.conf": "<VirtualHost *>\nServerName a\nServerAlias b c\nCustomLog /var/log/a combined\n"
            "</VirtualHost>\n",
        },
    )
    assert [(site.id, site.names, site.addresses, site.protocols, site.ciphers) for site in sites] == [
        ("apache a 80", ("a", "b", "c"), ("80", "443"), (), ""),
        ("apache _ 443", (), ("443",), NEW, "HIGH:!aNULL"),
    ]
    assert [(site.logs_access, site.hides_version) for site in sites] == [(True, True), (False, True)]


@pytest.mark.parametrize(
    ("text", "logs", "errors", "redirects"),
    [
        ("", False, True, False),
        ("CustomLog ${APACHE_LOG_DIR}/access.log combined\nErrorLog /dev/null", True, False, False),
        ("CustomLog /dev/null combined", False, True, False),
        ("TransferLog '|/usr/bin/logger'", True, True, False),
        ("Redirect permanent / https://a.example/", False, True, True),
        ("Redirect /old https://a.example/new", False, True, False),
        ("RewriteRule ^ https://%{SERVER_NAME}%{REQUEST_URI} [R=permanent]", False, True, True),
        ("RewriteRule ^/?(.*)$ https://%{SERVER_NAME}/$1 [R]", False, True, True),
        ("RewriteRule ^/old https://a.example/new [R]", False, True, False),
        ("<Location />\nRedirect / https://a.example/\n</Location>", False, True, True),
        ("<Location /x>\nRedirect / https://a.example/\n</Location>", False, True, False),
    ],
)
def test_what_else_apache_says(tmp_path: Path, text: str, logs: bool, errors: bool, redirects: bool) -> None:
    (site,) = of_apache(tmp_path, f"Listen 80\n<VirtualHost *:80>\n{text}\n</VirtualHost>\n")
    assert (site.logs_access, site.logs_errors, site.redirects, site.plain) == (logs, errors, redirects, True)


def test_the_main_server_answers_where_no_virtual_host_does(tmp_path: Path) -> None:
    text = "Listen 127.0.0.1:8080\nListen [::1]:80\n<VirtualHost 10.0.0.1:80>\n</VirtualHost>\n"
    virtual, main = of_apache(tmp_path, text)
    assert (virtual.addresses, virtual.local) == (("10.0.0.1:80",), False)
    assert (main.addresses, main.local, main.plain) == (("127.0.0.1:8080",), True, False)


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("SSLOpenSSLConfCmd MinProtocol TLSv1.3", {"protocols"}),
        ("SSLOpenSSLConfCmd CipherString ALL", {"ciphers"}),
        ("SSLOpenSSLConfCmd Curves X25519", set()),
        ("SSLProtocol TLSv1.9", {"protocols"}),
        ("SSLProtocol ${PROTOCOLS}", {"protocols"}),
    ],
)
def test_what_apache_says_in_words_we_do_not_follow(tmp_path: Path, text: str, missing: set[str]) -> None:
    (site,) = of_apache(tmp_path, VIRTUAL_HOST.format(text))
    assert missing_fields(site).keys() == missing


def test_red_hat_leaves_the_protocols_to_its_crypto_policy(tmp_path: Path) -> None:
    text = VIRTUAL_HOST.format("SSLCipherSuite PROFILE=SYSTEM\nSSLCertificateFile /etc/pki/x.crt")
    output = printed(APACHE_CONFIGURATION, tmp_path, {"/etc/httpd/conf/httpd.conf": text})
    (site,) = web_sites(host(apache=output))
    assert missing_fields(site).keys() == {"protocols"}
    assert (site.ciphers, site.keys[0].path) == ("PROFILE=SYSTEM", "/etc/pki/x.crt")


def test_one_program_that_cannot_be_read_does_not_hide_the_other(tmp_path: Path) -> None:
    output = printed(APACHE_CONFIGURATION, tmp_path, {"/etc/apache2/apache2.conf": "Listen 80\n"})
    collected = collect(
        web_sites, host(nginx="F\t/etc/nginx/nginx.conf\n", apache=output), version="0", clock=lambda: NOW
    )
    (seen,) = collected.evidence
    assert [site.id for site in seen.resources] == ["apache _ 80"]
    assert [gap.reason for gap in seen.gaps] == ["nginx_configuration: the output has no end"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"processes": "systemd\nnginx\n"}, "nginx runs, but not with a configuration below /etc"),
        ({"processes": "systemd\nhttpd\n"}, "httpd runs, but not with a configuration below /etc"),
        ({"apache_version": APACHE, "processes": "systemd\napache2\n"}, "apache2 runs, but not with a configuration"),
        ({"apache_version": ""}, "apache_version: the program did not say its version"),
    ],
)
def test_a_program_without_configuration_is_a_gap(changes: dict[str, str], reason: str) -> None:
    with pytest.raises(FactError, match=reason):
        list(web_sites(host(**changes)))


@pytest.mark.parametrize("text", ["", "F\t/x\n", "hello\n.\n", "S\tlisten\n.\n", "B\n.\n", "K\t/x\n.\n"])
def test_output_of_another_kind_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no end|no word of a configuration"):
        parse_words(text)


@pytest.mark.parametrize(
    ("address", "same", "local"),
    [
        ("443", "*:443", False),
        ("0.0.0.0:443", "*:443", False),
        ("[::]:443", "[::]:443", False),
        ("[::1]", "[::1]:80", True),
        ("LocalHost:80", "localhost:80", True),
        ("10.0.0.1", "10.0.0.1:80", False),
        ("unix:/run/x", "unix:/run/x", True),
    ],
)
def test_spellings(address: str, same: str, local: bool) -> None:
    assert (spelled(address), is_local(address)) == (same, local)
