"""The program as people run it: a process of its own in a folder of its own, with the orchard plug-in installed."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from evidence_store.location import Location
from evidence_store.store import Store
from evidence_store.verification.verify import Verification
from evidence_store.verification.verify import verify as verify_store
from tests.forking import Forked, can_fork

ROOT = Path(__file__).parent.parent
ORCHARD = ROOT / "tests" / "orchard"
WITHOUT_ROOTS_POWER = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
"""What to put before a command so that modes of files bind it, whoever runs the tests."""

PATIENCE = 60
"""Seconds after which a program that should have ended counts as hanging."""


@dataclass(frozen=True, slots=True)
class Said:
    """How a program ended: exit status and what it printed."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Folder:
    """A working folder with its own home, configuration and store."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.home = path / "home"
        self.home.mkdir(exist_ok=True)
        self.store = path / "annexa-data"
        self.key = self.home / ".config" / "annexa" / "signing-key.pem"

    @property
    def location(self) -> Location:
        return Location(self.store, self.key)

    def configure(self, *orchards: Mapping[str, Any], **sections: Any) -> Folder:
        """Write `config.yaml` with these orchards as its only sources."""
        sources = {"orchard": [{"name": "north", **each} for each in orchards or ({},)]}
        text = yaml.safe_dump({"sources": sources, **sections})
        (self.path / "config.yaml").write_text(text, encoding="utf-8")
        return self

    def environment(self, **more: str) -> dict[str, str]:
        """Nothing of the person who runs the tests."""
        base = {"PATH": os.environ["PATH"], "HOME": str(self.home), "LANG": "C.UTF-8", "PYTHONPATH": str(ORCHARD)}
        return {**base, **more}

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """`annexa ARGUMENTS`, running."""
        return self.start_python(str(ROOT / "agent.py"), *arguments, **environment)

    def start_python(self, *arguments: str, before: Sequence[str] = (), **environment: str) -> subprocess.Popen[str]:
        """`python ARGUMENTS`, running, with our packages and the orchard."""
        variables = self.environment(**environment)
        start = Forked if not before and can_fork(arguments, variables) else subprocess.Popen[str]
        return start(
            [*before, sys.executable, *arguments],
            cwd=self.path,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def annexa(self, *arguments: str, **environment: str) -> Said:
        """`annexa ARGUMENTS`, to its end."""
        return ended(self.start(*arguments, **environment))

    def annexa_without_power(self, *arguments: str) -> Said:
        """`annexa ARGUMENTS`, by somebody who may do no more than modes of files allow."""
        return ended(self.start_python(str(ROOT / "agent.py"), *arguments, before=WITHOUT_ROOTS_POWER))

    def python(self, *arguments: str, **environment: str) -> Said:
        """`python ARGUMENTS`, to its end."""
        path = f"{ORCHARD}{os.pathsep}{ROOT}"
        return ended(self.start_python(*arguments, **{"PYTHONPATH": path, **environment}))

    def verified(self) -> Verification:
        """What verifying the store finds."""
        with Store.open(self.location) as store:
            return verify_store(store)


def ended(process: subprocess.Popen[str]) -> Said:
    """What a running program said once it has ended."""
    try:
        out, err = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate()
        raise
    return Said(process.returncode, out, err)


CONTROL_CHARACTERS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Whatever a terminal, or a reader's eye, would obey. A new line is ours to print."""


def explained(said: Said, status: int = 2) -> Sequence[str]:
    """The error and the hint of a program that refused, after seeing that it said both, and nothing of ours broke."""
    assert said.status == status, said
    error, hint, *rest = said.err.splitlines()[-2:]
    assert error.startswith("error: "), said.err
    assert hint.startswith(" hint: "), said.err
    assert not rest
    assert "Traceback" not in said.err
    return error.removeprefix("error: "), hint.removeprefix(" hint: ")
