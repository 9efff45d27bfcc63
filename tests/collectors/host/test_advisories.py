"""Advisories of dnf, from lists as createrepo_c 0.17 writes them and dnf 4.14 caches them.

The first host is that of a repository which was made for this: dnf itself (`updateinfo list --updates`) said the same of
it. Versions were compared with `rpm.vercmp` of rpm 4.18, three thousand pairs. Modules, `amazonlinux` and lists of other
packings are after documentation.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from checks.host.updates import other_updates_are_installed, package_lists_are_fresh, security_updates_are_installed
from collectors.host.advisories import DNF_ADVISORIES, evr, parse_advisories
from collectors.host.facts import Answer
from collectors.host.software import RPM_SOURCES
from collectors.host.source import FactError
from collectors.host.updates import MANAGER, UPDATE_TIMES, updates
from core.model import Status
from core.resource import missing_fields
from core.resources.host.updates import Updates
from tests.twins import MISSING, RecordedHost

AS_OF = datetime(2026, 1, 3, tzinfo=UTC)
NEW, OLD = 1_767_225_600, 1_700_000_000
PLACE = "/var/cache/dnf/base-os-93ef0015ed0ae167/repodata"
INSTALLED = "gamma noarch 1:1.0~rc1-1\ndelta noarch 0:3.0-1\nbeta noarch 0:2.0-1\nalpha noarch 0:1.0-1\n"
LINES = """\
security|RHSA-2026:0001||alpha|noarch|0:1.0-2
bugfix|RHBA-2026:0002||alpha|noarch|0:1.10-1
bugfix|RHBA-2026:0002||beta|noarch|0:2.0-3
security|RHSA-2026:0003||gamma|noarch|1:1.0-1
security|RHSA-2026:0003||delta|noarch|0:3.0-1
whole
"""
MENDED = "bugfix|RHBA-2026:0002||beta|noarch|0:2.0-1\nwhole\n"


def said(*repositories: tuple[str, int, str], installed: str = INSTALLED, modules: str = "") -> str:
    rows = [("installed", "", installed), *([("module", "", modules)] if modules else [])]
    rows += [(place, str(moment), text) for place, moment, text in repositories]
    return "".join(f"{field}\0" for row in rows for field in row)


def looked(answer: str | Answer, *enabled: str) -> Updates:
    sections = "".join(f"[{name}]\nbaseurl=https://mirror/{name}\n" for name in enabled or ("base-os",))
    host = RecordedHost(
        {
            MANAGER: "dnf\n",
            UPDATE_TIMES: f"{NEW} /var/cache/dnf/base-os-93ef0015ed0ae167/repodata/repomd.xml\0",
            RPM_SOURCES: f"/etc/yum.repos.d/a.repo\0{sections}[off]\nbaseurl=https://mirror/off\nenabled=0\n\0",
            DNF_ADVISORIES: answer,
        }
    )
    (seen,) = updates(host)
    assert isinstance(seen, Updates)
    return seen


def test_what_dnf_itself_said_is_pending() -> None:
    seen = looked(said((PLACE, NEW, LINES)))
    assert seen.refreshed == datetime(2026, 1, 1, tzinfo=UTC)
    assert [(u.package, u.installed, u.candidate, u.origin, u.security) for u in seen.pending] == [
        ("alpha", "0:1.0-1", "0:1.10-1", "RHSA-2026:0001", True),
        ("beta", "0:2.0-1", "0:2.0-3", "RHBA-2026:0002", False),
        ("gamma", "1:1.0~rc1-1", "1:1.0-1", "RHSA-2026:0003", True),
    ]
    assert security_updates_are_installed(seen, as_of=AS_OF).status is Status.FAIL
    assert other_updates_are_installed(seen, as_of=AS_OF).status is Status.FAIL


def test_nothing_is_pending_where_every_list_was_read() -> None:
    seen = looked(said((PLACE, NEW, MENDED)))
    assert seen.pending == ()
    assert security_updates_are_installed(seen, as_of=AS_OF).status is Status.PASS
    assert other_updates_are_installed(seen, as_of=AS_OF).reason.startswith("none is known from advisories")


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("docker-ce", None, "docker-ce has no list that dnf has fetched"),
        ("docker-ce", "none\n", "docker-ce has no list of advisories"),
        ("docker-ce", "security|X|", "docker-ce has a list of advisories that cannot be read here"),
        ("docker-ce", "", "docker-ce has a list of advisories that cannot be read here"),
        ("amazonlinux", MENDED, "amazonlinux is locked to one release, and does not tell what later ones mend"),
    ],
)
def test_what_is_not_known_is_not_called_nothing(name: str, text: str | None, why: str) -> None:
    other = [] if text is None else [(f"/var/cache/dnf/{name}-0123456789abcdef/repodata", NEW, text)]
    seen = looked(said((PLACE, NEW, MENDED), *other), "base-os", name)
    assert missing_fields(seen)["pending"].startswith(f"more may be pending than is known: {why}; look there with: dnf")
    found = looked(said((PLACE, NEW, LINES), *other), "base-os", name)
    assert security_updates_are_installed(found, as_of=AS_OF).status is Status.FAIL, "what is known counts"


def test_one_old_list_makes_all_of_them_old() -> None:
    other = ("/var/cache/libdnf5/epel-0123456789abcdef/repodata", OLD, MENDED)
    seen = looked(said((PLACE, NEW, MENDED), other), "base-os", "epel")
    assert security_updates_are_installed(seen, as_of=AS_OF).status is Status.UNKNOWN
    assert package_lists_are_fresh(seen, as_of=AS_OF).status is Status.FAIL
    assert looked(said((PLACE, NEW, MENDED), other)).refreshed == datetime(2026, 1, 1, tzinfo=UTC), "it is not enabled"


@pytest.mark.parametrize("answer", [MISSING, Answer(b"", "", 13), Answer(b"", "", 124), said(), "nonsense"])
def test_without_an_answer_nothing_is_known_but_when_lists_came(answer: str | Answer) -> None:
    seen = looked(answer if answer != said() else said((PLACE, NEW, MENDED), installed=""))
    assert seen.refreshed == datetime(2026, 1, 1, tzinfo=UTC)
    assert "look there with: dnf updateinfo list --updates" in missing_fields(seen)["pending"]


def test_the_newest_kernel_counts_and_each_architecture_by_itself() -> None:
    installed = (
        "kernel x86_64 0:5.14.0-503.el9\nkernel x86_64 0:5.14.0-70.el9\nglibc i686 0:2.34-1\nglibc x86_64 0:2.34-2\n"
    )
    lines = "security|A||kernel|x86_64|0:5.14.0-427.el9\nsecurity|B||glibc|i686|0:2.34-2\nsecurity|B||glibc|x86_64|0:2.34-2\n"
    seen = looked(said((PLACE, NEW, f"{lines}whole\n"), installed=installed))
    assert [(u.package, u.installed) for u in seen.pending] == [("glibc", "0:2.34-1")]


def test_only_streams_of_modules_that_are_enabled_count() -> None:
    modules = "[postgresql]\nname=postgresql\nstream=15\nstate=enabled\n\n[ruby]\nstream=3.1\nstate=disabled\n[php]\nstate=enabled\n"
    lines = "security|A|postgresql:16|pg|noarch|0:16.1-1\nsecurity|B|postgresql:15|pg|noarch|0:15.9-1\nwhole\n"
    rows = [("installed", "", "pg noarch 0:15.4-1\nruby noarch 0:3.1-1\n"), ("module", "", modules)]
    found = parse_advisories(
        [*rows, (PLACE, str(NEW), f"security|C|ruby:3.1|ruby|noarch|0:3.2-1\n{lines}")], ["base-os"]
    )
    assert [(u.candidate, u.origin) for u in found.pending] == [("0:15.9-1", "B")]
    assert parse_advisories([*rows, ("?", "", "")], ["base-os"]).refreshed is None


def test_versions_are_compared_as_rpm_does() -> None:
    ascending = ("0:1~~-1", "0:1~rc1-1", "0:1-1", "0:1^git1-1", "0:1.a-1", "0:1.1-1", "0:1.1-2", "0:1.10-1", "1:0-1")
    assert all(evr(before) < evr(after) for before, after in pairwise(ascending))
    assert evr("0:1.01-1") == evr(":1_1-1")
    with pytest.raises(FactError, match="is no version of a package"):
        evr("1.0")


XML = """<?xml version="1.0"?><updates><update from="a" type="security" version="1"><id>RHSA-1</id>
<description>&lt;package name="alpha"</description><pkglist><collection short="m"><module name="m" stream="1" arch="x"/>
<package name="alpha" version="1.0" release="2" epoch="0" arch="noarch" src="s"><filename>f</filename></package>
<package name="absent" version="1" release="2" epoch="0" arch="noarch"/></collection><collection><package
  name="alpha" version="1.1" release="1" epoch="0" arch="noarch"></package></collection></pkglist></update></updates>
"""
EXPECTED = "security|RHSA-1|m:1|alpha|noarch|0:1.0-2\nsecurity|RHSA-1||alpha|noarch|0:1.1-1\nwhole\n"


@pytest.mark.parametrize(
    ("ending", "pack", "expected"),
    [
        ("gz", gzip.compress, EXPECTED),
        ("xz", lzma.compress, EXPECTED),
        ("bz2", bz2.compress, EXPECTED),
        ("zck", bytes, ""),
        ("gz", lambda data: gzip.compress(data)[:20], ""),
        ("", bytes, "none\n"),
    ],
)
def test_the_hosts_own_shell_finds_the_packages_that_are_installed(
    tmp_path: Path, ending: str, pack: Callable[[bytes], bytes], expected: str
) -> None:
    folder = tmp_path / "var/cache/dnf/base-0123456789abcdef/repodata"
    folder.mkdir(parents=True)
    named = f'<location href="repodata/0a-updateinfo.xml.{ending}"/>' if ending else '<location href="repodata/p.xml"/>'
    (folder / "repomd.xml").write_text(f"<repomd>{named}</repomd>")
    (folder / f"0a-updateinfo.xml.{ending or 'gz'}").write_bytes(pack(XML.encode()))
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "rpm").write_text("#!/bin/sh\nprintf 'alpha noarch 0:1.0-1\\n'\n")
    (programs / "rpm").chmod(0o755)
    command = DNF_ADVISORIES.command.replace("/var/cache", f"{tmp_path}/var/cache").replace(
        "/etc/dnf", f"{tmp_path}/etc"
    )
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        capture_output=True,
        check=True,
        env={"PATH": f"{programs}:{os.defpath}", "AS_NOBODY": "", "LC_ALL": "C"},
    )
    *_, place, moment, text, _ = done.stdout.decode().split("\0")
    assert place == str(folder)
    assert moment.isdigit()
    assert text == expected
