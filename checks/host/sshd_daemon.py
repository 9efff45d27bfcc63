"""Does the SSH server that runs do what its files say?"""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resources.host.sshd import SshdDaemon

ALGORITHMS = frozenset(
    {
        "casignaturealgorithms", "ciphers", "gssapikexalgorithms", "hostkeyalgorithms", "kexalgorithms", "macs",
        "pubkeyacceptedalgorithms", "pubkeyacceptedkeytypes",
    }
)  # fmt: skip
"""The RHEL family gives these to sshd as the system's policy up to version 8."""


@check(objective="systems-are-hardened", severity=Severity.HIGH)
def its_files_say_what_it_does(daemon: SshdDaemon) -> Verdict:
    """The running sshd has its settings from its files.

    What is given on the command line wins over the files, and nobody who reads the files, or asks `sshd -T`, sees it.
    What other checks say about this sshd then holds for its files only.

    Remediation: Take `-o` and `-f` out of `SSHD_OPTS` in /etc/default/ssh (`OPTIONS` in /etc/sysconfig/sshd), or of the
    unit (`systemctl cat ssh`); write the settings to a file of /etc/ssh/sshd_config.d, and restart ssh.
    """
    if not daemon.running:
        return not_applicable("no sshd waits for connections")
    if daemon.own_file:
        return failed("the running sshd was started with a configuration file of its own (-f)")
    if others := [name for name in daemon.given if name not in ALGORITHMS]:
        return failed(f"the running sshd was given {', '.join(others)} when it was started")
    if daemon.given:
        return unknown(f"the running sshd was given {', '.join(daemon.given)}, as the system's policy may be")
    return passed("the running sshd was started with no settings of its own")
