"""Advisories of the RPM family, read from the lists that dnf has cached: dnf itself would write on the host.

A repository's list (`updateinfo.xml`) names for each advisory the packages that mend it. Those that are installed and
older are pending. Where a repository has no such list, or dnf has not fetched it, nobody can say that nothing is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from collectors.host.facts import Fact
from collectors.host.software import RPM_SOURCES, parse_repositories
from collectors.host.source import FactError, Host
from collectors.host.sshd import may_list, rows
from collectors.host.system import files
from core.resources.host.updates import PendingUpdate

# Only what is said of installed packages leaves the host. Whether a list was read to its end is seen by its last tag.
DNF_ADVISORIES = Fact(
    "dnf_advisories",
    may_list("/var/cache/dnf", "/var/cache/libdnf5", "/etc/dnf/modules.d")
    + """\
there=$($AS_NOBODY rpm -qa --qf '%{NAME} %{ARCH} %{EPOCHNUM}:%{VERSION}-%{RELEASE}\\n') || exit
printf 'installed\\0\\0%s\\0' "$there"
for f in /etc/dnf/modules.d/*.module; do
  [ ! -f "$f" ] || { printf 'module\\0\\0'; cat "$f" || exit; printf '\\0'; }
done
for d in /var/cache/dnf/*/repodata /var/cache/libdnf5/*/repodata; do
  [ -f "$d/repomd.xml" ] || continue
  t=$(stat -c %Y "$d"/* | sort -n | tail -n 1)
  printf '%s\\0%s\\0' "$d" "$t"
  named=$(grep -o 'href="repodata/[^"]*updateinfo[^"]*"' "$d/repomd.xml") || [ $? = 1 ] || exit
  for n in $named; do
    n=${n#*repodata/}; n=$d/${n%\\"}
    [ -f "$n" ] || continue
    case $n in *.gz) read=zcat ;; *.xz) read=xzcat ;; *.zst) read=zstdcat ;; *.bz2) read=bzcat ;; *.xml) read=cat ;;
      *) continue ;; esac
    { printf '%s\\n' "$there"; printf '>'; $read "$n"; } | awk '
      function of(name) {
        if (!match($0, " " name "=\\"[^\\"]*\\"")) return ""
        return substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
      }
      BEGIN { RS = ">" }
      NR == 1 { lines = split($0, line, "\\n"); for (i in line) { split(line[i], word, " "); have[word[1]] = 1 } next }
      /<update[ \\t\\n]/ { type = of("type"); id = ""; module = "" }
      /<\\/id$/ && id == "" { id = $0; sub(/^[ \\t\\r\\n]*/, "", id); sub(/<\\/id$/, "", id) }
      /<collection/ { module = "" }
      /<module[ \\t\\n]/ { module = of("name") ":" of("stream") }
      /<package[ \\t\\n]/ && (of("name") in have) {
        print type "|" id "|" module "|" of("name") "|" of("arch") "|" of("epoch") ":" of("version") "-" of("release")
      }
      /<\\/updates$/ { print "whole" }'
  done
  [ "$named" ] || echo none
  printf '\\0'
done
""",
    seconds=60,
    limit=4_194_304,
)
LOCKED = "amazonlinux"
"""The repository of Amazon Linux 2023. It is that of one release, and what mends a release is the next one."""

Version = tuple[int, list[tuple[int, int | str]], list[tuple[int, int | str]]]


@dataclass(frozen=True, slots=True)
class Cached:
    """What dnf has fetched of one repository: when it last did, and the lines about installed packages."""

    refreshed: datetime
    lines: tuple[str, ...]

    @property
    def problem(self) -> str:
        """Why its list does not tell everything; empty when it does."""
        if self.lines == ("none",):
            return "has no list of advisories"
        return "" if "whole" in self.lines else "has a list of advisories that cannot be read here"


@dataclass(frozen=True, slots=True)
class Advisories:
    """What is known of pending updates: `incomplete` says why there may be more, and is empty when there cannot."""

    refreshed: datetime | None
    pending: tuple[PendingUpdate, ...]
    incomplete: str


def advisories(host: Host) -> Advisories:
    """What the cached lists of the enabled repositories say about the installed packages. Raises `FactError`."""
    enabled = sorted(source.suites[0] for source in parse_repositories(files(host, RPM_SOURCES)))
    return parse_advisories(rows(host, DNF_ADVISORIES, 3), enabled)


def parse_advisories(told: Sequence[tuple[str, ...]], enabled: Sequence[str]) -> Advisories:
    """The same from the rows of `DNF_ADVISORIES` and the names of the enabled repositories. Raises `FactError`."""
    installed: dict[tuple[str, str], str] = {}
    streams: set[str] = set()
    cached: dict[str, Cached] = {}
    for place, moment, text in told:
        if place == "installed":
            installed = _newest(text)
        elif place == "module":
            streams.update(_enabled_streams(text))
        elif moment.isdigit():
            lines = tuple(text.splitlines())
            cached[_repository(place)] = Cached(datetime.fromtimestamp(int(moment), tz=UTC), lines)
    if not installed or not enabled:
        raise FactError(DNF_ADVISORIES, f"{DNF_ADVISORIES.name}: there are no packages, or no repositories are enabled")
    looked = [cached[name] for name in enabled if name in cached]
    problems = [
        f"{name} {cached[name].problem if name in cached else 'has no list that dnf has fetched'}"
        for name in enabled
        if name not in cached or cached[name].problem
    ]
    if LOCKED in enabled:
        problems.append(f"{LOCKED} is locked to one release, and does not tell what later ones mend")
    return Advisories(
        min((each.refreshed for each in looked), default=None),
        tuple(_pending(installed, streams, (line for each in looked for line in each.lines))),
        "; ".join(problems),
    )


def _newest(text: str) -> dict[tuple[str, str], str]:
    """The newest version of each package and architecture: several kernels are installed at once."""
    found: dict[tuple[str, str], str] = {}
    for name, arch, version in (line.split(" ") for line in text.splitlines() if line.count(" ") == 2):  # noqa: PLR2004 - see the fact
        if (name, arch) not in found or evr(version) > evr(found[name, arch]):
            found[name, arch] = version
    return found


def _enabled_streams(text: str) -> Iterator[str]:
    """Name and stream of each enabled module: `postgresql:15`."""
    for name, section in re.findall(r"^\[([^\]]+)\]([^\[]*)", text, re.MULTILINE):
        if re.search(r"^state\s*=\s*enabled\s*$", section, re.MULTILINE) and (
            stream := re.search(r"^stream\s*=\s*(\S+)\s*$", section, re.MULTILINE)
        ):
            yield f"{name}:{stream[1]}"


def _repository(folder: str) -> str:
    """`baseos` from `/var/cache/dnf/baseos-93ef0015ed0ae167/repodata`."""
    return re.sub(r"-[0-9a-f]{16}$", "", folder.split("/")[-2])


def _pending(
    installed: Mapping[tuple[str, str], str], streams: set[str], lines: Iterator[str]
) -> Iterator[PendingUpdate]:
    """One update for each package that an advisory mends: for security, where any of them is."""
    found: dict[tuple[str, str], list[tuple[Version, str, str, str]]] = {}
    for line in lines:
        kind, advisory, module, *package = line.split("|") if line.count("|") == 5 else ("", "", "")  # noqa: PLR2004 - see the fact
        if not package or (module and module not in streams):
            continue
        name, arch, version = package
        there = installed.get((name, arch))
        if there is not None and evr(version) > evr(there):
            found.setdefault((name, arch), []).append((evr(version), version, kind, advisory))
    for (name, arch), updates in sorted(found.items()):
        security = sorted(update for update in updates if update[2] == "security")
        newest = max(updates)
        yield PendingUpdate(
            package=name,
            installed=installed[name, arch],
            candidate=newest[1],
            origin=security[-1][3] if security else newest[3],
            security=bool(security),
        )


def evr(text: str) -> Version:
    """What an `epoch:version-release` compares by. Raises `FactError` for something else."""
    found = re.fullmatch(r"(\d*):([^-:\s]+)-([^-:\s]+)", text)
    if not found:
        raise FactError(DNF_ADVISORIES, f"{DNF_ADVISORIES.name}: {text!r:.80} is no version of a package")
    return int(found[1] or 0), _parts(found[2]), _parts(found[3])


def _parts(version: str) -> list[tuple[int, int | str]]:
    """Parts of a version as rpm compares them: `~` before the end, the end before `^`, and letters before numbers."""
    parts: list[tuple[int, int | str]] = []
    for part in re.findall(r"~|\^|\d+|[A-Za-z]+", version):
        if part.isdigit():
            parts.append((3, int(part)))
        else:
            parts.append({"~": (-1, 0), "^": (1, 0)}.get(part, (2, part)))
    return [*parts, (0, 0)]
