"""What the collectors of owners and modes make of recorded answers of find(1)."""

from __future__ import annotations

from typing import Any

import pytest

from collectors.host import files as module
from collectors.host.facts import Answer
from collectors.host.source import FactError, MissingProgramError, NeedsRootError
from core.engine import collect
from core.resources.host.files import ScheduleFile
from tests.twins import MISSING, NEEDS_ROOT, NOW, RecordedHost

files: Any = module  # collectors promise resources of some kind; these tests know which

NO_FILE = "/usr/bin/find: '/etc/gshadow': No such file or directory"
DENIED = "/usr/bin/find: '/etc/ssl/private': Permission denied"
# Debian 12
LISTED = r"""  2752657      4 -rw-r--r--   1 root     root         1103 Oct 16 23:04 /etc/passwd
  2752658      4 -rw-r-----   1 root     shadow        600 May  9  2025 /etc/shadow
  2752659      0 -rwxrwxrwx   1 root     1004            0 Nov 22 16:17 /etc/cron.d/we\ ird\nname\303\274
"""
DEVICE = "    301      0 crw-rw-rw-   1 root     root       1,   3 Nov 22 16:17 /etc/null\n"
LINK = "    302      0 lrwxrwxrwx   1 root     root           22 Nov 22 16:17 /etc/a -> /etc/b -> c\n"


def test_a_listing() -> None:
    seen = files.parse_listing(LISTED + DEVICE + LINK)
    assert [(f.path, f.mode, f.owner, f.group, f.type) for f in seen] == [
        ("/etc/passwd", 0o644, "root", "root", "-"),
        ("/etc/shadow", 0o640, "root", "shadow", "-"),
        (r"/etc/cron.d/we\ ird\nname\303\274", 0o777, "root", "1004", "-"),
        ("/etc/null", 0o666, "root", "root", "c"),
        ("/etc/a", 0o777, "root", "root", "l"),
    ]


@pytest.mark.parametrize(
    ("letters", "mode"),
    [
        ("rwxr-xr-x", 0o755),
        ("rwsr-xr-x", 0o4755),
        ("rwSr--r--", 0o4644),
        ("rwxr-sr-x", 0o2755),
        ("rw-r-Sr--", 0o2644),
        ("rwxrwxrwt", 0o1777),
        ("rwxrwx--T", 0o1770),
        ("---------", 0),
    ],
)
def test_modes(letters: str, mode: int) -> None:
    assert files.parse_mode(letters) == mode


@pytest.mark.parametrize("letters", ["", "rwx", "rwxrwxrwz", "xwrxwrxwr", "rwxrwxrws"])
def test_what_is_no_mode(letters: str) -> None:
    with pytest.raises(ValueError):
        files.parse_mode(letters)


COLLECTORS: list[tuple[Any, Any]] = [
    (files.account_databases, files.ACCOUNT_DATABASES),
    (files.sudoers_files, files.SUDOERS_FILES),
    (files.schedule_files, files.SCHEDULE_FILES),
    (files.boot_files, files.BOOT_FILES),
    (files.container_sockets, files.CONTAINER_SOCKETS),
    (files.log_files, files.LOG_FILES),
]


@pytest.mark.parametrize(("collector", "fact"), COLLECTORS)
def test_files_that_do_not_exist_are_no_gap(collector: Any, fact: Any) -> None:
    seen = list(collector(RecordedHost({fact: Answer(LISTED.encode(), f"{NO_FILE}\n{NO_FILE}", 1)})))
    assert [(f.id, f.mode) for f in seen[:2]] == [("/etc/passwd", 0o644), ("/etc/shadow", 0o640)]
    assert len(seen) == 3
    assert list(collector(RecordedHost({fact: Answer(b"", NO_FILE, 1)}))) == []


@pytest.mark.parametrize(("collector", "fact"), COLLECTORS)
def test_what_may_not_be_seen_is_a_gap_and_the_rest_is_kept(collector: Any, fact: Any) -> None:
    host = RecordedHost({fact: Answer(LISTED.encode(), f"{NO_FILE}\n{DENIED}", 1)})
    got = collect(collector, host, version="0", clock=lambda: NOW)
    assert len(got.evidence[0].resources) == 3
    (gap,) = got.unit.gaps
    assert "Permission denied" in gap.reason
    assert "run as root" in gap.hint


@pytest.mark.parametrize(("collector", "fact"), [*COLLECTORS, (files.private_keys, files.PRIVATE_KEYS)])
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (MISSING, MissingProgramError),
        (NEEDS_ROOT, NeedsRootError),
        (Answer(b"", "find: unrecognized: -ls", 2), FactError),
        (Answer(b"garbage\n", "", 0), FactError),
        (Answer(LISTED.encode(), "", 0, truncated=True), FactError),
        (Answer(LISTED.encode(), "", 1), FactError),
        (Answer(LISTED.encode(), f"{NO_FILE}\n" * 40, 1), FactError),
        (Answer(LISTED.encode(), "", -1), FactError),
    ],
)
def test_a_find_that_fails_is_never_an_empty_list(
    collector: Any, fact: Any, answer: Answer, error: type[Exception]
) -> None:
    with pytest.raises(error):
        list(collector(RecordedHost({fact: answer})))


def test_a_folder_that_two_searches_meet_is_one_thing() -> None:
    line = "      9      4 drwx-wx--T   2 root     crontab      4096 Mar  5  2023 /var/spool/cron/crontabs\n"
    host = RecordedHost({files.SCHEDULE_FILES: line * 2})
    (seen,) = collect(files.schedule_files, host, version="0", clock=lambda: NOW).evidence[0].resources
    assert isinstance(seen, ScheduleFile)
    assert (seen.mode, seen.group, seen.type) == (0o1730, "crontab", "d")


KEYS = """\
   1      4 drwxr-xr-x   4 root     root         4096 Oct 16 23:04 /etc/ssl
   2      4 drwx--x---   2 root     ssl-cert     4096 Oct 16 23:04 /etc/ssl/private
   3      4 -rw-r-----   1 root     ssl-cert     1704 Oct 16 23:04 /etc/ssl/private/snakeoil.pem
   4      4 -rw-r--r--   1 root     root         1704 Oct 16 23:04 /etc/ssl/openssl.cnf
   5      4 drwxr-xr-x   4 root     root         4096 Oct 16 23:04 /etc/nginx
   6      4 -rw-r--r--   1 root     root         1704 Oct 16 23:04 /etc/nginx/site.KEY
   7      4 lrwxrwxrwx   1 root     root         1704 Oct 16 23:04 /etc/nginx/link.key -> /etc/nginx/site.KEY
   8      4 drwxr-xr-x   1 root     root         1704 Oct 16 23:04 /etc/nginx/folder.key
"""


def test_private_keys_and_the_folders_that_close_them_off() -> None:
    seen = list(files.private_keys(RecordedHost({files.PRIVATE_KEYS: Answer(KEYS.encode(), NO_FILE, 1)})))
    assert [(k.id, k.mode, k.group, k.closed_folder) for k in seen] == [
        ("/etc/ssl/private/snakeoil.pem", 0o640, "ssl-cert", "/etc/ssl/private"),
        ("/etc/nginx/site.KEY", 0o644, "root", ""),
    ]
    with pytest.raises(FactError):
        list(files.private_keys(RecordedHost({files.PRIVATE_KEYS: Answer(KEYS.encode(), DENIED, 1)})))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/etc/letsencrypt/archive/a.example/privkey12.pem", True),
        ("/etc/haproxy/site-key.pem", True),
        ("/etc/haproxy/key.pem", True),
        ("/etc/pki/tls/private/localhost", True),
        ("/etc/ssl/certs/monkey.pem", False),
        ("/etc/ssl/certs/cert.pem", False),
    ],
)
def test_keys_are_known_by_name_and_folder(path: str, expected: bool) -> None:
    assert files.is_key(path) is expected


def test_files_that_everybody_may_write() -> None:
    (seen,) = files.writable_files(RecordedHost({files.WRITABLE_FILES: LISTED}))
    assert seen.paths == tuple(sorted(("/etc/passwd", "/etc/shadow", r"/etc/cron.d/we\ ird\nname\303\274")))
    (clean,) = files.writable_files(RecordedHost({files.WRITABLE_FILES: ""}))
    assert (clean.paths, clean.folders) == ((), ("/etc", "/usr/local/bin", "/usr/local/sbin"))
    with pytest.raises(FactError):
        list(files.writable_files(RecordedHost({files.WRITABLE_FILES: Answer(b"", DENIED, 1)})))
