"""OSCAL 1.2 assessment results: findings by control, observations with the digests of their evidence, risks.

OSCAL knows satisfied and not-satisfied alone. So a control about which evidence says nothing has no finding here, and
one that evidence leaves open is not satisfied, for another reason than failing; both say so in words. UUIDs follow from
the log and what they name: the same question gives the same document. It is written piece by piece, for large estates.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID, uuid5

from core import __version__
from core.conclusions import ControlResult
from core.management.nonconformity import Nonconformity, Stage
from core.model import REST_OF_POPULATION, Conclusion, Status
from exports import oscal_spelling as spelling
from exports.bundle.parts import Snapshot
from exports.oscal_spelling import Object
from runs.report import FindingState

VERSION = "1.2.1"
NAMESPACE = UUID("0b1f9b60-7a52-5d0c-9d3e-5f0f3f6f0a27")
"""What every UUID of ours is made in."""
ABOUT = {Conclusion.SUPPORTED: ("satisfied", "pass"), Conclusion.CONTRADICTED: ("not-satisfied", "fail")}
LEFT_OUT = (Conclusion.NO_EVIDENCE, Conclusion.EXCLUDED)
RISK_STATES = {Stage.RAISED: "open", Stage.ASSIGNED: "open", Stage.CLOSED: "closed"}


def pieces(snapshot: Snapshot) -> Iterator[bytes]:
    """The document as JSON, piece by piece."""
    made = _Document(snapshot)
    yield b'{"assessment-results":{'
    yield spelling.members(made.head())
    yield b',"results":[{'
    yield spelling.members(made.result())
    for name, each in (("observations", made.observations()), ("risks", made.risks()), ("findings", made.findings())):
        yield from spelling.array(name, each)
    yield b"}]"
    yield b',"back-matter":{"resources":['
    yield from spelling.joined(made.resources())
    yield b"]}}}\n"


class _Document:
    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._report = snapshot.report
        self._origin = self._report.seal.origin if self._report.seal else ""
        self._controls = snapshot.controls_of()
        self._units: dict[tuple[int, str, str, str], list[str]] = {}
        for unit in snapshot.evidence.units:
            for kind in unit.kinds:
                for scope in dict.fromkeys((unit.scope, "")):
                    self._units.setdefault((unit.leaf, unit.source, scope, kind), []).append(unit.name)
        self._assessments = {each.leaf for each in snapshot.evidence.assessments}
        self._answered: dict[str, list[FindingState]] = {}
        for each in self._report.findings:
            for name in filter(None, (*each.nonconformities, each.accepted)):
                self._answered.setdefault(name, []).append(each)
        self._sources = sorted({each.source for each in self._report.findings})

    def _uuid(self, *names: object) -> str:
        return str(uuid5(NAMESPACE, json.dumps([self._origin, *map(str, names)])))

    def head(self) -> Object:
        """Everything before the result."""
        question, past = self._snapshot.question, self._snapshot.past
        asked = (question.framework, question.start, question.end, question.controls, question.sources, past.size)
        return {
            "uuid": self._uuid("results", *asked, question.redact_people),
            "metadata": {
                "title": spelling.line(f"{self._snapshot.conclusions.name}: what technical evidence says"),
                "last-modified": spelling.moment(past.moment),
                "version": str(past.size),
                "oscal-version": VERSION,
                "props": spelling.props({"agent-version": __version__, "log": self._origin, "log-size": past.size}),
                **self._parties(),
            },
            "import-ap": {
                "href": f"#{self._uuid('plan')}",
                "remarks": "There is no assessment plan in OSCAL: the resource says what was looked at, and how.",
            },
        }

    def _parties(self) -> Object:
        """Who is assessed, and its scope, where the organization stated them."""
        stated = self._report.answers.organization
        if stated is None:
            return {}
        scope = {"remarks": spelling.line(stated.said.scope_statement)} if stated.said.scope_statement else {}
        party = {
            "uuid": self._uuid("organization"),
            "type": "organization",
            "name": spelling.line(stated.said.name),
            **scope,
        }
        return {"parties": [party]}

    def result(self) -> Object:
        """What stands before the long lists of a result."""
        question, past = self._snapshot.question, self._snapshot.past
        reviewed = [each.control.id for each in self._snapshot.conclusions.controls]
        silent = [each for each in self._snapshot.conclusions.controls if each.conclusion in LEFT_OUT]
        remarks = "Evidence supports or contradicts a control; whether the organization conforms is for people to say."
        if silent:
            names = ", ".join(f"{each.control.id} ({each.word})" for each in silent)
            remarks += f" There is no finding about these controls, which is neither good nor bad news: {names}."
        found: Object = {
            "uuid": self._uuid("result", question.framework, question.start, question.end, past.size),
            "title": spelling.line(f"What stood on {spelling.moment(past.moment)}"),
            "description": spelling.line(f"What the first {past.size} leaves of the log {self._origin} say."),
            "start": spelling.moment(question.start),
            "end": spelling.moment(past.moment),
            "props": spelling.props({"scan": self._report.scan.id, "gaps": len(self._report.gaps)}),
        }
        if self._sources:
            found["local-definitions"] = {"inventory-items": [self._item(each) for each in self._sources]}
        chosen = [{"control-id": name} for name in reviewed]
        found["reviewed-controls"] = {"control-selections": [{"include-controls": chosen}]}
        return {**found, "remarks": spelling.line(remarks)}

    def _item(self, source: str) -> Object:
        return {
            "uuid": self._uuid("source", source),
            "description": spelling.line(f"The source {source}"),
            "props": spelling.props({"source": source}),
        }

    def observations(self) -> Iterator[Object]:
        """One for each verdict."""
        for each in self._report.findings:
            check = self._report.checks.get(each.check)
            what = "what was not seen" if each.resource == REST_OF_POPULATION else each.resource
            found: Object = {
                "uuid": self._observation(each),
                "title": spelling.line(f"{each.check}: {what}"),
                "description": spelling.line(f"{each.status.value}: {each.reason}"),
                "props": spelling.props(
                    {
                        "status": each.status.value,
                        "check": each.check,
                        "resource": each.resource,
                        "source": each.source,
                        "scope": each.scope,
                        "severity": each.severity.value,
                        "finding": each.id,
                        "since": spelling.moment(each.since),
                        "leaf": each.leaf,
                    }
                ),
                "methods": ["TEST"],
                "types": ["control-objective"],
                "subjects": [{"subject-uuid": self._uuid("source", each.source), "type": "inventory-item"}],
                "collected": spelling.moment(each.collected_at),
            }
            if evidence := self._evidence(each, check.kind if check else ""):
                found["relevant-evidence"] = evidence
            yield found

    def _observation(self, each: FindingState) -> str:
        return self._uuid("observation", each.check, each.source, each.scope, each.id, each.leaf, each.status.value)

    def _evidence(self, each: FindingState, kind: str) -> list[Object]:
        named = [f"assessment {each.leaf}"] if each.leaf in self._assessments else []
        for leaf in each.evidence:
            named += (f"unit {name}" for name in self._units.get((leaf, each.source, each.scope, kind), ()))
        return [
            {"href": f"#{self._uuid('resource', name)}", "description": f"The sealed {name.partition(' ')[0]}"}
            for name in named
        ]

    def risks(self) -> Iterator[Object]:
        """One for each nonconformity about a check in question, and for each risk that somebody accepted."""
        text = self._snapshot.names.text
        for each in self._nonconformities():
            yield self._with_observations(
                {
                    "uuid": self._uuid("risk", each.id),
                    "title": spelling.line(f"{each.id}: {text(each.title)}"),
                    "description": spelling.line(text(each.statement) or text(each.title)),
                    "statement": spelling.line(text(each.consequences) or "The consequences have not been stated."),
                    "props": spelling.props(
                        {"nonconformity": each.id, "stage": each.stage.value, "grade": each.grade.value}
                    ),
                    "status": RISK_STATES.get(each.stage, "remediating"),
                    "deadline": f"{each.due.isoformat()}T23:59:59Z",
                },
                self._answered.get(each.id, ()),
            )
        for acceptance in self._report.answers.acceptances:
            if covered := self._answered.get(acceptance.id):
                risk: Object = {
                    "uuid": self._uuid("risk", acceptance.id),
                    "title": spelling.line(f"{acceptance.id}: failures that somebody accepts"),
                    "description": spelling.line(text(acceptance.reason)),
                    "statement": spelling.line(text(acceptance.risk)),
                    "props": spelling.props({"acceptance": acceptance.id, "approver": text(acceptance.approver)}),
                    "status": "deviation-approved",
                    "deadline": spelling.moment(acceptance.expires),
                }
                yield self._with_observations(risk, covered)

    def _with_observations(self, risk: Object, findings: Sequence[FindingState]) -> Object:
        if findings:
            risk["related-observations"] = [{"observation-uuid": self._observation(each)} for each in findings]
        return risk

    def _nonconformities(self) -> list[Nonconformity]:
        return [
            each
            for each in self._report.answers.nonconformities
            if any(subject.check in self._controls for subject in each.subjects)
        ]

    def findings(self) -> Iterator[Object]:
        """One for each control of which evidence says something."""
        by_check: dict[str, list[FindingState]] = {}
        for each in self._report.findings:
            by_check.setdefault(each.check, []).append(each)
        for result in self._snapshot.conclusions.controls:
            if result.conclusion not in LEFT_OUT:
                checks = dict.fromkeys(check for objective in result.objectives for check in objective.checks)
                yield self._finding(result, [each for check in checks for each in by_check.get(check, ())])

    def _finding(self, result: ControlResult, observed: Sequence[FindingState]) -> Object:
        state, reason = ABOUT.get(result.conclusion, ("not-satisfied", "other"))
        control = result.control
        found: Object = {
            "uuid": self._uuid("finding", self._snapshot.question.framework, control.id, self._snapshot.past.size),
            "title": spelling.line(f"{control.id} {control.title}"),
            "description": spelling.line(result.sentence),
            "props": spelling.props(
                {
                    "conclusion": result.conclusion.value,
                    "strength": result.strength,
                    "edition": self._snapshot.question.framework,
                    "verdicts": len(observed),
                    "failing": sum(each.status is Status.FAIL for each in observed),
                }
            ),
            "target": {
                "type": "objective-id",
                "target-id": control.id,
                "title": spelling.line(control.title),
                "status": {"state": state, "reason": reason, "remarks": spelling.line(result.sentence)},
            },
        }
        if observed:
            found["related-observations"] = [{"observation-uuid": self._observation(each)} for each in observed]
        named = {name for each in observed for name in (*each.nonconformities, each.accepted) if name}
        known = {each.id for each in self._nonconformities()} | {a.id for a in self._report.answers.acceptances}
        if risks := sorted(named & known):
            found["related-risks"] = [{"risk-uuid": self._uuid("risk", name)} for name in risks]
        return found

    def resources(self) -> Iterator[Object]:
        """What documents refer to: the plan that there is none of, and sealed evidence by its digest."""
        looked = sorted({check.kind for check in self._report.checks.values()})
        yield {
            "uuid": self._uuid("plan"),
            "title": "What was looked at",
            "description": spelling.line(f"{len(self._report.checks)} checks of {', '.join(looked) or 'nothing'}."),
        }
        for each in self._snapshot.evidence.assessments:
            about = {"check": each.body.check, "check-digest": each.body.check_digest, "leaf": each.leaf}
            yield self._resource(f"assessment {each.leaf}", each.body.verdicts, about)
        for unit in self._snapshot.evidence.units:
            place = {"collector": unit.collector, "source": unit.source, "scope": unit.scope, "leaf": unit.leaf}
            yield self._resource(f"unit {unit.name}", unit.digest, place)

    def _resource(self, name: str, digest: str, about: Mapping[str, object]) -> Object:
        return {
            "uuid": self._uuid("resource", name),
            "title": name.capitalize(),
            "props": spelling.props(about),
            "rlinks": [
                {
                    "href": f"sealed/blobs/{digest}.txt",
                    "media-type": "application/json",
                    "hashes": [{"algorithm": "SHA-256", "value": digest}],
                }
            ],
        }
