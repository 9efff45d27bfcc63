"""Protection against malware, and against files that change unnoticed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from collectors.host.cron import CRON_JOBS, ROOT_CRONTAB, WATCHERS, cron_jobs
from collectors.host.facts import Fact
from collectors.host.source import FactError, Host
from collectors.host.system import (
    CONTAINMENT,
    PROCESSES,
    SYSTEMD,
    TIMERS,
    container,
    print_times,
    running,
    started_by,
    timer_paths,
    times,
)
from core.plugins import collector
from core.resources.host.protection import IntegrityMonitoring, MalwareProtection

# Names as /proc/PID/comm has them: 15 characters.
MALWARE_AGENTS = {
    "clamd": "ClamAV",
    "clamonacc": "ClamAV on access",
    "mdatp": "Microsoft Defender",
    "wdavdaemon": "Microsoft Defender",
    "falcon-sensor": "CrowdStrike Falcon",
    "falcon-sensor-b": "CrowdStrike Falcon",
    "s1-agent": "SentinelOne",
    "sentinelone-age": "SentinelOne",
    "s1-orchestrator": "SentinelOne",
    "sophosd": "Sophos",
    "savd": "Sophos",
    "cbagentd": "Carbon Black",
    "cbdaemon": "Carbon Black",
    "elastic-endpoin": "Elastic Defend",
    "ds_agent": "Trend Micro",
    "mfetpd": "Trellix",
    "esets_daemon": "ESET",
    "eea": "ESET",
    "bdsecd": "Bitdefender",
    "maldet": "Linux Malware Detect",
    "xagt": "Trellix HX",
    "traps_pmd": "Cortex XDR",
    "pmd": "Cortex XDR",
}
INTEGRITY_AGENTS = {
    "ossec-syscheckd": "OSSEC",
    "wazuh-syscheckd": "Wazuh",
    "osqueryd": "osquery",
    "samhain": "Samhain",
    "auditbeat": "Auditbeat",
    "falco": "Falco",
    "tetragon": "Tetragon",
}
# The head of a ClamAV database is text and says when it was built; see the man page of sigtool.
CLAMAV = Fact(
    "clamav",
    """\
d=/var/lib/clamav
[ ! -d $d ] || { [ -r $d ] && [ -x $d ]; } || { echo "$d: Permission denied" >&2; exit 1; }
for f in $d/daily.cvd $d/daily.cld $d/main.cvd $d/main.cld; do
  if [ -e $f ]; then head -c 512 $f || exit 1; echo; fi
done
""",
)
FROM_PACKAGES = ("/etc/cron.daily/aide", "/etc/cron.daily/dailyaidecheck", "/etc/cron.daily/tripwire")
INTEGRITY = Fact(
    "integrity",
    print_times(
        "/usr/bin/aide",
        "/usr/sbin/aide",
        "/usr/sbin/tripwire",
        *FROM_PACKAGES,
        *timer_paths("dailyaidecheck.timer"),
        *timer_paths("aidecheck.timer"),
    ),
)
INTEGRITY_DATABASE = Fact(
    "integrity_database",
    "$SUDO /usr/bin/stat -c %n /var/lib/aide/aide.db /var/lib/aide/aide.db.gz /var/lib/tripwire",
    ("/usr/bin/stat -c %n /var/lib/aide/aide.db /var/lib/aide/aide.db.gz /var/lib/tripwire",),
)


@collector(permissions=(CONTAINMENT, PROCESSES, CLAMAV))
def malware(host: Host) -> Iterator[MalwareProtection]:
    """The scanners and endpoint agents that run, and how new ClamAV's signatures are."""
    yield MalwareProtection(
        id=host.name,
        container=container(host),
        agents=running(host, MALWARE_AGENTS),
        signatures_published=host.look(lambda: parse_signatures(host.text(CLAMAV))),
    )


@collector(
    permissions=(
        CONTAINMENT, PROCESSES, SYSTEMD, TIMERS, INTEGRITY, INTEGRITY_DATABASE, CRON_JOBS, ROOT_CRONTAB,
    )
)  # fmt: skip
def integrity(host: Host) -> Iterator[IntegrityMonitoring]:
    """Agents that watch files, or a tool that compares them with a database, and what starts it."""
    there = times(host, INTEGRITY)
    tool = next((path.rpartition("/")[2] for path in there if path.startswith("/usr/")), "")
    yield IntegrityMonitoring(
        id=host.name,
        container=container(host),
        agents=running(host, INTEGRITY_AGENTS),
        tool=tool,
        database_exists=host.look(lambda: _database(host)) if tool else False,
        scheduled_by=host.look(lambda: started_by(host, there) or (_in_a_table(host) if tool else "")),
    )


def _in_a_table(host: Host) -> str:
    """`cron` where it runs and somebody wrote a job for the tool. Those of packages leave the work to systemd."""
    if not running(host, ("cron", "crond", "anacron")):
        return ""
    jobs = (line.rpartition("\t") for line in cron_jobs(host).splitlines())
    ours = any(tool in WATCHERS and file not in FROM_PACKAGES for file, _, tool in jobs)
    return "cron" if ours else ""


def _database(host: Host) -> bool:
    answer = host.answer(INTEGRITY_DATABASE)
    if not (answer.output or answer.error):
        raise FactError(INTEGRITY_DATABASE, f"{INTEGRITY_DATABASE.name}: stat said nothing about any of the paths")
    for line in answer.error.splitlines():
        if not line.endswith("No such file or directory"):
            raise FactError(INTEGRITY_DATABASE, f"{INTEGRITY_DATABASE.name}: {line:.300}")
    return bool(answer.output)


def parse_signatures(text: str) -> datetime | None:
    """The newest build time in heads of databases (`ClamAV-VDB:20 Nov 2026 08-25 +0000:…`), none without a database.

    Raises `FactError` for a head that says no time.
    """
    built: list[datetime] = []
    for line in text.splitlines():
        if line.startswith("ClamAV-VDB:"):
            try:
                moment = datetime.strptime(line.split(":")[1].strip(), "%d %b %Y %H-%M %z")
            except ValueError as error:
                raise FactError(CLAMAV, f"{CLAMAV.name}: a database does not say when it was built") from error
            built.append(moment.astimezone(UTC))
    if text.strip() and not built:
        raise FactError(CLAMAV, f"{CLAMAV.name}: a database does not say when it was built")
    return max(built, default=None)
