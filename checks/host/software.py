"""Does software come from approved, verified sources, and is none of it dangerous?"""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resources.host.software import Package, PackageSource, PackageVerification

INSECURE = (
    "telnetd",
    "inetutils-telnetd",
    "telnet-server",
    "rsh-server",
    "rsh-redone-server",
    "nis",
    "ypserv",
    "tftpd",
    "tftpd-hpa",
    "atftpd",
    "tftp-server",
    "talkd",
    "talk-server",
    "fingerd",
    "xinetd",
    "openbsd-inetd",
    "inetutils-inetd",
    "rsync-daemon",
)
OFFICIAL = (
    "debian.org",
    "ubuntu.com",
    "redhat.com",
    "centos.org",
    "fedoraproject.org",
    "rockylinux.org",
    "almalinux.org",
    "oracle.com",
    "amazonlinux.com",
    "alpinelinux.org",
)


@check(objective="what-is-not-needed-is-removed", severity=Severity.MEDIUM)
def insecure_packages_are_absent(packages: Population[Package], *, unwanted: tuple[str, ...] = INSECURE) -> Verdict:
    """No package with a service that cannot be run safely is installed.

    These services send passwords in clear text or trust whatever address a packet claims to come from.

    Remediation: `apt-get purge` the named packages; use SSH instead of telnet and rsh, and LDAP instead of NIS.
    """
    found = sorted({package.name for package in packages} & set(unwanted))
    if found:
        return failed(f"{', '.join(found)} is installed")
    return passed(f"none of the {len(packages)} installed packages is among the {len(unwanted)} unwanted ones")


@check(objective="vulnerabilities-are-fixed", severity=Severity.MEDIUM)
def no_package_is_held_back(packages: Population[Package]) -> Verdict:
    """No package is held back from updates.

    A held package gets no security fixes, and nobody is reminded of it.

    Remediation: `apt-mark unhold` the named packages, or have the reason for each recorded and accepted.
    """
    held = sorted(package.id for package in packages if package.held)
    if held:
        return failed(f"held back: {', '.join(held)}")
    return passed(f"none of the {len(packages)} installed packages is held back")


@check(objective="software-comes-from-approved-sources", severity=Severity.HIGH)
def package_source_is_verified(source: PackageSource) -> Verdict:
    """What comes from the repository must carry a valid signature.

    Else whoever controls the mirror or the network path installs software of his choice with root's rights.

    Remediation: Remove `trusted=yes` and `allow-insecure=yes` (dnf: set `gpgcheck=1`) and install the repository's key.
    """
    if source.verified:
        return passed("its entry does not do away with signatures")
    return failed(f"{source.file} takes {source.address} without valid signatures: {source.unverified_because}")


@check(objective="software-comes-from-approved-sources", severity=Severity.INFO)
def package_source_is_encrypted(source: PackageSource) -> Verdict:
    """The repository is reached over an encrypted connection.

    Signatures protect the packages, but an open line tells everybody which versions the host lacks.

    Remediation: Write `https://` instead of `http://` in the repository's file; Debian's mirrors speak both.
    """
    if source.scheme in ("https", "tor+https", "mirror+https"):
        return passed(f"{source.address} is encrypted")
    if source.scheme in ("cdrom", "file", "copy", ""):
        return not_applicable(f"{source.address or 'the repository'} is not reached over a network")
    return failed(f"{source.address} is reached over {source.scheme}")


@check(objective="software-comes-from-approved-sources", severity=Severity.LOW)
def package_source_names_its_key(source: PackageSource) -> Verdict:
    """The repository names the key that signs it.

    Without a name every key that apt trusts may sign it, so the weakest publisher can replace every package.

    Remediation: Put the key below /etc/apt/keyrings and add `Signed-By: /etc/apt/keyrings/NAME.gpg` to the repository
    (`[signed-by=…]` in one-line files).
    """
    if source.manager != "apt":
        return not_applicable(f"{source.manager} binds keys in another way")
    if source.signed_by:
        return passed(f"it must be signed by {source.signed_by}")
    return failed(f"{source.file} names no key for {source.address}: any key that apt trusts will do")


@check(objective="software-comes-from-approved-sources", severity=Severity.MEDIUM)
def package_source_is_approved(source: PackageSource, *, approved_servers: tuple[str, ...] = OFFICIAL) -> Verdict:
    """The repository is on an approved server.

    Each further publisher can run any code as root on the host with its next update.

    Remediation: Remove the repository and what came from it, or add its server to `approved_servers` once it is
    approved.
    """
    if not source.server:
        return not_applicable(f"{source.address or 'the repository'} is not on a server")
    if any(source.server == name or source.server.endswith(f".{name}") for name in approved_servers):
        return passed(f"{source.server} is approved")
    return failed(f"{source.server} in {source.file} is not approved")


@check(objective="software-comes-from-approved-sources", severity=Severity.HIGH)
def unsigned_packages_are_refused(verification: PackageVerification) -> Verdict:
    """The package manager refuses what is not signed.

    One switch turns off the only proof of where software comes from, for every repository at once.

    Remediation: Remove the named settings from the files below /etc/apt/apt.conf.d (`apt-config dump` shows them all).
    """
    if verification.weakened_by:
        return failed(f"signatures may be skipped: {', '.join(verification.weakened_by)}")
    return passed(f"no setting of {verification.manager} lets signatures be skipped")


@check(objective="software-comes-from-approved-sources", severity=Severity.MEDIUM)
def outdated_package_lists_are_refused(verification: PackageVerification) -> Verdict:
    """The package manager refuses signed lists of packages whose time is over.

    An attacker on the way can replay an old list, rightly signed, and so keep known holes open without a trace.

    Remediation: Remove the named settings from the files below /etc/apt/apt.conf.d (`apt-config dump` shows them all).
    """
    if verification.accepts_old_lists_by:
        return failed(f"outdated lists are accepted: {', '.join(verification.accepts_old_lists_by)}")
    return passed(f"no setting of {verification.manager} lets outdated lists be used")
