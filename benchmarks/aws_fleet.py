"""A scan of 100 accounts in 17 regions each: the memory that it takes, and the time.

Run as `python -m benchmarks.aws_fleet [--accounts NUMBER] [--json]`. The scan is `annexa scan` in a process of its own,
with every check, through roles in accounts that `aws_fleet_server.py` pretends: hosts, TLS, credentials, questions and
sizes of answers are as with AWS; that answers come at once, and that accounts and regions are alike, is not.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import botocore

from benchmarks.aws_fleet_server import serving
from benchmarks.measuring import machine

ACCOUNTS = 100
REGIONS = (
    "us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1",
    "eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1", "eu-north-1",
    "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
)  # fmt: skip
"""Those that every account has switched on."""
AIM = 400.0
MEGA = 1_000_000


@dataclass(frozen=True, slots=True)
class Cost:
    """What the scan took, its report included. `megabytes` is the most it held at once."""

    accounts: int
    units: int
    seconds: float
    cpu_seconds: float
    megabytes: float
    stored_megabytes: float


def main() -> None:
    """Measure, and print."""
    arguments = sys.argv[1:]
    accounts = int(arguments[arguments.index("--accounts") + 1]) if "--accounts" in arguments else ACCOUNTS
    with tempfile.TemporaryDirectory(prefix="annexa-benchmark-") as folder, serving(Path(folder)) as address:
        cost = _scan(Path(folder), address, accounts)
    if "--json" in arguments:
        print(json.dumps({"machine": machine(), "cost": asdict(cost), "aims": {"megabytes": AIM}}, indent=2))
        return
    for name, value in machine().items():
        print(f"  {name}: {value}")
    print(f"{cost.accounts} accounts in {len(REGIONS)} regions, {cost.units:,} units")
    print(f"{cost.megabytes:.0f} MB (aim: at most {AIM:.0f})")
    print(f"{cost.seconds:.0f} s, {cost.cpu_seconds:.0f} s of processor time, {cost.stored_megabytes:.0f} MB stored")


def _scan(folder: Path, address: str, accounts: int) -> Cost:
    numbers = ", ".join(f'"{100_000_000_000 + number}"' for number in range(accounts))
    source = f"{{accounts: [{numbers}], regions: [{', '.join(REGIONS)}]}}"
    (folder / "config.yaml").write_text(f"sources: {{aws: [{source}]}}\n", encoding="utf-8")
    known = Path(botocore.__file__).with_name("cacert.pem").read_text(encoding="ascii")
    authorities = folder / "authorities.pem"  # as many as there are in real life, and ours
    authorities.write_text(known + (folder / "authority.pem").read_text(encoding="ascii"), encoding="ascii")
    begun = time.perf_counter()
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "agent", "scan", "--stats"],
            cwd=folder,
            env={**os.environ, **_pretended(address, authorities), "PYTHONPATH": str(Path(__file__).parent.parent)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - begun
    if process.returncode not in (0, 1, 3):
        sys.exit((folder / "output").read_text(encoding="utf-8"))
    stored = sum(file.stat().st_size for file in (folder / "annexa-data").rglob("*") if file.is_file())
    return Cost(
        accounts,
        _units(folder),
        round(seconds, 1),
        round(used.ru_utime + used.ru_stime, 1),
        round(used.ru_maxrss * 1024 / MEGA, 1),
        round(stored / MEGA, 1),
    )


def _units(folder: Path) -> int:
    import sqlite3  # noqa: PLC0415 - this process should stay small: the other one is told to have held as much at first

    with sqlite3.connect(folder / "annexa-data" / "evidence.db") as connection:
        count: int = connection.execute("SELECT count(*) FROM entry").fetchone()[0]
    return count


def _pretended(address: str, authorities: Path) -> dict[str, str]:
    return {
        "HTTPS_PROXY": address,
        "https_proxy": address,
        "NO_PROXY": "",
        "no_proxy": "",
        "AWS_CA_BUNDLE": str(authorities),
        "AWS_ACCESS_KEY_ID": "AKIA999999999999AAAA",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


if __name__ == "__main__":
    main()
