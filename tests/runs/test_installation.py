"""Packages of ours that somebody else owns as well."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import AnnexaError
from runs import installation


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    installation.shared_packages.cache_clear()
    yield
    installation.shared_packages.cache_clear()


def test_what_two_distributions_own_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "packages_distributions", lambda: {"runs": ["annexa", "athletics"]})
    with pytest.raises(AnnexaError, match="the package runs belongs to annexa and athletics"):
        installation.refuse_shared_packages()


def test_the_same_distribution_named_twice_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "packages_distributions", lambda: {"runs": ["annexa", "annexa"]})
    installation.refuse_shared_packages()


def test_every_package_that_is_installed_is_looked_at() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["tool"]["setuptools"]
    packages = {pattern.removesuffix("*") for pattern in project["packages"]["find"]["include"]}
    assert set(installation.OUR_PACKAGES) == packages | set(project["py-modules"])
