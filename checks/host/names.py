"""Do names come from where they should?"""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.host.names import NameServices

UNPROVEN = frozenset({"nis", "nisplus", "hesiod"})


@check(objective="access-is-managed-centrally", severity=Severity.HIGH)
def directories_prove_who_they_are(services: NameServices) -> Verdict:
    """Accounts and groups come from no directory that anybody on the network can pretend to be.

    NIS and Hesiod answer without a proof: who answers first makes accounts, with any number and any password.

    Remediation: Move to LDAP over TLS through sssd, and take `nis` and `hesiod` out of /etc/nsswitch.conf.
    """
    sources = sorted({*services.accounts, *services.groups})
    unproven = [name for name in sources if name in UNPROVEN]
    if unproven:
        return failed(f"accounts or groups come from {', '.join(unproven)}")
    return passed(f"accounts and groups come from {', '.join(sources) or 'the files of the host alone'}")


@check(objective="privileged-access-is-rare", severity=Severity.MEDIUM)
def sudo_rules_of_directories_are_reviewed(services: NameServices, *, reviewed: tuple[str, ...] = ()) -> Verdict:
    """Rules of sudo that come from a directory are reviewed there.

    They hold on this host like those in its files, but nobody can list them here, so no other check has seen them.

    Remediation: Review them where they are kept, then name the source (`sss`, `ldap`) in the setting `reviewed`; or
    write `sudoers: files` to /etc/nsswitch.conf.
    """
    if not services.sudo_rules:
        return not_applicable("rules of sudo come from the files of the host alone")
    told = f"rules of sudo also come from {', '.join(services.sudo_rules)}"
    if {*services.sudo_rules} <= {*reviewed}:
        return passed(f"{told}, where they are reviewed")
    return failed(f"{told}, and nobody has said that they are reviewed there")
