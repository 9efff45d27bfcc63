"""The trees that hosts are made of: a Debian made once by debootstrap, and one with other auditors laid over it.

A third has Python, for the agent itself. All are kept in a folder (`ANNEXA_HOSTS_CACHE`, else `~/.cache/annexa-hosts`) until their recipe changes or they are
days old: package lists that were fetched long ago are a fault of their own.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from runs.clock import now

CACHE = "ANNEXA_HOSTS_CACHE"
KEEP = timedelta(days=5)
PATIENCE = 900
"""Seconds that making a tree may take."""

MIRROR = "http://deb.debian.org/debian"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
PACKAGES = (
    *(
        "acl",
        "aide",
        "aide-common",
        "apparmor",
        "auditd",
        "ca-certificates",
        "chrony",
        "cracklib-runtime",
        "cron",
        "dbus",
        "iproute2",
    ),
    *("iptables", "kmod", "libpam-pwquality", "libpam-systemd", "linux-base", "login", "logrotate", "netbase"),
    *("nftables", "openssh-server", "openssl", "passwd", "procps", "rsyslog", "rsyslog-gnutls", "sudo", "systemd"),
    *("systemd-journal-remote", "systemd-sysv", "tzdata", "unattended-upgrades", "util-linux"),
)
DANGEROUS = "inetutils-telnetd"
"""A package that only the weak host installs. It waits in the tree's own cache of packages."""

SOURCES = f"""\
Types: deb
URIs: {MIRROR}
Suites: bookworm bookworm-updates
Components: main
Signed-By: {KEYRING}

Types: deb
URIs: {MIRROR}-security
Suites: bookworm-security
Components: main
Signed-By: {KEYRING}
"""

# Identities that are made once and copied would be a fault of both hosts.
FINISH_BASE = f"""
export DEBIAN_FRONTEND=noninteractive
apt-get -q update
apt-get -q -y dist-upgrade
apt-get -q clean
apt-get -q -y --no-install-recommends --download-only install {DANGEROUS}
rm -f /etc/ssh/ssh_host_*_key* /var/lib/dbus/machine-id
: >/etc/machine-id
"""

# Debian 12's own OpenSCAP content knows no CIS profile of Debian 12: that of sid does since 0.1.82.
FINISH_AUDITORS = f"""
export DEBIAN_FRONTEND=noninteractive
apt-get -q -y --no-install-recommends install openscap-scanner
mkdir -p /newer/lists/partial /newer/cache/archives/partial
echo 'deb [signed-by={KEYRING}] {MIRROR} sid main' >/newer/sources.list
newer() {{
  apt-get -q -o Dir::Etc::sourcelist=/newer/sources.list -o Dir::Etc::sourceparts=- \\
    -o Dir::State::lists=/newer/lists -o Dir::Cache=/newer/cache -o APT::Sandbox::User=root "$@"
}}
# Its lists may have outlived their time on a mirror that stands still; their signature is demanded all the same.
newer -o Acquire::Check-Valid-Until=false update
cd /newer
newer download ssg-debian lynis
for package in *.deb; do dpkg-deb --extract "$package" /; done
ls *.deb >/usr/share/auditors
cd /
rm -rf /newer
"""

FINISH_PYTHON = """
export DEBIAN_FRONTEND=noninteractive
apt-get -q update
apt-get -q -y --no-install-recommends install python3 python3-venv
apt-get -q clean
"""

MOUNT = """
mount --make-rprivate /
[ -z "$layers" ] || mount -t overlay overlay -o "lowerdir=$layers,upperdir=$upper,workdir=$work" "$root"
"""
"""What the shell in a mount namespace of its own begins with: the mount is gone when its last process is."""


class CannotBuildError(Exception):
    """Something that is needed to make hosts is not there, or did not work."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """Folders of a writable tree that lies over kept ones, the highest of these first."""

    folder: Path
    layers: tuple[Path, ...]

    @property
    def root(self) -> Path:
        return self.folder / "root"

    def make(self) -> Overlay:
        for name in ("root", "upper", "work"):
            (self.folder / name).mkdir(parents=True)
        return self

    @property
    def environment(self) -> dict[str, str]:
        """The variables that `MOUNT` reads."""
        return {
            "layers": ":".join(map(str, self.layers)),
            "upper": str(self.folder / "upper"),
            "work": str(self.folder / "work"),
            "root": str(self.root),
        }


def missing() -> list[str]:
    """What is needed to make hosts and is not there, in words."""
    packages = {"debootstrap": "debootstrap", "systemd-nspawn": "systemd-container", "unshare": "util-linux"}
    return ["root"] * (os.geteuid() != 0) + [p for name, p in packages.items() if shutil.which(name) is None]


def base() -> tuple[Path, ...]:
    """The layers of a Debian 12 that is up to date, with what servers usually have. Raises `CannotBuildError`."""

    def build(folder: Path) -> None:
        tree = folder / "tree"
        wanted = f"--include={','.join(PACKAGES)}"
        _run(["debootstrap", "--variant=minbase", wanted, f"--keyring={KEYRING}", "bookworm", str(tree), MIRROR])
        (tree / "etc/apt/sources.list").unlink(missing_ok=True)
        (tree / "etc/apt/sources.list.d/debian.sources").write_text(SOURCES)
        _run_in(Overlay(folder, ()), FINISH_BASE, root=tree)

    return (_kept("base", repr((PACKAGES, DANGEROUS, SOURCES, FINISH_BASE)), build),)


def with_auditors() -> tuple[Path, ...]:
    """The same with OpenSCAP, its newest content, and Lynis above it. Raises `CannotBuildError`."""
    return _with("auditors", FINISH_AUDITORS)


def with_python() -> tuple[Path, ...]:
    """The same with Python as Debian has it above it. Raises `CannotBuildError`."""
    return _with("python", FINISH_PYTHON)


def _with(name: str, finish: str) -> tuple[Path, ...]:
    """A layer that a script makes above the base, and the base."""
    below = base()

    def build(folder: Path) -> None:
        overlay = Overlay(folder, below).make()
        _run_in(overlay, finish, root=overlay.root)
        (folder / "upper").rename(folder / "tree")

    made = (below[0].parent / "made").read_text()
    return (_kept(name, finish + made, build), *below)


def _kept(name: str, recipe: str, build: Callable[[Path], None]) -> Path:
    """The tree of this name: that of an earlier run when its recipe is the same and it is young enough."""
    cache = Path(os.environ.get(CACHE) or Path(pwd.getpwuid(os.geteuid()).pw_dir) / ".cache" / "annexa-hosts")
    cache.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(recipe.encode()).hexdigest()
    made = cache / name / "made"
    with (cache / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if made.exists():
            earlier, _, moment = made.read_text().strip().partition(" ")
            if earlier == digest and now() - datetime.fromisoformat(moment) < KEEP:
                return cache / name / "tree"
        shutil.rmtree(cache / name, ignore_errors=True)
        (cache / name).mkdir()
        build(cache / name)
        made.write_text(f"{digest} {now().isoformat()}\n")
    return cache / name / "tree"


def _run_in(overlay: Overlay, script: str, *, root: Path) -> None:
    """Run a shell script inside a tree, with the mounts that maintainer scripts want, and this machine's resolver."""
    program = f'{MOUNT}\nmount -t proc proc "$root/proc"\ncp /etc/resolv.conf "$root/etc/resolv.conf"\n'
    program += 'exec chroot "$root" /bin/sh -euc "$script"'
    environment = {**overlay.environment, "root": str(root), "script": script}
    _run(["unshare", "--mount", "/bin/sh", "-euc", program], environment)


def _run(command: list[str], environment: dict[str, str] | None = None) -> None:
    path = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
    said = subprocess.run(
        command,
        env={**path, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=PATIENCE,
        check=False,
    )
    if said.returncode:
        raise CannotBuildError(
            f"{command[0]} ended with {said.returncode}: {said.stdout.decode(errors='replace')[-2000:]}"
        )
