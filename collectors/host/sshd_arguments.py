"""What a running sshd was told when it was started: `sshd -T` knows its files only."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collectors.host.facts import Fact
from collectors.host.source import FactError, Host
from core.plugins import collector
from core.resources.host.sshd import SshdDaemon

# Of the command lines only the names of options leave the host. Those of a daemon stand in the title of its process.
# A process in another namespace is a container's, and none of ours.
SSHD_ARGUMENTS = Fact(
    "sshd_arguments",
    """\
[ -r /proc/1/comm ] || exit 13
set -f
for p in $(set +f; echo /proc/[0-9]*); do
  if read -r c <"$p/comm" && [ "$c" = sshd ]; then
    set -- $(tr '\\0' ' ' <"$p/cmdline")
    n=$(readlink "$p/ns/pid") && [ "$n" != "$(readlink /proc/self/ns/pid)" ] && continue
    case "$*" in *sshd' '-*|*/sshd|*sshd' '\\[listener*) echo running ;; *) continue ;; esac
    while [ $# -gt 0 ]; do
      case $1 in
        -f*) echo file ;;
        -o) echo "option ${2%%[!A-Za-z]*}"; shift ;;
        -o*) o=${1#-o}; echo "option ${o%%[!A-Za-z]*}" ;;
      esac
      shift
    done
  fi
done 2>&-
echo end
""",
)


@collector(permissions=(SSHD_ARGUMENTS,))
def sshd_daemon(host: Host) -> Iterator[SshdDaemon]:
    """Which options a running sshd was given when it was started, past its files."""
    *lines, end = host.text(SSHD_ARGUMENTS).splitlines() or [""]
    if end != "end" or not all(re.fullmatch(r"running|file|option [A-Za-z]+", line) for line in lines):
        raise FactError(SSHD_ARGUMENTS, f"{SSHD_ARGUMENTS.name}: it told something else than names of options")
    yield SshdDaemon(
        id=host.name,
        running="running" in lines,
        own_file="file" in lines,
        given=tuple(sorted({line.split()[1].lower() for line in lines if line.startswith("option ")})),
    )
