"""What the shipped mappings must keep true, so that a report never claims more than its evidence can show."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from core.model import Control
from mappings import loader

HERE = Path(__file__).parent
EDITIONS = {"iso27001_2013": ("ISO/IEC 27001:2013", 114), "iso27001_2022": ("ISO/IEC 27001:2022", 93)}
PROVIDERS = r"\b(AWS|Azure|GCP|Google|Okta|Entra|GitHub|S3|KMS|IAM)\b"

# Objectives that people, documents and places show: no configuration of a system decides them.
ATTESTED = {
    "policies-are-current",
    "responsibilities-are-assigned",
    "outside-contacts-are-kept",
    "projects-consider-security",
    "equipment-is-returned-and-wiped",
    "suppliers-are-assessed",
    "incident-response-is-ready",
    "incidents-are-handled",
    "legal-duties-are-met",
    "audits-are-independent",
    "nonconformities-are-closed",
    "people-are-screened",
    "terms-are-signed",
    "rules-are-acknowledged",
    "people-are-trained",
    "sites-are-secured",
    "sites-withstand-hazards",
}

editions = pytest.mark.parametrize("edition", EDITIONS)


def titles(edition: str) -> list[dict[str, str]]:
    with (HERE / f"{edition}_titles.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def controls(edition: str) -> tuple[Control, ...]:
    return loader.framework(edition).controls


@pytest.mark.parametrize(("name", "sentence"), loader.objectives().items())
def test_an_objective_is_one_sentence_that_names_no_provider(name: str, sentence: str) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", name)
    assert sentence.endswith(".")
    assert ". " not in sentence
    assert not re.search(PROVIDERS, sentence)


def test_objectives_are_few_and_differ() -> None:
    sentences = list(loader.objectives().values())
    assert 65 <= len(sentences) <= 85
    assert len(set(sentences)) == len(sentences)
    assert set(loader.objectives()) >= ATTESTED


@editions
def test_every_control_is_there_in_order_and_with_its_title(edition: str) -> None:
    name, count = EDITIONS[edition]
    assert loader.framework(edition).name == name
    assert len(controls(edition)) == count
    assert [(c.id, c.title) for c in controls(edition)] == [(row["id"], row["title"]) for row in titles(edition)]


def test_themes_of_2022_are_those_of_the_standard() -> None:
    assert [(c.id, c.theme) for c in controls("iso27001_2022")] == [
        (row["id"], row["theme"]) for row in titles("iso27001_2022")
    ]


def test_themes_of_2013_are_the_clauses_of_annex_a() -> None:
    themes = {c.id.split(".")[1]: c.theme for c in controls("iso27001_2013")}
    assert list(themes) == [str(clause) for clause in range(5, 19)]
    assert len(set(themes.values())) == 14
    assert (themes["5"], themes["9"], themes["18"]) == (
        "Information security policies",
        "Access control",
        "Compliance",
    )


@editions
def test_links_are_narrow(edition: str) -> None:
    for control in controls(edition):
        assert 1 <= len(control.links) <= 7, control.id
        assert sum(link.share == "most" for link in control.links) <= 1, control.id
    used = Counter(link.objective for control in controls(edition) for link in control.links)
    assert [name for name, count in used.items() if count > 6] == []


@editions
def test_every_link_gives_a_short_reason_in_our_own_words(edition: str) -> None:
    for control in controls(edition):
        for link in control.links:
            where = f"{control.id} {link.objective}: {link.because}"
            assert 25 <= len(link.because) <= 140, where
            assert link.because.endswith("."), where
            assert ". " not in link.because, where
            assert not re.search(r"\b(standard|shall)\b", link.because), where


def test_no_reason_is_a_stock_phrase() -> None:
    said = {edition: Counter(link.because for c in controls(edition) for link in c.links) for edition in EDITIONS}
    for edition, here in said.items():
        assert [reason for reason, count in here.items() if count > 1] == [], edition


def test_every_objective_is_reachable_from_2022() -> None:
    linked = {link.objective for control in controls("iso27001_2022") for link in control.links}
    assert linked == set(loader.objectives())


@editions
def test_what_technology_cannot_show_is_present_and_waits_for_people(edition: str) -> None:
    manual = [control for control in controls(edition) if control.potential == "manual"]
    assert len(manual) > 15
    for control in manual:
        assert {link.objective for link in control.links} <= ATTESTED, control.id


@editions
def test_what_technology_shows_directly_has_a_technical_objective(edition: str) -> None:
    for control in controls(edition):
        if control.potential == "direct":
            assert {link.objective for link in control.links} - ATTESTED, control.id


def test_every_control_that_technology_can_show_has_signals() -> None:
    signals = loader.signals("iso27001_2022")
    for control in controls("iso27001_2022"):
        assert control.potential == "manual" or signals.get(control.id), control.id


def test_signals_do_not_repeat() -> None:
    for control, found in loader.signals("iso27001_2022").items():
        assert len(set(found)) == len(found), control


def test_the_correspondence_covers_both_editions() -> None:
    pairs = loader.correspondence()
    assert list(pairs) == [control.id for control in controls("iso27001_2013")]
    taken_over = {new for later in pairs.values() for new in later}
    assert taken_over == {row["id"] for row in titles("iso27001_2022") if row["new_in_2022"] == "no"}
    assert sum(row["new_in_2022"] == "yes" for row in titles("iso27001_2022")) == 11


def test_the_potential_of_2013_is_the_best_of_its_successors() -> None:
    later = {control.id: control.potential for control in controls("iso27001_2022")}
    for control in controls("iso27001_2013"):
        successors = [later[new] for new in loader.correspondence()[control.id]]
        assert control.potential == min(successors, key=loader.POTENTIALS.index), control.id
