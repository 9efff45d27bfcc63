"""Updates, from recorded answers of apt 2.6, and of apk after its documentation."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from collectors.host.facts import Answer
from collectors.host.source import FactError
from collectors.host.system import CONTAINMENT, PROCESSES, SYSTEMD, TIMERS
from collectors.host.updates import (
    APK_PENDING,
    APT_INDEXES,
    APT_PENDING,
    AUTOMATIC_PROGRAMS,
    AUTOMATIC_SETTINGS,
    DNF_AUTOMATIC,
    KERNELS,
    MANAGER,
    REBOOT,
    UPDATE_TIMES,
    automatic,
    kernel_numbers,
    newest_kernel,
    parse_apt_pending,
    parse_indexes,
    reboot,
    updates,
)
from core.resource import missing_fields
from core.resources.host.updates import AutomaticUpdates, Reboot, Updates
from tests.twins import MISSING, RecordedHost

OWN_KERNEL = "pid:[4026531836]\nuts:[4026531838]\n"
INDEX = """\
-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA256

Origin: Debian
Label: Debian-Security
Suite: oldstable-security
Version: 12
Codename: bookworm-security
Date: Sat, 21 Nov 2026 00:53:02 UTC
Valid-Until: Sat, 28 Nov 2026 00:53:02 UTC
"""
PENDING = """\
NOTE: This is only a simulation!
Inst base-files [12.4+deb12u11] (12.4+deb12u15 Debian:12.15/oldstable [amd64])
Conf base-files (12.4+deb12u15 Debian:12.15/oldstable [amd64])
Inst libgcrypt20-dev [1.10.1-3] (1.10.1-3+deb12u1 Debian:12.15/oldstable, Debian-Security:12/oldstable-security [amd64]) []
Inst linux-image-6.1.0-40-amd64 (6.1.153-1 Debian-Security:12/oldstable-security [amd64])
Inst jq [1.7.1-3] (1.7.1-3ubuntu0.24.04.1 Ubuntu:24.04/noble-updates, Ubuntu:24.04/noble-security [amd64])
"""


def paths(*names: str) -> Answer:
    error = "stat: cannot statx '/not/there': No such file or directory"
    return Answer(b"".join(f"1767225600 {name}\0".encode() for name in names), error, 1)


def test_apt() -> None:
    host = RecordedHost(
        {
            MANAGER: "apt\n",
            APT_INDEXES: f"x_InRelease\0{INDEX}\0",
            UPDATE_TIMES: paths("/var/lib/apt/lists/x_InRelease", "/var/cache/dnf/a/repodata/repomd.xml"),
            APT_PENDING: PENDING,
        }
    )
    (seen,) = updates(host)
    assert isinstance(seen, Updates)
    assert seen.refreshed == datetime(2026, 1, 1, tzinfo=UTC)
    assert [(i.origin, i.suite, i.security) for i in seen.indexes] == [("Debian", "oldstable-security", True)]
    assert seen.indexes[0].published == datetime(2026, 11, 21, 0, 53, 2, tzinfo=UTC)
    assert [(p.package, p.installed, p.candidate, p.security) for p in seen.pending] == [
        ("base-files", "12.4+deb12u11", "12.4+deb12u15", False),
        ("jq", "1.7.1-3", "1.7.1-3ubuntu0.24.04.1", True),
        ("libgcrypt20-dev", "1.10.1-3", "1.10.1-3+deb12u1", True),
        ("linux-image-6.1.0-40-amd64", "", "6.1.153-1", True),
    ]


def test_a_broken_apt_has_no_pending_updates_to_tell() -> None:
    host = RecordedHost(
        {
            MANAGER: "apt\n",
            APT_INDEXES: "",
            UPDATE_TIMES: paths(),
            APT_PENDING: Answer(b"", "E: Unmet dependencies", 100),
        }
    )
    (seen,) = updates(host)
    assert isinstance(seen, Updates)
    assert (seen.refreshed, seen.indexes) == (None, ())
    assert "Unmet dependencies" in missing_fields(seen)["pending"]
    assert parse_apt_pending("") == ()


def test_of_dnf_the_dates_are_known_without_its_lists() -> None:
    host = RecordedHost({MANAGER: "dnf\n", UPDATE_TIMES: paths("/var/cache/dnf/a/repodata/repomd.xml")})
    (seen,) = updates(host)
    assert isinstance(seen, Updates)
    assert seen.refreshed == datetime(2026, 1, 1, tzinfo=UTC)
    assert "look there with: dnf updateinfo list --updates" in missing_fields(seen)["pending"]


def test_apk_and_no_manager() -> None:
    host = RecordedHost(
        {
            MANAGER: "apk\n",
            UPDATE_TIMES: paths("/var/cache/apk/APKINDEX.a.tar.gz"),
            APK_PENDING: "Installed:           Available:\nlibssl3-3.5.0-r0      < 3.5.1-r0\n",
        }
    )
    (seen,) = updates(host)
    assert isinstance(seen, Updates)
    assert [(p.package, p.installed, p.candidate) for p in seen.pending] == [("libssl3", "3.5.0-r0", "3.5.1-r0")]
    assert list(updates(RecordedHost({MANAGER: "\n"}))) == []


def test_an_index_without_date() -> None:
    with pytest.raises(FactError):
        parse_indexes({"x_InRelease": "Origin: Debian\n"})
    with pytest.raises(FactError):
        parse_indexes({"x_InRelease": "Date: yesterday\n"})
    (index,) = parse_indexes({"x_Release": "Codename: noble\nDate: Thu, 01 Jan 2026 00:00:00 -0000\n"})
    assert (index.suite, index.published) == ("noble", datetime(2026, 1, 1, tzinfo=UTC))


SWITCHED_ON = """\
APT::Periodic "";
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
Unattended-Upgrade::Origins-Pattern:: "origin=Debian,codename=${distro_codename}-security,label=Debian-Security";
"""


@pytest.mark.parametrize(
    ("settings", "switches"),
    [
        (SWITCHED_ON, (True, True, True)),
        (SWITCHED_ON + 'APT::Periodic::Enable "0";\n', (False, False, True)),
        ('APT::Periodic::Unattended-Upgrade "always";\n', (False, True, False)),
        ("", (False, False, False)),
        (MISSING, (False, False, False)),
    ],
)
def test_unattended_upgrades(settings: Any, switches: Any) -> None:
    host = RecordedHost(
        {
            CONTAINMENT: OWN_KERNEL,
            PROCESSES: "cron\n",
            SYSTEMD: "no\n",
            AUTOMATIC_SETTINGS: settings,
            AUTOMATIC_PROGRAMS: paths("/usr/bin/unattended-upgrade", "/etc/cron.daily/apt-compat"),
        }
    )
    (seen,) = automatic(host)
    assert isinstance(seen, AutomaticUpdates)
    assert (seen.program, seen.started_by) == ("unattended-upgrades", "cron")
    assert (seen.refreshes_lists, seen.installs, seen.covers_security) == switches


@pytest.mark.parametrize(("line", "installs"), [("apply_updates = yes", True), ("apply_updates = no", False)])
def test_dnf_automatic(line: str, installs: bool) -> None:
    timer = "/etc/systemd/system/timers.target.wants/dnf-automatic.timer"
    host = RecordedHost(
        {
            CONTAINMENT: OWN_KERNEL,
            PROCESSES: "crond\n",
            SYSTEMD: "yes\n",
            TIMERS: "Id=dnf-automatic.timer\nActiveState=active\n",
            DNF_AUTOMATIC: f"/etc/dnf/automatic.conf\0[commands]\n{line}\n\0",
            AUTOMATIC_PROGRAMS: paths("/usr/bin/dnf-automatic", timer),
        }
    )
    (seen,) = automatic(host)
    assert isinstance(seen, AutomaticUpdates)
    assert (seen.program, seen.started_by, seen.installs) == ("dnf-automatic", "systemd", installs)


def test_reboot() -> None:
    host = RecordedHost(
        {
            CONTAINMENT: OWN_KERNEL,
            REBOOT: "/run/reboot-required\0\0/run/reboot-required.pkgs\0libc6\nlinux-base\nlibc6\n\0",
            KERNELS: "6.1.0-9-amd64\n6.1.0-10-amd64\n6.1.0-9-amd64\n",
        }
    )
    (seen,) = reboot(host)
    assert isinstance(seen, Reboot)
    assert (seen.requested, seen.requested_for) == (True, ("libc6", "linux-base"))
    assert (seen.newest_kernel, seen.newest_is_running) == ("6.1.0-10-amd64", False)


def test_kernels_from_elsewhere_and_of_several_flavours() -> None:
    (seen,) = reboot(RecordedHost({CONTAINMENT: OWN_KERNEL, REBOOT: "", KERNELS: "6.18.44-fc\n"}))
    assert isinstance(seen, Reboot)
    assert (seen.requested, seen.newest_kernel, seen.newest_is_running) == (False, "", False)
    (seen,) = reboot(
        RecordedHost(
            {CONTAINMENT: OWN_KERNEL, REBOOT: "", KERNELS: "6.1.0-18-amd64\n6.1.0-18-rt-amd64\n6.1.0-18-amd64\n"}
        )
    )
    assert isinstance(seen, Reboot)
    assert seen.newest_is_running
    assert newest_kernel(["0-rescue-abc", "5.14.0-70.el9.x86_64", "5.14.0-427.13.1.el9_4.x86_64"]).startswith(
        "5.14.0-427"
    )
    assert kernel_numbers("custom") == ()
