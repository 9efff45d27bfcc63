"""Updates: what the package lists know, what is pending, what installs it, and whether a reboot is due.

Nothing here refreshes a list or asks the network: the answers are as new as the lists, and the lists' dates are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from collectors.host.advisories import DNF_ADVISORIES, advisories
from collectors.host.facts import Fact
from collectors.host.software import RPM_SOURCES
from collectors.host.source import FactError, Host, MissingProgramError
from collectors.host.system import (
    CONTAINMENT,
    PROCESSES,
    SYSTEMD,
    TIMERS,
    container,
    files,
    print_files,
    print_times,
    started_by,
    timer_paths,
    times,
)
from core.plugins import collector
from core.resource import unobserved
from core.resources.host.updates import AutomaticUpdates, PackageIndex, PendingUpdate, Reboot, Updates

MANAGER = Fact(
    "update_manager",
    "if [ -e /var/lib/dpkg/status ]; then echo apt; elif [ -e /lib/apk/db/installed ]; then echo apk\n"
    "elif [ -e /usr/bin/dnf ]; then echo dnf; fi",
)
DNF_HINT = "look there with: dnf updateinfo list --updates"
LISTS = {"apt": "/var/lib/apt/", "dnf": "/var/cache/", "apk": "/var/cache/apk/"}
"""Where each package manager keeps its lists."""
# The head of each signed index; the rest is megabytes of checksums.
APT_INDEXES = Fact(
    "apt_indexes",
    """\
cd /var/lib/apt/lists || exit 1
for f in *InRelease *Release; do
  case $f in *InRelease|*_Release) ;; *) continue;; esac
  [ -f "$f" ] || continue
  printf '%s\\0' "$f"; head -n 24 "$f" || exit 1; printf '\\0'
done
""",
)
UPDATE_TIMES = Fact(
    "update_times",
    print_times(
        "/var/lib/apt/periodic/update-success-stamp",
        "/var/lib/apt/lists/*Release",
        "/var/cache/dnf/*/repodata/repomd.xml",
        "/var/cache/libdnf5/*/repodata/repomd.xml",
        "/var/cache/yum/*/*/*/repomd.xml",
        "/var/cache/apk/APKINDEX.*",
    ),
)
APT_PENDING = Fact(
    "apt_pending",
    # Root's would write a cache and /var/log/apt/eipp.log.xz, simulation or not.
    "said=$($AS_NOBODY apt-get -s -o Debug::NoLocking=true dist-upgrade) || exit\n"
    "printf '%s\\n' \"$said\" | grep '^Inst ' || [ $? = 1 ]",
    seconds=60,
    limit=4_194_304,
)
APK_PENDING = Fact("apk_pending", "apk version -l '<'", limit=1_048_576)
AUTOMATIC_SETTINGS = Fact("automatic_settings", "apt-config dump APT::Periodic Unattended-Upgrade")
DNF_AUTOMATIC = Fact("dnf_automatic", print_files("/etc/dnf/automatic.conf"))
AUTOMATIC_PROGRAMS = Fact(
    "automatic_programs",
    print_times(
        "/usr/bin/unattended-upgrade",
        "/usr/bin/dnf-automatic",
        "/etc/cron.daily/apt-compat",
        *timer_paths("apt-daily-upgrade.timer"),
        *timer_paths("dnf-automatic.timer"),
        *timer_paths("dnf-automatic-install.timer"),
    ),
)
REBOOT = Fact("reboot", print_files("/run/reboot-required", "/run/reboot-required.pkgs"))
KERNELS = Fact(
    "kernels",
    'uname -r || exit 1\nif [ -d /boot ]; then [ -r /boot ] || { echo "/boot: Permission denied" >&2; exit 1; }; fi\n'
    'for f in /boot/vmlinuz-*; do [ -e "$f" ] && echo "${f#/boot/vmlinuz-}"; done\n:',
)


@collector(
    permissions=(MANAGER, APT_INDEXES, UPDATE_TIMES, APT_PENDING, APK_PENDING, RPM_SOURCES, DNF_ADVISORIES), slow=True
)
def updates(host: Host) -> Iterator[Updates]:
    """The package lists with their dates, and every update that is pending after them."""
    manager = host.text(MANAGER).strip()
    if not manager:
        return
    if manager not in LISTS:
        raise FactError(MANAGER, f"{MANAGER.name}: {manager!r:.80} is no package manager that we know")
    lists = [moment for path, moment in times(host, UPDATE_TIMES).items() if path.startswith(LISTS[manager])]
    if manager == "dnf":
        yield _of_dnf(host, max(lists, default=None))
        return
    yield Updates(
        id=host.name,
        manager=manager,
        indexes=host.look(lambda: parse_indexes(files(host, APT_INDEXES))) if manager == "apt" else (),
        refreshed=max(lists, default=None),
        pending=host.look(lambda: _pending(host, manager)),
    )


def _pending(host: Host, manager: str) -> tuple[PendingUpdate, ...]:
    if manager == "apt":
        return parse_apt_pending(host.text(APT_PENDING))
    return parse_apk_pending(host.text(APK_PENDING))


def _of_dnf(host: Host, newest: datetime | None) -> Updates:
    """What dnf's cached lists say. Where they cannot say everything, only a pending security update is an answer."""
    pending: tuple[PendingUpdate, ...]
    try:
        found = advisories(host)
    except FactError as error:
        refreshed, pending = newest, unobserved(f"{error}; {DNF_HINT}")
    else:
        refreshed, pending = found.refreshed, found.pending
        if found.incomplete and not any(update.security for update in pending):
            pending = unobserved(f"more may be pending than is known: {found.incomplete}; {DNF_HINT}")
    return Updates(id=host.name, manager="dnf", indexes=(), refreshed=refreshed, pending=pending)


@collector(permissions=(CONTAINMENT, PROCESSES, SYSTEMD, TIMERS, AUTOMATIC_SETTINGS, AUTOMATIC_PROGRAMS, DNF_AUTOMATIC))
def automatic(host: Host) -> Iterator[AutomaticUpdates]:
    """Whether unattended-upgrades or dnf-automatic is installed, switched on and started."""
    there = times(host, AUTOMATIC_PROGRAMS)
    if "/usr/bin/dnf-automatic" in there:
        program, switches = "dnf-automatic", parse_dnf_automatic(files(host, DNF_AUTOMATIC))
    else:
        program = "unattended-upgrades" if "/usr/bin/unattended-upgrade" in there else ""
        try:
            switches = parse_periodic(host.text(AUTOMATIC_SETTINGS))
        except MissingProgramError:
            switches = (False, False, False)
    refreshes, installs, covers = switches
    yield AutomaticUpdates(
        id=host.name,
        container=container(host),
        program=program,
        refreshes_lists=refreshes,
        installs=installs,
        covers_security=covers,
        started_by=host.look(lambda: started_by(host, there)),
    )


@collector(permissions=(CONTAINMENT, REBOOT, KERNELS))
def reboot(host: Host) -> Iterator[Reboot]:
    """Whether a reboot was asked for, and whether the newest installed kernel runs."""
    asked = files(host, REBOOT)
    current, *installed = host.text(KERNELS).splitlines() or [""]
    if not kernel_numbers(current):
        raise FactError(KERNELS, f"{KERNELS.name}: {current!r:.80} is no release of a kernel")
    newest = newest_kernel(installed)
    yield Reboot(
        id=host.name,
        container=container(host),
        requested=bool(asked),
        requested_for=tuple(sorted(set(asked.get("/run/reboot-required.pkgs", "").split()))),
        running_kernel=current,
        newest_kernel=newest,
        newest_is_running=bool(newest) and kernel_numbers(current) >= kernel_numbers(newest),
    )


def parse_indexes(found: dict[str, str]) -> tuple[PackageIndex, ...]:
    """Origin, suite and date of signed indexes. Raises `FactError` for one that has no date."""
    return tuple(sorted((_index(name, text) for name, text in found.items()), key=lambda i: (i.suite, i.origin)))


def _index(name: str, text: str) -> PackageIndex:
    fields: dict[str, str] = dict(re.findall(r"^(Origin|Label|Suite|Codename|Date): *(.+?)\s*$", text, re.MULTILINE))
    try:
        published = parsedate_to_datetime(fields["Date"])
    except (KeyError, ValueError) as error:
        raise FactError(APT_INDEXES, f"{name:.80} has no date of publication") from error
    suite = fields.get("Suite", fields.get("Codename", ""))
    told = f"{fields.get('Label', '')} {suite} {fields.get('Codename', '')}".lower()
    return PackageIndex(
        origin=fields.get("Origin", ""),
        suite=suite,
        published=published if published.tzinfo else published.replace(tzinfo=UTC),
        security="security" in told,
    )


def parse_apt_pending(text: str) -> tuple[PendingUpdate, ...]:
    """The `Inst name [installed] (candidate origin, origin [arch])` lines of a simulated upgrade."""
    found = re.findall(r"^Inst (\S+) (?:\[([^\]]*)\] )?\((\S+) ([^)]*?)(?: \[[^\]]*\])?\)", text, re.MULTILINE)
    return tuple(
        PendingUpdate(
            package=name,
            installed=installed,
            candidate=candidate,
            origin=origin,
            security=bool(re.search(r"-security\b|debian-security|ubuntuesm", origin, re.IGNORECASE)),
        )
        for name, installed, candidate, origin in sorted(found)
    )


def parse_apk_pending(text: str) -> tuple[PendingUpdate, ...]:
    """`name-installed < candidate`; Alpine's branches get little but fixes and do not say which are for security."""
    found = re.findall(r"^(\S+)-(\d\S*-r\d+)\s+<\s+(\S+)", text, re.MULTILINE)
    return tuple(
        PendingUpdate(package=name, installed=installed, candidate=candidate, origin="", security=True)
        for name, installed, candidate in sorted(found)
    )


def parse_periodic(text: str) -> tuple[bool, bool, bool]:
    """From `apt-config dump`: are lists refreshed, are upgrades installed, and do they include security fixes?"""
    lines = re.findall(r'^([\w:-]+) "([^"]*)";$', text, re.MULTILINE)
    if text.strip() and not lines:
        raise FactError(AUTOMATIC_SETTINGS, f"{AUTOMATIC_SETTINGS.name}: {text.strip()!r:.80} is no setting of apt")
    values = dict(lines)

    def on(name: str) -> bool:
        return values.get(f"APT::Periodic::{name}", "0") not in ("0", "", "false")

    origins = [
        value
        for name, value in lines
        if name.startswith(("Unattended-Upgrade::Origins-Pattern::", "Unattended-Upgrade::Allowed-Origins::"))
    ]
    enabled = values.get("APT::Periodic::Enable", "1") not in ("0", "false")
    return (
        enabled and on("Update-Package-Lists"),
        enabled and on("Unattended-Upgrade"),
        any("security" in origin.lower() for origin in origins),
    )


def parse_dnf_automatic(found: dict[str, str]) -> tuple[bool, bool, bool]:
    """The same of automatic.conf: without `apply_updates` it only downloads."""
    text = "\n".join(found.values())
    applies = re.search(r"(?m)^\s*apply_updates\s*=\s*(yes|true|1|on)\s*$", text, re.IGNORECASE) is not None
    return True, applies, True


def newest_kernel(installed: list[str]) -> str:
    """The newest by the numbers in front of its flavour (`6.1.0-18-amd64`), so that two flavours do not compete."""
    return max((name for name in installed if "rescue" not in name), key=kernel_numbers, default="")


def kernel_numbers(name: str) -> tuple[int, ...]:
    """The comparable part of a kernel's release: 6.1.0-18-amd64 gives (6, 1, 0, 18)."""
    found = re.match(r"\d+(?:[.+-]\d+)*", name)
    return tuple(map(int, re.findall(r"\d+", found[0]))) if found else ()
