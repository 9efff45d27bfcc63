"""Our top-level packages have generic names: refuse to run where another distribution claims one of them."""

from __future__ import annotations

from functools import cache
from importlib.metadata import packages_distributions

from core.errors import AnnexaError

OUR_PACKAGES = (
    "agent",
    "checks",
    "collectors",
    "commands",
    "core",
    "evidence_store",
    "exports",
    "management",
    "mappings",
    "monitoring",
    "runs",
)
REMEDY = "install Annexa in a virtual environment of its own (pipx does)"


@cache
def shared_packages() -> dict[str, list[str]]:
    """The packages of ours that several installed distributions own, with the names of those.

    Looked up once in each process: it reads the metadata of everything that is installed.
    """
    distributions = packages_distributions()
    owners = {name: sorted(set(distributions.get(name, ()))) for name in OUR_PACKAGES}
    return {name: found for name, found in owners.items() if len(found) > 1}


def refuse_shared_packages() -> None:
    """Raise `AnnexaError` where somebody else's modules could run under our names."""
    for name, owners in shared_packages().items():
        raise AnnexaError(f"the package {name} belongs to {' and '.join(owners)}", REMEDY)
