"""Take away answers from one host of three: the verdicts about the other two may become unknown, and nothing else.

The three are the recorded host of `test_denial.py`, once with everything alike, as copies of one image are, and once
each with keys and an identity of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import pytest

from core.engine import assess, collect
from core.model import Evidence, Status
from tests.collectors.host.test_denial import (
    AS_OF,
    CHECKS,
    COLLECTORS,
    DENIALS,
    FACTS,
    Verdicts,
    is_an_answer,
    is_honest,
    recording,
)
from tests.twins import RecordedHost

FLEET = [check for check in CHECKS.values() if check.id.startswith(("host.fleet", "host.system.machine"))]
LOOKING = {name: each for name, each in COLLECTORS.items() if any(check.kinds & each.kinds for check in FLEET)}
ASKED = sorted({fact.name for each in LOOKING.values() for fact in each.permissions})


def evidence(name: str, denied: Mapping[str, str], *, alike: bool) -> tuple[Evidence, ...]:
    answers = {}
    for fact in ASKED:
        answer = recording()[fact]
        if not alike and fact in ("ssh_host_keys", "system_identity"):
            answer = replace(
                answer, output=re.sub(rb"(SHA256:|^)\w{3}", rb"\g<1>%b" % name[:3].encode(), answer.output)
            )
        said = DENIALS[denied[fact]](answer) if fact in denied else answer
        if said is not None:
            answers[FACTS[fact]] = said
    host = RecordedHost(answers, name)
    return tuple(e for each in LOOKING.values() for e in collect(each, host, version="0", clock=lambda: AS_OF).evidence)


@cache
def whole(name: str, *, alike: bool) -> tuple[Evidence, ...]:
    return evidence(name, {}, alike=alike)


def judged(*hosts: tuple[Evidence, ...]) -> Verdicts:
    everything = [each for host in hosts for each in host]
    findings = [f for check in FLEET for f in assess(check, everything, as_of=AS_OF, digest="").findings]
    return {(f.check, f"{f.source} {f.resource}"): f.verdict.status for f in findings}


@cache
def before(*, alike: bool) -> Verdicts:
    return judged(*(whole(name, alike=alike) for name in ("one", "two", "three")))


@pytest.mark.parametrize("alike", [True, False])
@pytest.mark.parametrize("denial", DENIALS)
def test_one_host_that_says_less_improves_no_verdict_about_others(denial: str, alike: bool) -> None:
    wrong = []
    for fact in ASKED:
        second = evidence("two", {fact: denial}, alike=alike)
        after = judged(whole("one", alike=alike), second, whole("three", alike=alike))
        wrong += [
            f"{fact}: {check} of {resource} was {was} and is {after.get((check, resource))}"
            for (check, resource), was in before(alike=alike).items()
            if not resource.startswith("host/two ")
            and not is_honest(was, after.get((check, resource)))
            and not is_an_answer({fact: denial}, check)
        ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("alike", "status"), [(True, Status.FAIL), (False, Status.PASS)])
def test_copies_of_one_image_fail_and_hosts_of_their_own_pass(alike: bool, status: Status) -> None:
    for check in ("host.fleet.host_key_is_unique", "host.system.machine_identity_is_unique"):
        assert {was for (name, _), was in before(alike=alike).items() if name == check} == {status}
