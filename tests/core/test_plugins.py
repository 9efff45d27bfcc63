"""A function's signature is its registration, and every way to get it wrong is told."""

# Wrong declarations are the point here, so the type checker is told to let them be.
# mypy: disable-error-code="empty-body, no-untyped-def, type-var, type-arg, assignment, arg-type, name-defined, comparison-overlap"
from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from core.model import Severity, Status, Verdict, passed
from core.plugins import Check, Collector, PluginError, check, collector, discover, kinds
from core.population import Population
from core.resource import Resource, resource
from tests.core.garden import NOW, Bee, Flower, Garden

low = check(objective="o", severity=Severity.LOW)
anybody = collector(permissions=())


class Undeclared(Resource):
    """A resource that forgot its decorator."""

    id: str


@check(objective="bees-are-fed", severity=Severity.HIGH)
def bees_have_a_flower(
    bee: Bee, flowers: Population[Flower], *, as_of: datetime, most: int = 3, colors: tuple[str, ...] = ("red",)
) -> Verdict:
    """Every bee has
    a flower.

    Bees starve
    otherwise.

    Much otherwise.

    Remediation: Plant
    flowers.
    """
    return passed(f"{bee.id} {len(flowers)} {as_of:%Y} {most} {colors}")


@low
def a_garden_has_flowers(flowers: Population[Flower]) -> Verdict:
    """A garden has flowers.

    Why else.

    Remediation: Plant.
    """
    return passed(str(len(flowers)))


@collector(permissions=("look",))
def flowers_and_bees(garden: Garden) -> Iterator[Flower | Bee]:
    """Flowers
    and bees."""
    yield Flower(id=garden.id, color="red")


def test_everything_is_read_from_the_function() -> None:
    found = bees_have_a_flower
    assert found.id == f"{__name__}.bees_have_a_flower"
    assert (found.title, found.rationale) == ("Every bee has a flower.", "Bees starve otherwise.\n\nMuch otherwise.")
    assert (found.remediation, found.objective, found.severity) == ("Plant flowers.", "bees-are-fed", Severity.HIGH)
    assert (found.subject, found.whole_population, found.joins) == (Bee, False, {"flowers": Flower})
    assert found.settings == {"most": 3, "colors": ("red",)}
    assert found.setting_types == {"most": int, "colors": tuple[str, ...]}
    assert found.wants_as_of
    assert found.kinds == {"garden.bee", "garden.flower"}
    assert found.module == __name__


def test_a_check_over_a_population_judges_it_as_a_whole() -> None:
    assert a_garden_has_flowers.whole_population
    assert a_garden_has_flowers.subject is Flower
    assert not a_garden_has_flowers.wants_as_of
    assert a_garden_has_flowers.kinds == {"garden.flower"}


def test_calling_a_check_or_collector_calls_the_function() -> None:
    nobody: Population[Flower] = Population("garden.flower", ())
    with pytest.raises(Exception, match="nothing of this kind"):
        bees_have_a_flower(Bee(id="1", visits="2"), nobody, as_of=NOW)
    assert [each.id for each in flowers_and_bees(Garden())] == ["garden/north"]


def test_a_collector_says_what_it_yields_and_needs() -> None:
    found = flowers_and_bees
    assert (found.summary, found.source, found.yields) == ("Flowers and bees.", Garden, (Flower, Bee))
    assert (found.permissions, found.kinds) == (("look",), {"garden.flower", "garden.bee"})


def test_ids_leave_out_the_folder_of_the_kind_of_plugin() -> None:
    for folder in ("checks", "collectors"):

        def some(flower: Flower) -> Verdict:
            """T.

            W.

            Remediation: R.
            """
            return passed(flower.id)

        some.__module__ = f"{folder}.garden.beds"
        sys.modules[some.__module__] = sys.modules[__name__]
        try:
            assert low(some).id == "garden.beds.some"
        finally:
            del sys.modules[some.__module__]


def documented(function: Callable[..., Any]) -> Callable[..., Any]:
    function.__doc__ = "It is so.\n\nIt matters.\n\nRemediation: Mend it."
    return function


def test_wrong_checks_are_refused_with_their_name() -> None:  # noqa: C901 - a list of small functions
    def nothing() -> Verdict: ...
    def untyped(flower) -> Verdict: ...
    def number(flower: int) -> Verdict: ...
    def undeclared(flower: Undeclared) -> Verdict: ...
    def numbers(flowers: Population[int]) -> Verdict: ...
    def text_as_of(flower: Flower, *, as_of: str) -> Verdict: ...
    def untyped_as_of(flower: Flower, *, as_of) -> Verdict: ...
    def strange_join(flower: Flower, others: Population[int]) -> Verdict: ...
    def no_default(flower: Flower, *, most: int) -> Verdict: ...
    def floating(flower: Flower, *, most: float = 0.5) -> Verdict: ...
    def untyped_setting(flower: Flower, *, most=1) -> Verdict: ...
    def wrong_default(flower: Flower, *, most: int = "1") -> Verdict: ...
    def wrong_flag(flower: Flower, *, most: int = True) -> Verdict: ...
    def wrong_tuple(flower: Flower, *, most: tuple[int, ...] = 1) -> Verdict: ...
    def wrong_items(flower: Flower, *, most: tuple[int, ...] = ("1",)) -> Verdict: ...
    def open_ended(flower: Flower, **more: int) -> Verdict: ...
    def unreadable(flower: Flower, *, most: Nowhere = 1) -> Verdict: ...  # noqa: F821 - ditto

    for function, problem in (
        (nothing, "the first parameter says what to look at; there is none"),
        (untyped, "the first parameter must be a resource or a Population of one"),
        (number, "the first parameter must be a resource or a Population of one"),
        (undeclared, "the first parameter must be a resource or a Population of one"),
        (numbers, "the first parameter must be a resource or a Population of one"),
        (text_as_of, "as_of is a datetime"),
        (untyped_as_of, "as_of is a datetime"),
        (strange_join, "others must be a Population of a resource"),
        (no_default, "the setting most needs a default"),
        (floating, "the setting most must be bool, int, str, or a tuple of str or int"),
        (untyped_setting, "the setting most must be bool, int, str, or a tuple of str or int"),
        (wrong_default, "the default of the setting most is not what its type says"),
        (wrong_flag, "the default of the setting most is not what its type says"),
        (wrong_tuple, "the default of the setting most is not what its type says"),
        (wrong_items, "the default of the setting most is not what its type says"),
        (open_ended, "the setting more needs a default"),
        (unreadable, "a type hint cannot be read: name 'Nowhere' is not defined"),
    ):
        with pytest.raises(PluginError) as refused:
            low(documented(function))
        assert str(refused.value) == f"{__name__}.{function.__name__}: {problem}"


@pytest.mark.parametrize(
    "text", [None, "", "Title.", "Title.\n\nWhy.", "Title.\n\nRemediation: Do.", "Title.\n\nWhy.\n\nRemediation:"]
)
def test_a_check_without_its_documentation_is_refused(text: str | None) -> None:
    def silent(flower: Flower) -> Verdict:
        return passed(flower.id)

    silent.__doc__ = text
    with pytest.raises(PluginError, match=r"silent: the docstring needs a first line"):
        low(silent)


def test_wrong_collectors_are_refused_with_their_name() -> None:  # noqa: C901 - a list of small functions
    def nothing() -> Iterator[Flower]: ...
    def two(garden: Garden, other: Garden) -> Iterator[Flower]: ...
    def number(garden: int) -> Iterator[Flower]: ...
    def untyped(garden) -> Iterator[Flower]: ...
    def extra(garden: Garden, most: int = 1) -> Iterator[Flower]: ...
    def silent(garden: Garden): ...
    def bare(garden: Garden) -> Iterator: ...
    def numbers(garden: Garden) -> Iterator[int]: ...
    def lists(garden: Garden) -> Iterator[list[Flower]]: ...
    def maybe(garden: Garden) -> Iterator[Flower | None]: ...
    def undeclared(garden: Garden) -> Iterator[Undeclared]: ...

    for function in (nothing, two, number, untyped, extra, silent, bare, numbers, lists, maybe, undeclared):
        function.__doc__ = "Looks."
        with pytest.raises(PluginError) as refused:
            anybody(function)
        assert str(refused.value).startswith(f"{__name__}.{function.__name__}: ")


def test_a_collector_without_documentation_is_refused() -> None:
    def silent(garden: Garden) -> Iterator[Flower]:
        yield Flower(id=garden.id, color="red")

    with pytest.raises(PluginError, match="silent: the docstring says what the collector looks at; there is none"):
        anybody(silent)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], ModuleType]]:
    """Makes a package with one module of this source, and imports the package."""
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)

    def make(name: str, source: str) -> ModuleType:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("")
        (tmp_path / name / "beds.py").write_text(source)
        return __import__(name)

    yield make
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_plugins_are_found_by_walking_modules(package: Callable[[str, str], ModuleType]) -> None:
    found = package("found_garden", "from tests.core.test_plugins import bees_have_a_flower, flowers_and_bees\nx = 1\n")
    assert list(discover([found, found], Check)) == [bees_have_a_flower.id]
    assert list(discover([found], Collector)) == [flowers_and_bees.id]
    assert discover([], Check) == {}


def test_a_taken_id_is_refused(package: Callable[[str, str], ModuleType]) -> None:
    twice = package(
        "twice_garden",
        "from dataclasses import replace\nfrom tests.core.test_plugins import bees_have_a_flower as one\ntwo = replace(one)\n",
    )
    with pytest.raises(PluginError, match=r"^twice_garden\.beds: the id .*bees_have_a_flower is already taken$"):
        discover([twice], Check)


def test_a_module_that_cannot_be_imported_is_named(package: Callable[[str, str], ModuleType]) -> None:
    broken = package("broken_garden", "import a_program_nobody_has\n")
    with pytest.raises(
        PluginError, match=r"^broken_garden\.beds cannot be imported: No module named 'a_program_nobody_has'$"
    ):
        discover([broken], Check)


def test_a_private_module_is_not_looked_into(package: Callable[[str, str], ModuleType]) -> None:
    quiet = package("quiet_garden", "from tests.core.test_plugins import bees_have_a_flower as one\n")
    (Path(quiet.__path__[0]) / "_shed.py").write_text("import a_program_nobody_has\n")
    assert list(discover([quiet], Check)) == [bees_have_a_flower.id]


def test_kinds_are_known_by_name_and_claimed_once() -> None:
    assert kinds([bees_have_a_flower, flowers_and_bees]) == {"garden.bee": Bee, "garden.flower": Flower}

    @resource("garden.bee")
    class Wasp(Resource):
        """Says that it is a bee."""

        id: str

    def impostor(wasp: Wasp) -> Verdict:
        """T.

        W.

        Remediation: R.
        """
        return Verdict(Status.PASS, wasp.id)

    impostor.__annotations__["wasp"] = Wasp
    with pytest.raises(PluginError, match=r"impostor: the kind garden\.bee is declared twice"):
        kinds([bees_have_a_flower, low(impostor)])
