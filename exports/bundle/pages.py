"""The pages of a bundle: controls, objectives, checks, findings, evidence, exchanges; each leads to the next and to the
proof. Every page stands alone: nothing is loaded, nothing runs, and all of it opens from a disk without a network."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from markupsafe import Markup

from core.codec import decode
from core.conclusions import Tally
from evidence_store.errors import BrokenSealError
from evidence_store.records import UnitSeen
from evidence_store.store import find
from exports.bundle.parts import File, Snapshot
from exports.bundle.selecting import SelectedAssessment, SelectedUnit
from exports.html import environment, own, policy
from exports.page import ordered
from exports.tables import Table, csv_lines
from runs.report import FindingState
from runs.state import tally

ROWS_PER_PAGE = 500
"""Verdicts on one page: more take a browser longer than a reader waits."""
MOST_OF_AN_ANSWER = 4_000
"""Characters of an answer that its page shows; the file beside it has all of it."""
STYLE = "bundle.css"


def files(snapshot: Snapshot) -> Iterator[File]:
    """All pages, and of each control the list of what its findings rest on."""
    with snapshot.store.reading() as connection:
        yield from _Pages(snapshot, connection).files()


class _Pages:
    def __init__(self, snapshot: Snapshot, connection: Any) -> None:
        self._snapshot = snapshot
        self._connection = connection
        self._read = snapshot.store.read_blob(connection)
        self._controls_of = snapshot.controls_of()
        self._environment = environment()
        style = own(STYLE)
        self._always = {
            "snapshot": snapshot,
            "edition": snapshot.conclusions.name,
            "style": style,
            "policy": policy(style),
        }

    def files(self) -> Iterator[File]:
        tallies = {
            each.control.id: sum((self._by_check[check] for o in each.objectives for check in o.checks), Tally())
            for each in self._controls
        }
        yield self._page("index.html", "bundle_index.html", tallies=tallies)
        shown = {"by_check": self._by_check, "made": self._assessments}
        for result in self._controls:
            folder = f"controls/{result.control.id}"
            yield self._page(f"{folder}/index.html", "bundle_control.html", result=result, **shown)
            yield File(f"{folder}/evidence.csv", csv_lines(self._evidence_of(result)))
        for check in sorted(self._assessments):
            yield from self._check(check)
        for unit in self._snapshot.evidence.units:
            yield self._unit(unit)

    def _page(self, path: str, template: str, **content: Any) -> File:
        text = self._environment.get_template(template).render(up="../" * path.count("/"), **self._always, **content)
        return File(path, text.encode())

    @property
    def _controls(self) -> tuple[Any, ...]:
        return self._snapshot.conclusions.controls

    @cached_property
    def _findings(self) -> Mapping[str, list[FindingState]]:
        found: dict[str, list[FindingState]] = defaultdict(list)
        for each in ordered(self._snapshot.report.findings):
            found[each.check].append(each)
        return found

    @cached_property
    def _assessments(self) -> Mapping[str, list[SelectedAssessment]]:
        found: dict[str, list[SelectedAssessment]] = defaultdict(list)
        for each in self._snapshot.evidence.assessments:
            found[each.body.check].append(each)
        return found

    @cached_property
    def _by_check(self) -> Mapping[str, Tally]:
        return defaultdict(Tally, tally(self._snapshot.report.findings))

    def _evidence_of(self, result: Any) -> Table:
        checks = dict.fromkeys(check for objective in result.objectives for check in objective.checks)
        units = {unit.name: unit for check in checks for unit in self._units_of(check)}
        rows = (
            (
                unit.source,
                unit.scope,
                unit.collector,
                " ".join(unit.kinds),
                unit.leaf,
                unit.ordinal,
                f"evidence/{unit.name}.html",
                f"sealed/blobs/{unit.digest}.txt",
                f"sealed/proofs/{unit.name}.txt",
            )
            for _, unit in sorted(units.items(), key=lambda item: (item[1].leaf, item[1].ordinal))
        )
        columns = ("source", "scope", "collector", "kinds", "leaf", "unit", "page", "sealed", "proof")
        return Table(name="evidence", about="What verdicts rest on.", columns=columns, rows=rows)

    def _units_of(self, check: str) -> tuple[SelectedUnit, ...]:
        if check not in self._known_units:
            self._known_units[check] = self._snapshot.evidence.of_check(check)
        return self._known_units[check]

    @cached_property
    def _known_units(self) -> dict[str, tuple[SelectedUnit, ...]]:
        return {}

    def _check(self, name: str) -> Iterator[File]:
        described = self._snapshot.report.checks[name]
        findings = self._findings.get(name, [])
        evidence: dict[tuple[str, str], list[SelectedUnit]] = defaultdict(list)
        for unit in self._units_of(name):
            if described.kind in unit.kinds:
                evidence[unit.source, unit.scope].append(unit)
        starts = range(0, max(len(findings), 1), ROWS_PER_PAGE)
        names = [f"{name}.html" if number == 0 else f"{name}-{number + 1}.html" for number in range(len(starts))]
        for number, start in enumerate(starts, start=1):
            yield self._page(
                f"checks/{names[number - 1]}",
                "bundle_check.html",
                check=described,
                controls=self._controls_of.get(name, ()),
                assessments=self._assessments.get(name, ()),
                rows=findings[start : start + ROWS_PER_PAGE],
                evidence=evidence,
                total=len(findings),
                first=start + 1,
                pages=names,
                number=number,
            )

    def _unit(self, chosen: SelectedUnit) -> File:
        seen = decode(UnitSeen, self._read(bytes.fromhex(chosen.digest)))
        return self._page(
            f"evidence/{chosen.name}.html",
            "bundle_unit.html",
            chosen=chosen,
            seen=seen,
            unit=seen.unit,
            text=self._snapshot.names.text,
            blob=self._blob,
            answer=self._answer,
            most=MOST_OF_AN_ANSWER,
            newline=Markup("\n"),
        )

    def _blob(self, digest: str, leaving: Callable[[bytes], bytes]) -> Markup:
        """Where sealed bytes lie in this bundle, in which they are what `leaving` makes of them."""
        short = f"{digest[:16]}…"
        if find(self._connection, bytes.fromhex(digest)) is None:
            return Markup("<code>{}</code> (was thrown away)").format(short)
        folder = "blobs"
        if self._snapshot.names.redacted:
            data = self._read(bytes.fromhex(digest))
            folder = "blobs" if leaving(data) == data else "redacted"
        return Markup('<a href="../sealed/{}/{}.txt"><code>{}</code></a>').format(folder, digest, short)

    def _answer(self, digest: str) -> str:
        """The beginning of a recorded answer, with people called as in this bundle; nothing where it is not text."""
        try:
            data = self._read(bytes.fromhex(digest))
        except BrokenSealError:
            return ""  # thrown away, which the sealed part says, or refuses
        names = self._snapshot.names
        return names.data(names.answer(data)).decode(errors="backslashreplace")[:MOST_OF_AN_ANSWER]
