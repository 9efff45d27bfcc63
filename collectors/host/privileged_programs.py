"""Setuid and setgid programs: those of a few folders. The whole disk is never walked."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.host.facts import Fact
from collectors.host.source import FactError, Host
from collectors.host.sshd import may_list, rows
from core.plugins import collector
from core.resource import Unobserved, unobserved
from core.resources.host.privileged_programs import PrivilegedProgram

FOLDERS = (
    "/bin /sbin /usr/bin /usr/sbin /usr/games /usr/libexec /usr/libexec/openssh /usr/local/bin /usr/local/sbin "
    "/usr/local/libexec /usr/lib/openssh /usr/lib/dbus-1.0 /usr/lib/policykit-1 /usr/lib/polkit-1 /usr/lib/eject "
    "/usr/lib/xorg /opt /tmp /var/tmp /dev/shm /run/shm /var/www /srv"
)
"""Where programs are run from, where packages keep such programs, and where everybody, or a service, may write."""
_FIND = f"find {FOLDERS} -maxdepth 1 -type f \\( -perm -4000 -o -perm -2000 \\)"
# A folder that is not there is complained about and has nothing; find(1) then ends with 1.
PRIVILEGED_PROGRAMS = Fact(
    "privileged_programs",
    may_list(*FOLDERS.split()) + f"command -v find >/dev/null || exit 127\n{_FIND} "
    "-exec stat --printf '%a\\0%U\\0%G\\0%n\\0' {} + 2>/dev/null\nprintf 'end\\0\\0\\0\\0'",
    limit=1_048_576,
)
# Packages may name a file by the path that it had before /bin was merged into /usr/bin.
PROGRAM_PACKAGES = Fact(
    "program_packages",
    "if command -v dpkg-query >/dev/null && [ -e /var/lib/dpkg/status ]; then\n"
    + _FIND
    + ' -exec sh -c \'for f; do case $f in /usr/*) set -- "$@" "${f#/usr}" ;; esac; done\n'
    'dpkg-query -S "$@"\' sh {} +\n'
    "elif command -v rpm >/dev/null; then\n"
    + _FIND
    + ' -exec sh -c \'for f; do p=$(rpm -qf --qf "%{NAME}" "$f") && printf "%s: %s\\\\n" "$p" "$f"; done\' sh {} +\n'
    "else exit 127; fi 2>/dev/null\necho end",
    seconds=30,
    limit=1_048_576,
)


@collector(permissions=(PRIVILEGED_PROGRAMS, PROGRAM_PACKAGES))
def privileged_programs(host: Host) -> Iterator[PrivilegedProgram]:
    """Programs with the setuid or setgid bit, and the packages that brought them."""
    *found, end = rows(host, PRIVILEGED_PROGRAMS, 4) or [("",) * 4]
    if end[0] != "end":
        raise FactError(PRIVILEGED_PROGRAMS, f"{PRIVILEGED_PROGRAMS.name}: it ended too early")
    packages = host.look(lambda: parse_packages(host.text(PROGRAM_PACKAGES)))
    for mode, owner, group, path in found:
        package: str = unobserved(packages.reason) if isinstance(packages, Unobserved) else packages.get(path, "")
        yield PrivilegedProgram(id=path, mode=int(mode, 8), owner=owner, group=group, package=package)


def parse_packages(text: str) -> dict[str, str]:
    """The package of each path, from `package: path` as `dpkg-query -S` prints it; `/bin/su` is `/usr/bin/su` too.

    Raises `FactError` when the last line is missing.
    """
    packages: dict[str, str] = {}
    *lines, end = text.splitlines() or [""]
    if end != "end":
        raise FactError(PROGRAM_PACKAGES, f"{PROGRAM_PACKAGES.name}: it ended too early")
    for line in lines:
        names, colon, path = line.partition(": ")
        if colon and path.startswith("/") and not names.startswith("diversion by "):
            for same in (path, f"/usr{path}"):
                packages.setdefault(same, names.partition(":")[0])
    return packages
