"""The jobs of cron, as far as they run a known program."""

from __future__ import annotations

from collectors.host.facts import Fact
from collectors.host.source import FactError, Host

TOOLS = (
    "autorestic", "backupninja", "barman", "borg", "borgmatic", "duplicity", "duply", "kopia", "mariabackup",
    "mysqldump", "pgbackrest", "pg_basebackup", "pg_dump", "pg_dumpall", "proxmox-backup-client", "rdiff-backup",
    "resticprofile", "restic", "rsnapshot", "rustic", "velero", "wal-g", "xtrabackup",
)  # fmt: skip
"""Programs that make backups."""
WATCHERS = ("aide", "aide.wrapper", "tripwire")
"""Programs that compare files with a database; their folders below /var and /etc are named so, too."""

# Only names of known programs leave the host: the rest of a crontab may hold passwords.
_WORDS = """\
words() {
  while read -r line || [ -n "$line" ]; do
    case $line in \\#*) continue;; esac
    set -f; set -- $line; set +f
    for word; do
      case ${word##*/} in TOOLS) printf '%s\\t%s\\n' "$file" "${word##*/}";; esac
      case $word in WATCHERS) printf '%s\\t%s\\n' "$file" "${word##*/}";; esac
    done
  done
}
""".replace("TOOLS", "|".join(TOOLS)).replace("WATCHERS", "|".join(f"{each}|*bin/{each}" for each in WATCHERS))
CRON_JOBS = Fact(
    "cron_jobs",
    _WORDS
    + """\
for d in /etc/cron.d /etc/cron.hourly /etc/cron.daily /etc/cron.weekly /etc/cron.monthly; do
  [ ! -d $d ] || { [ -r $d ] && [ -x $d ]; } || { echo "$d: Permission denied" >&2; exit 1; }
done
for file in /etc/crontab /etc/cron.d/* /etc/cron.hourly/* /etc/cron.daily/* /etc/cron.weekly/* /etc/cron.monthly/*; do
  if [ -f "$file" ]; then words <"$file" || exit 1; fi
done
""",
)
ROOT_CRONTAB = Fact(
    "root_crontab",
    _WORDS
    + """\
for file in /var/spool/cron/crontabs/root /var/spool/cron/root; do
  [ -d "${file%/*}" ] || continue
  text=$($SUDO /bin/cat $file) || continue
  printf '%s\\n' "$text" | words
done
""",
    ("/bin/cat /var/spool/cron/crontabs/root", "/bin/cat /var/spool/cron/root"),
)


def cron_jobs(host: Host) -> str:
    """`file TAB program` lines. Raises `FactError` when a table may be there and could not be looked at."""
    crontab = host.answer(ROOT_CRONTAB)
    for line in crontab.error.splitlines():
        if not line.endswith("No such file or directory"):
            raise FactError(ROOT_CRONTAB, f"{ROOT_CRONTAB.name}: {line:.300}")
    return host.text(CRON_JOBS) + crontab.output.decode(errors="backslashreplace")
