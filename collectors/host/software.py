"""Installed packages, and the repositories that they may come from: apt, dnf and yum, apk."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from collectors.host.facts import Fact
from collectors.host.source import FactError, Host, MissingProgramError
from collectors.host.system import files, print_files
from core.plugins import collector
from core.resources.host.software import Package, PackageSource, PackageVerification

# A Debian host may have rpm as a mere tool, so the database decides.
PACKAGES = Fact(
    "packages",
    """\
if [ -e /var/lib/dpkg/status ]; then
  dpkg-query -W -f '${db:Status-Abbrev}\\t${Package}\\t${Architecture}\\t${Version}\\n'
elif [ -e /lib/apk/db/installed ]; then
  cat /lib/apk/db/installed
elif [ -e /var/lib/rpm ] || [ -e /usr/lib/sysimage/rpm ]; then
  $AS_NOBODY rpm -qa --qf 'rpm\\t%{NAME}\\t%{ARCH}\\t%{EPOCHNUM}:%{VERSION}-%{RELEASE}\\n'
else
  exit 127
fi
""",
    seconds=30,
    limit=16_777_216,
)
APT_SOURCES = Fact(
    "apt_sources",
    print_files("/etc/apt/sources.list", "/etc/apt/sources.list.d/*.list", "/etc/apt/sources.list.d/*.sources"),
)
RPM_SOURCES = Fact("rpm_sources", print_files("/etc/dnf/dnf.conf", "/etc/yum.conf", "/etc/yum.repos.d/*.repo"))
APK_SOURCES = Fact("apk_sources", print_files("/etc/apk/repositories", "/etc/apk/repositories.d/*.list"))
APT_VERIFICATION = Fact(
    "apt_verification",
    "apt-config dump APT::Get::AllowUnauthenticated Acquire::AllowInsecureRepositories Acquire::AllowWeakRepositories "
    "Acquire::AllowDowngradeToInsecureRepositories Acquire::Check-Valid-Until",
)

MARK = re.compile(r"\[redacted: [^\]]*\]")
"""What redaction leaves of a password in an address: its blanks would end a word."""

STATES = {
    "i": "installed",
    "U": "unpacked",
    "F": "half-configured",
    "H": "half-installed",
    "W": "triggers-awaited",
    "t": "triggers-pending",
}
"""The second letter of dpkg's status. `n` and `c` are packages of which at most settings are left."""


@collector(permissions=(PACKAGES,))
def packages(host: Host) -> Iterator[Package]:
    """Every installed package with its version."""
    yield from parse_packages(host.text(PACKAGES))


@collector(permissions=(APT_SOURCES, RPM_SOURCES, APK_SOURCES))
def sources(host: Host) -> Iterator[PackageSource]:
    """Every enabled repository of apt, dnf (yum) and apk."""
    for path, text in files(host, APT_SOURCES).items():
        yield from parse_deb822(path, text) if path.endswith(".sources") else parse_one_line(path, text)
    yield from parse_repositories(files(host, RPM_SOURCES))
    for path, text in files(host, APK_SOURCES).items():
        yield from parse_apk(path, text)


@collector(permissions=(APT_VERIFICATION,))
def verification(host: Host) -> Iterator[PackageVerification]:
    """Settings of apt that let it take packages without valid signatures, where apt is installed."""
    try:
        switches = parse_apt_verification(host.text(APT_VERIFICATION))
    except MissingProgramError:
        return
    old = tuple(switch for switch in switches if switch.startswith(VALID_UNTIL))
    weakened = tuple(switch for switch in switches if switch not in old)
    yield PackageVerification(id=host.name, manager="apt", weakened_by=weakened, accepts_old_lists_by=old)


def parse_packages(text: str) -> Iterator[Package]:
    """Packages of dpkg-query, rpm or apk's database. Raises `FactError` for a line that none of them writes."""
    rows = list(_apk_rows(text) if re.match(r"[A-Z]:", text) else _rows(text))
    names = Counter((name, architecture) for _, name, architecture, _ in rows)
    for state, name, architecture, version in rows:
        several = names[name, architecture] > 1  # rpm keeps several kernels
        yield Package(
            id=f"{name}:{architecture}{' ' + version if several else ''}",
            name=name,
            version=version,
            architecture=architecture,
            state="installed" if state == "rpm" else STATES[state[1]],
            held=state.startswith("h"),
        )


def _rows(text: str) -> Iterator[tuple[str, str, str, str]]:
    for line in text.splitlines():
        state, name, architecture, version = (line.split("\t") + ["?"] * 4)[:4]
        if state != "rpm" and state[1:2] not in (*STATES, "n", "c"):
            raise FactError(PACKAGES, f"{PACKAGES.name}: {line!r:.80} is no package")
        if state == "rpm" or state[1] in STATES:
            yield state, name, architecture, version.removeprefix("0:") if state == "rpm" else version


def _apk_rows(text: str) -> Iterator[tuple[str, str, str, str]]:
    for block in text.split("\n\n"):
        fields = dict(re.findall(r"^([PVA]):(.*)$", block, re.MULTILINE))
        if "P" in fields:
            yield "rpm", fields["P"], fields.get("A", ""), fields.get("V", "")


def parse_one_line(path: str, text: str) -> Iterator[PackageSource]:
    """`deb [options] address suite components`, see sources.list(5)."""
    for line in MARK.sub("-", text).splitlines():
        found = re.match(r"\s*deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)", line)
        if found:
            options = dict(word.split("=", 1) for word in (found[1] or "").lower().split() if "=" in word)
            signed = re.search(r"(?i)signed-by=(\S+)", found[1] or "")
            yield _apt(path, found[2], (found[3],), options, signed[1] if signed else "")


def parse_deb822(path: str, text: str) -> Iterator[PackageSource]:
    """Paragraphs of a .sources file; those with `Enabled: no` are left out."""
    for paragraph in re.split(r"\n[ \t]*\n", re.sub(r"(?m)^#.*\n?", "", MARK.sub("-", text))):
        fields: dict[str, str] = {}
        name = ""
        for line in paragraph.splitlines():
            if line[:1].isspace():
                fields[name] = f"{fields.get(name, '')}\n{line.strip()}"
            else:
                name, _, value = line.partition(":")
                name = name.strip().lower()
                fields[name] = value.strip()
        if "deb" in fields.get("types", "").split() and fields.get("enabled", "yes").lower() not in (
            "no",
            "false",
            "0",
        ):
            key = fields.get("signed-by", "")
            signed_by = "a key in the file itself" if "BEGIN PGP" in key else " ".join(key.split())
            options = {name: value.lower() for name, value in fields.items()}
            for address in fields.get("uris", "").split():
                yield _apt(path, address, tuple(fields.get("suites", "").split()), options, signed_by)


def _apt(path: str, address: str, suites: tuple[str, ...], options: dict[str, str], signed_by: str) -> PackageSource:
    switches = [
        f"{name}={options[name]}"
        for name in ("trusted", "allow-insecure", "allow-weak")
        if options.get(name, "no") in ("yes", "true", "1")
    ]
    return _source("apt", path, address, suites, " and ".join(switches), signed_by)


def parse_repositories(found: dict[str, str]) -> Iterator[PackageSource]:
    """The enabled sections of .repo files. What they do not say is as in dnf.conf, and there gpgcheck is off."""
    main = _sections("\n".join(text for path, text in found.items() if path.endswith(".conf"))).get("main", {})
    for path, text in found.items():
        for name, section in _sections(text).items():
            if not path.endswith(".repo") or section.get("enabled", "1").lower() in ("0", "no", "false"):
                continue
            checks = section.get("gpgcheck", main.get("gpgcheck", "0"))
            because = "" if checks.lower() in ("1", "yes", "true") else f"gpgcheck={checks}"
            given = (section.get(key, "") for key in ("baseurl", "mirrorlist", "metalink"))
            address = next((value.split()[0] for value in given if value), "")
            yield _source("dnf", path, address, (name,), because, section.get("gpgkey", ""))


def _sections(text: str) -> dict[str, dict[str, str]]:
    sections: dict[str, dict[str, str]] = {}
    current: dict[str, str] = {}
    for line in text.splitlines():
        if line.startswith("["):
            current = sections.setdefault(line.strip().strip("[]"), {})
        elif "=" in line and not line.startswith(("#", ";", " ")):
            name, _, value = line.partition("=")
            current[name.strip().lower()] = value.strip()
    return sections


def parse_apk(path: str, text: str) -> Iterator[PackageSource]:
    """One address a line, perhaps behind a tag; apk always checks signatures against /etc/apk/keys."""
    for line in text.splitlines():
        words = line.split()
        if words and not words[0].startswith("#"):
            yield _source("apk", path, words[-1], (), "", "/etc/apk/keys")


def _source(
    manager: str, path: str, address: str, suites: tuple[str, ...], because: str, signed_by: str
) -> PackageSource:
    scheme, _, rest = address.partition(":")
    place, slash, folder = rest.removeprefix("//").partition("/")
    server = place.rpartition("@")[2].partition(":")[0] if "://" in address else ""
    bare = address if "//" not in address else f"{scheme}://{place.rpartition('@')[2]}{slash}{folder}"
    return PackageSource(
        id=" ".join((path.rpartition("/")[2], bare, *suites)),
        manager=manager,
        file=path,
        address=bare,
        scheme=scheme,
        server=server,
        suites=suites,
        verified=not because,
        unverified_because=because,
        signed_by=signed_by,
    )


VALID_UNTIL = "Acquire::Check-Valid-Until"


def parse_apt_verification(text: str) -> tuple[str, ...]:
    """The switches that are on, as `apt-config dump` writes them. `Check-Valid-Until` weakens when it is off."""
    weakened = []
    for name, value in re.findall(r'^([\w:-]+) "([^"]*)";$', text, re.MULTILINE):
        on = value.lower() in ("1", "true", "yes", "on", "enable", "with")
        off = value.lower() in ("0", "false", "no", "off", "disable", "without")
        if off if name == VALID_UNTIL else on:
            weakened.append(f"{name}={value}")
    return tuple(sorted(weakened))
