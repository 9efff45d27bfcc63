"""Third parties come in through entry points: with their checks, collectors and providers, or with a clear message."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.errors import AnnexaError
from core.plugins import PluginError
from runs.plugins import all_checks, collectors_of, find_check, provider, provider_names, resource_kinds

COLLECTOR = '''
from collections.abc import Iterator
from core.plugins import collector
from core.resource import Resource, resource
from core.source import Source
from meadow import Flower, Meadow

@collector(permissions=())
def more_flowers(meadow: Meadow) -> Iterator[Flower]:
    """Flowers, once more."""
    yield Flower(id="1", height=1)
'''


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Installs a module under an entry point, as a package manager would: by metadata on the path."""
    monkeypatch.syspath_prepend(tmp_path)

    def installed(point: str, module: str, source: str | None = "", value: str = "") -> None:
        metadata = tmp_path / f"dist_{point}_{module}-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: dist-{point}-{module}\nVersion: 1.0\n")
        (metadata / "entry_points.txt").write_text(f"[annexa.plugins]\n{point} = {value or module}\n")
        if source is not None:
            (tmp_path / f"{module}.py").write_text(source)

    return installed


def test_a_plugin_brings_checks_kinds_collectors_and_a_provider(meadow: Any) -> None:
    assert "meadow.flower_is_low" in all_checks()
    assert resource_kinds()["meadow.flower"] is meadow.Flower
    assert {"aws", "host", "ldap", "meadow", "people"} <= set(provider_names())
    assert list(provider_names()) == sorted(provider_names())
    assert provider("meadow") is meadow
    assert list(collectors_of("meadow")) == ["meadow.flowers", "meadow.soil"]
    assert find_check("meadow.flower_is_low").objective == "clocks-agree"


def test_a_plugins_collector_joins_the_provider_whose_source_it_takes(meadow: Any) -> None:
    assert "meadow.badges" in collectors_of("host")
    assert "meadow.badges" not in collectors_of("meadow")


def test_without_the_plugin_there_is_none_of_it() -> None:
    assert "meadow" not in provider_names()
    with pytest.raises(AnnexaError, match=r"there is no check named meadow\.flower_is_low"):
        find_check("meadow.flower_is_low")


def test_an_unknown_provider_gets_the_nearest(meadow: Any) -> None:
    with pytest.raises(PluginError, match="there is no provider named hots, did you mean host") as refused:
        provider("hots")
    assert refused.value.hint == f"the providers are {', '.join(provider_names())}"


def test_a_plugin_that_breaks_is_named_with_its_remedy(install: Callable[..., None]) -> None:
    install("fragile", "fragile_plugin", "1 / 0\n")
    with pytest.raises(
        PluginError,
        match=r"^the plug-in fragile \(fragile_plugin\) cannot be loaded: ZeroDivisionError: division by zero$",
    ) as refused:
        all_checks()
    assert refused.value.hint == "mend or uninstall the package that brings it"


def test_a_plugin_that_is_not_there_is_named(install: Callable[..., None]) -> None:
    install("ghost", "ghost_plugin", None)
    with pytest.raises(PluginError, match=r"the plug-in ghost .* cannot be loaded: ModuleNotFoundError"):
        provider_names()


def test_a_plugin_that_is_no_module_is_refused(install: Callable[..., None]) -> None:
    install("odd", "odd_plugin", "x = 1\n", "odd_plugin:x")
    with pytest.raises(PluginError, match=r"the plug-in odd \(odd_plugin:x\) is no module"):
        all_checks()


def test_a_plugin_cannot_take_the_place_of_a_provider_of_ours(install: Callable[..., None]) -> None:
    install("host", "false_host", "class Settings: ...\ndef open_sources(*_): ...\n")
    with pytest.raises(PluginError, match=r"the plug-in host \(false_host\) takes a name that is already taken"):
        provider_names()


def test_two_plugins_of_one_name_are_refused(install: Callable[..., None]) -> None:
    install("twin", "twin_one")
    install("twin", "twin_two")
    with pytest.raises(PluginError, match=r"the plug-in twin .* takes a name that is already taken"):
        all_checks()


def test_a_plugin_without_settings_and_sources_is_no_provider(install: Callable[..., None]) -> None:
    install("half", "half_plugin", "class Settings: ...\n")
    assert "half" not in provider_names()


def test_two_collectors_that_show_the_same_are_refused_before_they_cost_a_scan(
    meadow: Any, install: Callable[..., None]
) -> None:
    install("more", "more_meadow", COLLECTOR)
    with pytest.raises(PluginError, match=r"^meadow\.flowers and more_meadow\.more_flowers both show meadow\.flower: "):
        collectors_of("meadow")


def test_a_provider_whose_library_is_missing_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError("No module named 'skyhook'", name="skyhook")

    monkeypatch.setattr("runs.plugins.import_module", missing)
    with pytest.raises(PluginError, match="the provider host needs skyhook, which is not installed") as refused:
        provider("host")
    assert refused.value.hint == "pip install 'annexa[host]'"
