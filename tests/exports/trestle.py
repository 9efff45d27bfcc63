"""Our OSCAL in the hands of compliance-trestle: imported, read back and validated by it.

Run as `python -m tests.exports.trestle [PROGRAM]`, or `make trestle`, which installs it into an environment of its own: it
pins a version of paramiko that is not ours. So it is no test of every run; those hold the document against the schema
of NIST, and look for references that lead nowhere.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from exports import oscal
from tests.exports.forms import estate, seen

PATIENCE = 60
"""Seconds for one command."""
MODEL = "assessment-results/ours/assessment-results.json"


def main(program: Path) -> int:
    """The first exit status that is not 0, or 0."""
    with tempfile.TemporaryDirectory(prefix="annexa-trestle-") as name:
        folder = Path(name)
        document, workspace = folder / "results.json", folder / "workspace"
        with estate(folder) as farm, farm.store() as store:
            document.write_bytes(b"".join(oscal.pieces(seen(farm, store))))
        workspace.mkdir()
        for arguments in (
            ("init", "--local"),
            ("import", "--file", str(document), "--output", "ours"),
            ("validate", "--file", MODEL),
        ):
            done = subprocess.run([str(program), *arguments], cwd=workspace, check=False, timeout=PATIENCE)
            if done.returncode:
                return done.returncode
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "trestle").absolute()))
