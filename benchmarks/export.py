"""An export of a year, 50 sources and 100,000 findings, every format in it: how long it and its verification take, and
how much memory at most.

Run as `python -m benchmarks.export [--json]`. A scan of everything, then over a year scans of one source each, in which
a verdict changes, and a last one of everything. Floor of the export: reading the findings that stand; of `verify.py`,
which a stranger runs in the unpacked bundle: `sha256sum`. Each runs in a process of its own, so that memory is its own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from benchmarks.measuring import Figure, best_seconds, report
from exports.bundle.pinning import asked
from exports.formats import export
from exports.leaving import Wish
from runs import scan as scanning
from tests.runs.farm import Farm

SOURCES, EACH, SCANS = 50, 2_000, 30
PLUGIN = Path(__file__).parent.parent / "tests" / "exports" / "vineyard"
MOST_MEGABYTES = 600
BUNDLE = "bundle.zip"
CHILD = "--child"
VARIABLE = "ANNEXA_BENCHMARK"
"""What the process that exports is told: the folder, and the moment."""


def farm(folder: Path) -> Farm:
    """Vineyards, of which each has vines that are too high, and forty keepers, who are people."""
    sys.path.insert(0, str(PLUGIN))
    import vineyard  # type: ignore[import-not-found] # noqa: PLC0415 - a plug-in, found by its folder

    names = [f"v{number:02}" for number in range(SOURCES)]
    for name in names:
        vines = (f"vine-{number:05} {number % 150 + 2} keeper{number % 40}\n" for number in range(EACH))
        vineyard.WORLD.answers[name, "vines"] = "".join(vines)
    listed = ", ".join(f"{{name: {name}}}" for name in names)
    return Farm(folder, vineyard.WORLD, text=f"sources: {{vineyard: [{listed}]}}\n")


def year(made: Farm) -> None:
    """A year of scans."""
    vars(scanning)["refuse_shared_packages"] = lambda: None  # the plug-in comes from a folder, not from a package
    made.scan()
    for number in range(SCANS):
        place = (f"v{number:02}", "vines")
        made.world.answers[place] = made.world.answers[place].replace(f"vine-{number:05} ", f"vine-{number:05} 9")
        made.scan(later=timedelta(days=12), sources=(f"vineyard/{place[0]}",))
    made.scan()


def child() -> None:
    """Export, and print seconds, the most memory in kibibytes, and bytes."""
    import resource  # noqa: PLC0415 - only here

    told = json.loads(os.environ[VARIABLE])
    made = farm(Path(told["folder"]))
    made.now += timedelta(seconds=told["later"])
    wish = Wish(lambda store: asked(store, ("", ""), "iso27001_2022", made.now, ((), ())), "")
    begun = time.perf_counter()
    done = export(made.configuration, wish, "bundle", made.folder / BUNDLE, made.clock, lambda *_: None)
    seconds = time.perf_counter() - begun
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    figures = {"bytes": done.size, "files": done.files, "findings": done.findings}
    print(json.dumps({"seconds": seconds, "memory": memory, **figures}))


def main() -> None:
    """Make a year, export it, and print the figures."""
    with tempfile.TemporaryDirectory() as name:
        os.chdir(name)
        made = farm(Path(name))
        start = made.now
        year(made)
        floor = best_seconds(made.report, 1)
        told = json.dumps({"folder": name, "later": (made.now - start).total_seconds()})
        command = [sys.executable, "-m", "benchmarks.export", CHILD]
        root = str(Path(__file__).parent.parent)
        environment = {**os.environ, VARIABLE: told, "PYTHONPATH": root}
        said = json.loads(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)
        shutil.unpack_archive(BUNDLE, "unpacked")
        sums = _seconds("sha256sum", "--check", "--quiet", "SHA256SUMS")
        verified = _seconds(sys.executable, "-I", "verify.py")
    about = {
        "findings": said["findings"],
        "sources": SOURCES,
        "bundle": f"{said['bytes'] / 2**20:.1f} MiB",
        "export": f"{said['seconds']:.0f} s",
        "verify.py": f"{verified:.0f} s",
        "most memory": f"{said['memory'] // 1024} MiB (aim: {MOST_MEGABYTES})",
    }
    per_second = round(said["findings"] / said["seconds"])
    figures = [
        Figure("findings", per_second, "reading what stands", round(said["findings"] / floor)),
        Figure("files verified", round(said["files"] / verified), "sha256sum", round(said["files"] / sums)),
    ]
    report("export", about, figures)


def _seconds(*command: str) -> float:
    """How long a program takes in the unpacked bundle. Raises `CalledProcessError` where something does not hold."""
    begun = time.perf_counter()
    subprocess.run(command, cwd="unpacked", check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


if __name__ == "__main__":
    child() if CHILD in sys.argv[1:] else main()
