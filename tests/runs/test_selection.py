"""What a scan is asked for, and what it says it left out."""

from __future__ import annotations

from typing import Any

import pytest

from collectors.host.source import Host
from collectors.host.sshd import SSHD_OPTIONS
from collectors.host.updates import APT_PENDING
from core.errors import AnnexaError
from runs.selection import (
    Selection,
    Wish,
    configured_sources,
    controls_serving,
    enabled_checks,
    objectives_of,
    select,
)
from tests.runs.farm import LOW, MEADOWS, SOIL, Farm

NORTH, SOUTH = "meadow/north", "meadow/south"


def selecting(farm: Farm, **wish: Any) -> Selection:
    return select(farm.configuration, Wish(**wish), farm.clock)


def test_a_secret_that_is_not_there_is_said_with_whose_it_is(farm: Farm) -> None:
    farm.world.cannot_open = "the environment variable KEY is not set"
    for opening in (lambda: selecting(farm), lambda: configured_sources(farm.configuration, farm.clock)):
        with pytest.raises(AnnexaError, match=r"^sources\.meadow: the environment variable KEY is not set$") as raised:
            opening()
        assert raised.value.hint == "find the key"


def test_no_wish_is_everything(farm: Farm) -> None:
    found = selecting(farm)
    assert not found.narrowed
    assert found.left_out == ()
    assert found.configured == (NORTH, SOUTH)
    assert {LOW, SOIL} <= set(found.checks)
    assert [(c.id, s.id) for c, s in found.targets] == [
        ("meadow.flowers", NORTH),
        ("meadow.soil", NORTH),
        ("meadow.flowers", SOUTH),
        ("meadow.soil", SOUTH),
    ]


@pytest.mark.parametrize(
    ("pattern", "sources"),
    [(NORTH, [NORTH]), ("meadow", [NORTH, SOUTH]), ("*/s*", [SOUTH]), ("meadow/*", [NORTH, SOUTH])],
)
def test_sources_are_chosen_by_id_provider_or_pattern(farm: Farm, pattern: str, sources: list[str]) -> None:
    found = selecting(farm, sources=(pattern,))
    assert [source.id for source in found.sources] == sources
    assert found.configured == (NORTH, SOUTH)
    assert found.narrowed
    assert found.left_out == tuple(f"source {each}: not asked for" for each in (NORTH, SOUTH) if each not in sources)


@pytest.mark.parametrize(
    ("pattern", "checks"), [(LOW, [LOW]), ("meadow", [LOW, SOIL]), ("meadow.*low", [LOW]), ("*.flowers_*", [SOIL])]
)
def test_checks_are_chosen_by_id_module_or_pattern_with_the_collectors_they_need(
    farm: Farm, pattern: str, checks: list[str]
) -> None:
    found = selecting(farm, checks=(pattern,))
    assert list(found.checks) == checks
    needed = {"meadow.flowers", "meadow.soil"} if SOIL in checks else {"meadow.flowers"}
    assert {collector.id for collector, _ in found.targets} == needed
    assert found.left_out[0].endswith(f" checks: only check {pattern} asked for")


def test_controls_choose_the_checks_that_serve_them(farm: Farm) -> None:
    for control in ("A.8.17", "iso27001_2022:A.8.17", "iso27001_2013:A.12.4.4"):
        assert {LOW, SOIL} <= set(selecting(farm, controls=(control,)).checks)
    assert "clocks-agree" in objectives_of("A.8.17")
    assert "A.8.17" in controls_serving("clocks-agree")
    assert controls_serving("no-such-objective") == ()


def test_several_wishes_add_up(farm: Farm) -> None:
    assert list(selecting(farm, checks=(LOW, SOIL)).checks) == [LOW, SOIL]


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ({"sources": ("meadow/nroth",)}, f"no source matches meadow/nroth, did you mean {NORTH}?"),
        ({"sources": (NORTH, "elsewhere")}, "no source matches elsewhere"),
        ({"checks": ("meadow.flower_is_lo",)}, f"there is no check named meadow.flower_is_lo, did you mean {LOW}?"),
        ({"checks": (LOW, "nothing.*")}, "there is no check named nothing.*"),
        ({"controls": ("A.8.171",)}, "iso27001_2022 has no control A.8.171, did you mean "),
        ({"controls": ("iso1:A.8.17",)}, "there is no framework named iso1"),
        ({"controls": ("A.7.1",)}, "no check serves A.7.1"),
    ],
)
def test_a_wish_that_matches_nothing_is_refused(farm: Farm, wish: dict[str, tuple[str, ...]], message: str) -> None:
    with pytest.raises(AnnexaError) as refused:
        selecting(farm, **wish)
    assert str(refused.value).startswith(message)
    assert refused.value.hint


def test_a_disabled_check_is_left_out_and_cannot_be_asked_for(farm: Farm) -> None:
    farm.text = MEADOWS + f"checks: {{disabled: [{LOW}]}}\n"
    assert LOW not in enabled_checks(farm.configuration)
    assert selecting(farm).left_out == (f"check {LOW}: disabled in the configuration",)
    with pytest.raises(AnnexaError, match=f"the check {LOW} is disabled"):
        selecting(farm, checks=(LOW,))


def test_two_sources_of_one_name_are_refused(farm: Farm) -> None:
    farm.text = "sources: {meadow: [{name: north}, {name: north}]}\n"
    with pytest.raises(AnnexaError, match=f"two sources are called {NORTH}"):
        selecting(farm)


def test_without_sources_there_is_nothing_to_match(farm: Farm) -> None:
    farm.text = "sources: {}\n"
    assert selecting(farm).targets == ()
    with pytest.raises(AnnexaError, match="no source matches x") as refused:
        selecting(farm, sources=("x",))
    assert refused.value.hint == "the configured sources are none"


def test_what_only_disabled_checks_read_is_not_looked_at(farm: Farm) -> None:
    farm.text = MEADOWS + f"checks: {{disabled: [{SOIL}]}}\n"
    assert {collector.id for collector, _ in selecting(farm).targets} == {"meadow.flowers"}


def test_a_host_is_asked_only_what_checks_that_are_switched_on_need(farm: Farm) -> None:
    """And what no check judges at all, for the inventory."""
    wanted = "host.sshd.root_cannot_log_in"
    others = [name for name in enabled_checks(farm.configuration) if name.startswith("host.") and name != wanted]
    farm.text = f"sources: {{host: [{{name: here}}]}}\nchecks: {{disabled: [{', '.join(others)}]}}\n"
    found = selecting(farm)
    assert "host.updates.updates" not in {collector.id for collector, _ in found.targets}
    (host,) = found.sources
    assert isinstance(host, Host)
    needed = {fact for collector, _ in found.targets for fact in collector.permissions}
    assert set(host.asks) == needed
    assert SSHD_OPTIONS in needed
    assert APT_PENDING not in needed
