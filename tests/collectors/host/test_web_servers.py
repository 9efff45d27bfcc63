"""What real web servers speak, against what we read in their configuration: handshakes with every site."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.collectors.host.test_web import of_apache, of_nginx

VERSIONS = {
    "TLSv1": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}
NGINX, APACHE = (shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") for name in ("nginx", "apache2"))

pytestmark = [
    pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1"),  # the old ones are what this is about
    pytest.mark.skipif(
        not (NGINX and APACHE) and not os.environ.get("CI"),
        reason="nginx and apache2-bin are not installed (tests/debian-packages.txt)",
    ),
]


def free_ports(number: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """A key and its certificate in one file."""
    path = tmp_path / "both.pem"
    make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=site.example"
    subprocess.run(
        ["/bin/sh", "-c", f"{make} -keyout {path} -out certificate && cat certificate >>{path}"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    return path


@contextmanager
def running(*command: str | Path, port: int) -> Iterator[None]:
    """A server in the foreground, once it listens."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as server:
        try:
            for _ in range(600):
                with closing(socket.socket()) as client:
                    if server.poll() is not None or client.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            assert server.poll() is None, server.stdout.read() if server.stdout else ""
            yield
        finally:
            server.terminate()


def spoken(port: int, site: str = "") -> tuple[str, ...]:
    """The versions of TLS in which a handshake succeeds, with a client that would speak them all."""
    agreed = []
    for name, version in VERSIONS.items():
        client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
        client.set_ciphers("ALL:@SECLEVEL=0")
        client.minimum_version = client.maximum_version = version
        try:
            with (
                socket.create_connection(("127.0.0.1", port), 30) as plain,
                client.wrap_socket(plain, server_hostname=site or None),
            ):
                agreed.append(name)
        except (ssl.SSLError, ConnectionError):
            continue
    return tuple(agreed)


def test_nginx_speaks_what_we_read(tmp_path: Path, key: Path) -> None:
    assert NGINX, "nginx is not installed"
    said = subprocess.run([NGINX, "-v"], check=True, capture_output=True, text=True).stderr
    *ports, strict = free_ports(6)
    pid = tmp_path / "pid"
    main = f"""
    ssl_certificate {key}; ssl_certificate_key {key}; ssl_protocols TLSv1.2 TLSv1.3; access_log off;
    ssl_ciphers ALL:@SECLEVEL=0;  # else OpenSSL itself rules the old ones out
    client_body_temp_path {tmp_path}/b; proxy_temp_path {tmp_path}/p; fastcgi_temp_path {tmp_path}/f;
    uwsgi_temp_path {tmp_path}/u; scgi_temp_path {tmp_path}/s;
    server {{ listen 127.0.0.1:{ports[0]} ssl; }}
    server {{ listen 127.0.0.1:{ports[1]} ssl; ssl_protocols TLSv1 TLSv1.1; }}
    server {{ listen 127.0.0.1:{strict} ssl; ssl_protocols TLSv1 TLSv1.1; ssl_ciphers DEFAULT@SECLEVEL=1; }}
    server {{ listen 127.0.0.1:{ports[0]} ssl; server_name other.example; ssl_protocols TLSv1.1; }}
    include conf.d/*.conf;
    """
    files = {
        "conf.d/b.conf": f"server {{ listen 127.0.0.1:{ports[2]} ssl; include snippets/old.conf; }}",
        "conf.d/a.conf": f"server {{ listen 127.0.0.1:{ports[3]}\n ssl ; ssl_protocols 'TLSv1.3' ; # TLSv1;\n}}",
        "conf.d/c.conf": f'server {{ listen 127.0.0.1:{ports[4]} ssl; set $a "}}"; ssl_protocols TLSv1.1 TLSv1.2; }}',
        "snippets/old.conf": "ssl_protocols TLSv1;",
    }
    sites = of_nginx(tmp_path, main, said, **files)
    read = {site.addresses[0]: site.protocols for site in sites if not site.names}
    (by_name,) = (site.protocols for site in sites if site.names)
    switches = f"daemon off; error_log /dev/null; pid {pid};" + " user root;" * (os.getuid() == 0)
    (tmp_path / "etc/nginx/nginx.conf").write_text(f"events {{ }}\nhttp {{\n{main}\n}}\n")
    with running(NGINX, "-c", tmp_path / "etc/nginx/nginx.conf", "-g", switches, port=ports[0]):
        assert (spoken(strict), read.pop(f"127.0.0.1:{strict}")) == ((), ("TLSv1", "TLSv1.1"))  # OpenSSL rules them out
        assert {f"127.0.0.1:{port}": spoken(port) for port in ports} == read
        assert spoken(ports[0], "other.example") == by_name == ("TLSv1.2", "TLSv1.3")
    assert len({*read.values()}) == len(ports)


def test_apache_speaks_what_we_read(tmp_path: Path, key: Path) -> None:
    assert APACHE, "apache2 is not installed"
    wanted = ["", "SSLProtocol TLSv1 TLSv1.2", "SSLProtocol -all +TLSv1.2", "Include conf.d/old.conf"]
    wanted += ["<IfModule mod_ssl.c>\nSSLProtocol all -SSLv3 \\\n  -TLSv1 -TLSv1.1\n</IfModule>"]
    ports = free_ports(len(wanted))
    modules: Mapping[str, str] = {name: f"/usr/lib/apache2/modules/mod_{name}.so" for name in ("mpm_event", "ssl")}
    loaded = "\n".join(f"LoadModule {name}_module {path}" for name, path in modules.items())
    hosts = "\n".join(
        f"Listen 127.0.0.1:{port}\n<VirtualHost 127.0.0.1:{port}>\nSSLEngine on\n{text}\n</VirtualHost>"
        for port, text in zip(ports, wanted, strict=True)
    )
    hosts += (
        f"\n<VirtualHost 127.0.0.1:{ports[0]}>\nServerName other.example\nSSLEngine on\nSSLProtocol +TLSv1 +TLSv1.3\n"
    )
    hosts += "</VirtualHost>"
    user = "User www-data\nGroup www-data\n" * (os.getuid() == 0)
    main = (
        f"{loaded}\n{user}ServerName site.example\nPidFile {tmp_path}/pid\nDefaultRuntimeDir {tmp_path}\n"
        f"ErrorLog /dev/null\nSSLCertificateFile {key}\nSSLCipherSuite ALL:@SECLEVEL=0\n"
        f"SSLProtocol all -SSLv3 -TLSv1\n{hosts}\n"
    )
    sites = of_apache(tmp_path, main, **{"conf.d/old.conf": "SSLProtocol TLSv1\n"})
    read = {site.addresses[0]: site.protocols for site in sites if not site.names}
    (by_name,) = (site.protocols for site in sites if site.names)
    with running(APACHE, "-d", tmp_path / "etc/apache2", "-f", "apache2.conf", "-DFOREGROUND", port=ports[0]):
        assert {f"127.0.0.1:{port}": spoken(port) for port in ports} == read
        assert spoken(ports[0], "other.example") == by_name == ("TLSv1.3",)
    assert len({*read.values()}) == len(ports) - 1
