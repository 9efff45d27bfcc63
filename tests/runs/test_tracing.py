"""From a verdict to the bytes it rests on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core import __version__
from core.errors import AnnexaError
from evidence_store.log.proofs import open_proof
from evidence_store.log.trail import LeafProof
from evidence_store.questions.standing import current_findings
from evidence_store.questions.states import FindingState, ScanState
from mappings.loader import framework
from runs.rules import installed
from runs.tracing import Trace, TracedUnit, controls_of, follow, proof_of, trace
from tests.runs.farm import LOW, SOIL, Farm


def tracing(farm: Farm, name: str) -> Trace | TracedUnit | LeafProof | ScanState:
    with farm.store() as store:
        return follow(farm.configuration, store, name, farm.now)[0]


def finding(farm: Farm, check: str, resource: str) -> FindingState:
    return next(f for f in farm.report().findings if (f.check, f.resource) == (check, resource))


def test_a_finding_leads_to_exchange_leaf_and_checkpoint(farm: Farm) -> None:
    farm.scan()
    found = tracing(farm, finding(farm, LOW, "lily").id)
    assert isinstance(found, Trace)
    assert found.check is not None
    assert found.check.id == LOW
    assert "ISO/IEC 27001:2022 A.8.17" in found.controls
    assert found.assessed.settings["most"] == 10
    assert [(unit.unit.source, body) for unit in found.units for _, body in unit.exchanges] == [
        ("meadow/north", b"{'rose': 5, 'lily': 20}")
    ]
    assert all(proof.proven for proof in found.leaves)


def test_a_finding_about_everything_leads_to_all_that_was_joined(farm: Farm) -> None:
    farm.scan()
    found = tracing(farm, finding(farm, SOIL, "meadow/south").id[:10])
    assert isinstance(found, Trace)
    assert {unit.unit.collector for unit in found.units} == {"meadow.flowers", "meadow.soil"}


def test_a_finding_of_a_check_that_is_gone_can_still_be_traced(farm: Farm) -> None:
    farm.scan()
    name = finding(farm, LOW, "lily").id
    with farm.store() as store:
        found = trace(store, name, replace(installed(farm.configuration), checks={}))
    assert isinstance(found, Trace)
    assert (found.check, found.controls) == (None, ())


def test_a_number_is_a_leaf_even_when_ids_begin_with_it(farm: Farm) -> None:
    farm.scan()
    for number in range(4):
        found = tracing(farm, str(number))
        assert isinstance(found, LeafProof)
        assert (found.position, found.proven) == (number, True)


def test_a_unit_is_known_by_its_leaf_and_its_place_below(farm: Farm) -> None:
    farm.scan()
    found = tracing(farm, "1/0")
    assert isinstance(found, TracedUnit)
    assert (found.seen.leaf, found.seen.ordinal, found.leaf.position, found.leaf.proven) == (1, 0, 1, True)
    assert (found.seen.agent_version, found.seen.configuration) == (__version__, farm.configuration.digest)
    with pytest.raises(AnnexaError, match="leaf 1 has no unit 99"):
        tracing(farm, "1/99")


def test_a_scan_is_known_by_its_id(farm: Farm) -> None:
    done = farm.scan()
    found = tracing(farm, done.scan)
    assert isinstance(found, ScanState)
    assert (found.id, found.status) == (done.scan, "finished")


@pytest.mark.parametrize(
    ("name", "problem"),
    [("zebra", "nothing is called zebra"), ("99999", "the log has no leaf 99999")],
)
def test_a_name_that_means_nothing_or_too_much_is_refused(farm: Farm, name: str, problem: str) -> None:
    farm.scan()
    with pytest.raises(AnnexaError) as refused:
        tracing(farm, name)
    assert str(refused.value) == problem
    assert refused.value.hint


def test_a_proof_is_of_a_leaf_a_unit_or_the_assessment_behind_a_finding(farm: Farm) -> None:
    farm.scan()
    with farm.store() as store:
        with store.reading() as connection:
            verifier = store.verifier(connection)
            finding = current_findings(store, connection)[0]
        assert open_proof(proof_of(store, "2"), verifier).index == 2
        assert open_proof(proof_of(store, "1/0"), verifier).entry is not None
        assert open_proof(proof_of(store, finding.id), verifier).index == finding.leaf
        with pytest.raises(AnnexaError, match="nothing is called zebra"):
            proof_of(store, "zebra")


def test_controls_name_their_edition() -> None:
    editions = [framework("iso27001_2022"), framework("iso27001_2013")]
    found = controls_of("clocks-agree", editions)
    assert found[0].startswith("ISO/IEC 27001:2022 A.")
    assert found[-1].startswith("ISO/IEC 27001:2013 A.")
    assert controls_of("no-such-objective", editions) == ()
