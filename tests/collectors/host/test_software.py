"""Packages and their sources, from answers of dpkg, and of rpm and apk after their documentation."""

from __future__ import annotations

import pytest

from collectors.host.facts import Answer
from collectors.host.software import (
    APK_SOURCES,
    APT_SOURCES,
    APT_VERIFICATION,
    PACKAGES,
    RPM_SOURCES,
    packages,
    parse_deb822,
    parse_one_line,
    parse_packages,
    sources,
    verification,
)
from collectors.host.source import FactError, MissingProgramError
from core.resources.host.software import Package, PackageSource, PackageVerification
from tests.twins import MISSING, RecordedHost

DPKG = (
    "ii \tadduser\tall\t3.134\nhi \tlinux-image-amd64\tamd64\t6.1.90-1\nrc \told-thing\tamd64\t1\n"
    "un \tnever\t\t\niF \thalf\tamd64\t2\nit \ttriggered\tamd64\t3\n"
)
RPM = "rpm\tkernel\tx86_64\t0:5.14.0-427.el9\nrpm\tkernel\tx86_64\t0:5.14.0-503.el9\nrpm\tbash\tx86_64\t1:5.1.8-9.el9\n"
APK = "C:Q1abc=\nP:musl\nV:1.2.5-r9\nA:x86_64\nF:lib\n\nP:busybox\nV:1.37.0-r12\nA:x86_64\n\n"


def test_dpkg_leaves_out_what_is_not_there() -> None:
    seen = [each for each in packages(RecordedHost({PACKAGES: DPKG})) if isinstance(each, Package)]
    assert [(p.id, p.version, p.state, p.held) for p in seen] == [
        ("adduser:all", "3.134", "installed", False),
        ("linux-image-amd64:amd64", "6.1.90-1", "installed", True),
        ("half:amd64", "2", "half-configured", False),
        ("triggered:amd64", "3", "triggers-pending", False),
    ]


def test_rpm_keeps_several_kernels() -> None:
    assert [(p.id, p.version) for p in parse_packages(RPM)] == [
        ("kernel:x86_64 5.14.0-427.el9", "5.14.0-427.el9"),
        ("kernel:x86_64 5.14.0-503.el9", "5.14.0-503.el9"),
        ("bash:x86_64", "1:5.1.8-9.el9"),
    ]


def test_apk() -> None:
    assert [(p.id, p.version) for p in parse_packages(APK)] == [
        ("musl:x86_64", "1.2.5-r9"),
        ("busybox:x86_64", "1.37.0-r12"),
    ]


def test_garbage_and_no_database_are_no_empty_list() -> None:
    with pytest.raises(FactError):
        list(parse_packages("?? \tx\ty\tz\n"))
    with pytest.raises(FactError):
        list(parse_packages("error: database is locked\n"))
    with pytest.raises(MissingProgramError):
        list(packages(RecordedHost({PACKAGES: MISSING})))
    with pytest.raises(FactError, match="cut off"):
        list(packages(RecordedHost({PACKAGES: Answer(DPKG.encode(), truncated=True)})))


DEB822 = """\
Types: deb deb-src
# a comment inside
URIs: http://ftp.debian.org/debian https://user:[redacted: password in URL, 6 bytes]@mirror.example:8443/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: https://apt.example/
Suites: ./
Trusted: yes
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mQINBF

Types: deb
URIs: https://off.example/
Suites: x
Enabled: no

Types: deb-src
URIs: https://source.example/
Suites: x
"""


def test_deb822() -> None:
    seen = list(parse_deb822("/etc/apt/sources.list.d/debian.sources", DEB822))
    assert [(s.address, s.scheme, s.server, s.verified, s.signed_by) for s in seen] == [
        (
            "http://ftp.debian.org/debian",
            "http",
            "ftp.debian.org",
            True,
            "/usr/share/keyrings/debian-archive-keyring.gpg",
        ),
        (
            "https://mirror.example:8443/debian",
            "https",
            "mirror.example",
            True,
            "/usr/share/keyrings/debian-archive-keyring.gpg",
        ),
        ("https://apt.example/", "https", "apt.example", False, "a key in the file itself"),
    ]
    assert seen[2].unverified_because == "trusted=yes"
    assert seen[0].suites == ("bookworm", "bookworm-updates")


def test_one_line() -> None:
    text = (
        "# deb http://off.example x main\ndeb-src http://source.example x main\n"
        "deb [ arch=amd64 signed-by=/etc/apt/keyrings/X.gpg allow-insecure=yes ] https://a.example/repo stable main\n"
        "deb cdrom:[Debian]/ bookworm main\ndeb http://b.example/ ./\n"
    )
    seen = list(parse_one_line("/etc/apt/sources.list", text))
    assert [(s.address, s.scheme, s.verified, s.signed_by) for s in seen] == [
        ("https://a.example/repo", "https", False, "/etc/apt/keyrings/X.gpg"),
        ("cdrom:[Debian]/", "cdrom", True, ""),
        ("http://b.example/", "http", True, ""),
    ]
    assert seen[1].server == ""


YUM = """\
[baseos]
name=BaseOS
mirrorlist=https://mirrors.rockylinux.org/mirrorlist?arch=$basearch
gpgcheck=1
gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-Rocky-9

[extra]
baseurl=http://x.example/a http://y.example/b
gpgcheck=0

[inherits]
baseurl=https://z.example/

[off]
enabled=0
baseurl=https://off.example/
"""


@pytest.mark.parametrize(("main", "inherited"), [("[main]\ngpgcheck=1\n", True), ("", False)])
def test_repositories_of_dnf(main: str, inherited: bool) -> None:
    found = f"/etc/dnf/dnf.conf\0{main}\0/etc/yum.repos.d/rocky.repo\0{YUM}\0"
    host = RecordedHost({APT_SOURCES: "", RPM_SOURCES: found, APK_SOURCES: ""})
    assert [(s.id, s.server, s.verified) for s in sources(host) if isinstance(s, PackageSource)] == [
        ("rocky.repo https://mirrors.rockylinux.org/mirrorlist?arch=$basearch baseos", "mirrors.rockylinux.org", True),
        ("rocky.repo http://x.example/a extra", "x.example", False),
        ("rocky.repo https://z.example/ inherits", "z.example", inherited),
    ]


def test_sources_of_apk_and_apt() -> None:
    host = RecordedHost(
        {
            APT_SOURCES: f"/etc/apt/sources.list\0deb http://a.example x\n\0/etc/apt/sources.list.d/d.sources\0{DEB822}\0",
            RPM_SOURCES: "",
            APK_SOURCES: "/etc/apk/repositories\0https://dl-cdn.alpinelinux.org/alpine/v3.22/main\n#http://off\n@edge /srv/apk\n\0",
        }
    )
    assert [s.address for s in sources(host) if isinstance(s, PackageSource)][-2:] == [
        "https://dl-cdn.alpinelinux.org/alpine/v3.22/main",
        "/srv/apk",
    ]
    assert len(list(sources(host))) == 6


def test_verification() -> None:
    text = (
        'Acquire::AllowInsecureRepositories "0";\nAPT::Get::AllowUnauthenticated "true";\n'
        'Acquire::Check-Valid-Until "no";\n'
    )
    (seen,) = verification(RecordedHost({APT_VERIFICATION: text}))
    assert isinstance(seen, PackageVerification)
    assert seen.weakened_by == ("APT::Get::AllowUnauthenticated=true",)
    assert seen.accepts_old_lists_by == ("Acquire::Check-Valid-Until=no",)
    assert list(verification(RecordedHost({APT_VERIFICATION: MISSING}))) == []
