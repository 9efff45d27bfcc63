"""A full report on AWS without an account: an estate in moto's server, two scans, the drift between them, and what is
nonconforming.

Run as `make demo`, or `python -m demo [FOLDER]`. Everything stays on this machine, in one folder.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.aws_population import HOME, REGIONS, Estate, populate
from benchmarks.aws_scan import pretended
from benchmarks.aws_server import serving

FOLDER = "annexa-demo"
CONFIGURATION = """\
sources:
  aws:
    - regions: [REGIONS]
management:
  rules:
    - name: what must not be
      checks: [aws.s3.bucket_is_not_public, aws.cloudtrail]
"""
SCALE = 0.1
"""Of the estate that is measured with: enough of everything to look at."""
ANSWERS = (0, 1, 3)
"""Exit statuses that are answers: all is well, something fails, something could not be looked at."""
ROOT = Path(__file__).parent.parent


def main(folder: Path, scale: float = SCALE, regions: Sequence[str] = REGIONS) -> int:
    """Make the estate, scan it in these regions, change it, scan it again. The exit status: 0, or that of a scan that
    broke."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.yaml").write_text(CONFIGURATION.replace("REGIONS", ", ".join(regions)), encoding="utf-8")
    with serving() as address:
        print("Making an estate: one account, two regions", flush=True)
        estate = populate(address, scale)
        print(f"  {estate.made.total()} things were made\n\nThe first scan", flush=True)
        first = _annexa(folder, address, "scan", "--report", "first.html", "--stats")
        print("\nSomebody opens a bucket, switches off a trail, and makes keys rotate\n\nThe second scan", flush=True)
        change(estate)
        second = _annexa(folder, address, "scan", "--report", "second.html", "--since-last")
        print("\nWhat drifted", flush=True)
        _annexa(folder, address, "drift")
        print("\nThe nonconformities that a rule of the configuration raised", flush=True)
        _annexa(folder, address, "nonconformities", "list")
    for status in (first, second):
        if status not in ANSWERS:
            return status
    print(f"\nOpen {folder}/second.html in a browser. In the folder {folder}, these go on from here:")
    for command, meaning in (
        ("annexa status", "what stands"),
        ("annexa controls A.8.24", "one control, and what speaks for and against it"),
        ("annexa show ID", "one finding, down to the recorded answer of AWS"),
        ("annexa history aws.s3.bucket_is_not_public", "since when"),
        ("annexa nonconformities show NC-0001", "what a person has to do about one"),
        ("annexa drift --output drift.html", "what changed, as a page"),
        ("annexa verify", "every seal again"),
    ):
        print(f"  {command:<44}  {meaning}")
    return 0


def change(estate: Estate) -> None:
    """What happens in any company between two scans."""
    s3, kms, cloudtrail = (estate.client(service) for service in ("s3", "kms", "cloudtrail"))
    bucket = estate.buckets[HOME][1]
    everybody = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    s3.delete_public_access_block(Bucket=bucket)
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [everybody]}))
    cloudtrail.stop_logging(Name=f"trail-{HOME}-0")
    for key in estate.keys[HOME][:2]:
        kms.enable_key_rotation(KeyId=key)


def _annexa(folder: Path, address: str, *arguments: str) -> int:
    command = [sys.executable, str(ROOT / "agent.py"), *arguments]
    environment = {**os.environ, **pretended(address), "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if sys.argv[1:] else FOLDER)))
