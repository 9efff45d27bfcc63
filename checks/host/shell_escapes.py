"""Programs that, run by sudo, hand out a shell or any file."""

from __future__ import annotations

import re

from core.resources.host.sudo import SudoCommand

SHELLS = frozenset({
    "ash", "bash", "busybox", "csh", "dash", "expect", "fish", "irb", "ksh", "lua", "node", "perl", "php", "python",
    "ruby", "runuser", "setpriv", "sh", "su", "tcsh", "zsh",
})  # fmt: skip
"""They run whatever is typed, unless the arguments are fixed."""
INTERACTIVE = frozenset({
    "ed", "emacs", "ex", "ftp", "gdb", "joe", "mc", "mysql", "nano", "nmap", "pico", "psql", "rvim", "screen",
    "sqlite3", "tmux", "vi", "view", "vim", "vimdiff",
})  # fmt: skip
"""They start a shell, or open other files, from within, whatever their arguments are."""
PAGERS = frozenset({
    "journalctl", "less", "man", "more", "most", "systemctl",
})  # fmt: skip
"""They start a shell from within, unless they are kept from starting programs."""
BY_ARGUMENT = frozenset({
    "adduser", "ansible", "ansible-playbook", "apt", "apt-get", "at", "awk", "base64", "batch", "capsh", "cat",
    "chage", "chattr", "chmod", "chown", "chpasswd", "chroot", "cp", "cpio", "crontab", "csplit", "curl", "cut",
    "dd", "debugfs", "diff", "dnf", "docker", "dpkg", "env", "find", "flock", "gawk", "git", "gpasswd", "grep",
    "gzip", "head", "install", "ionice", "ip", "kubectl", "ln", "logrotate", "lxc", "make", "mawk", "mount", "mv",
    "nice", "nl", "nsenter", "od", "openssl", "passwd", "patch", "pip", "pkexec", "podman", "rev", "rpm", "rsync",
    "run-parts", "scp", "script", "sed", "setarch", "setfacl", "snap", "sort", "split", "ssh", "start-stop-daemon",
    "stdbuf", "strace", "strings", "systemctl", "systemd-run", "tac", "tail", "tar", "taskset", "tcpdump", "tee",
    "timeout", "unshare", "unzip", "update-alternatives", "useradd", "usermod", "vipw", "visudo", "watch", "wget",
    "xargs", "xxd", "xz", "yum", "zip",
})  # fmt: skip
"""They run, read or overwrite anything, or open any account, when the user chooses the arguments."""


def leads_to_a_shell(command: SudoCommand, *, no_exec: bool) -> bool:
    """Whether who may run a command as root gets a shell, or any file, through it."""
    if command.program.endswith("/") or re.search(r"[*?\[]", command.program):
        return True
    # python3.11 is python, vim.tiny is vim.
    name = re.sub(r"[\d.]+$", "", re.sub(r"\.(tiny|basic|nox|gtk3)$", "", command.program.rpartition("/")[2]))
    free = command.arguments in ("any", "pattern")
    return (
        name in INTERACTIVE
        or (name in PAGERS and not no_exec and not command.keeps_off_pagers)
        or (name in SHELLS and (free or command.arguments == "none"))
        or (name in BY_ARGUMENT and free)
    )
