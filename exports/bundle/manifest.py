"""What a bundle says of itself, and how to verify it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from core import __version__
from core.codec import canonical, timestamp
from evidence_store.leaving.leaves import stamps_of
from exports.bundle.ended import ended
from exports.bundle.parts import File, Snapshot
from exports.leaving import question

FORMAT = "annexa.bundle/1"
HERE = Path(__file__).parent


def files(found: Snapshot) -> Iterator[File]:
    """What the bundle says of itself, and how to verify it."""
    yield File("manifest.json", canonical(manifest(found)) + b"\n")
    yield File("VERIFY.md", (HERE / "VERIFY.md").read_bytes())
    yield File("verify.py", (HERE / "verify.py").read_bytes())


def manifest(found: Snapshot) -> dict[str, object]:
    """The question, the place in the log that answers it, and what has to be said about the answer."""
    seal, scan = found.report.seal, found.report.scan
    with found.store.reading() as connection:
        stamps = len(stamps_of(connection, found.past.size))
    return {
        "format": FORMAT,
        "agent": __version__,
        "question": question(found.question),
        "as_of": timestamp(found.past.moment),
        "checkpoint": {
            "log": seal.origin if seal else "",
            "size": found.past.size,
            "root": seal.root if seal else "",
            "made": timestamp(found.pinned),
            "stamps": stamps,
        },
        "scan": {
            "id": scan.id,
            "started": timestamp(scan.started),
            "finished": timestamp(scan.finished) if scan.finished else "",
            "status": scan.status,
            "agent_version": scan.agent_version,
        },
        "framework": found.conclusions.name,
        "checks": sorted(found.report.checks),
        "counts": {
            "controls": len(found.conclusions.controls),
            "findings": len(found.report.findings),
            "gaps": len(found.report.gaps),
            "assessments": len(found.evidence.assessments),
            "units": len(found.evidence.units),
        },
        "ended": list(ended(found)),
        "warnings": list(found.warnings),
        **found.stated,
    }
