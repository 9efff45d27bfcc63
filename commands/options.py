"""Options that several commands share, and the configuration they lead to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from datetime import datetime

    from evidence_store.store import Store
    from runs.configuration import Configuration


def _refuse_no_folder(file: Path | None) -> Path | None:
    """A scan takes its time: whoever names a folder that is not there hears so before it begins."""
    from core.errors import AnnexaError

    if file is not None and not file.resolve().parent.is_dir():
        raise AnnexaError(f"--report: {file.parent} is no folder", "make it first, or name another file")
    return file


def complete_check(incomplete: str) -> list[str]:
    """Ids of checks for the shell's completion."""
    from runs.plugins import all_checks

    return [name for name in all_checks() if name.startswith(incomplete)]


def complete_control(incomplete: str) -> list[str]:
    """Controls for the shell's completion."""
    from mappings.loader import framework
    from runs.selection import DEFAULT_FRAMEWORK

    return [control.id for control in framework(DEFAULT_FRAMEWORK).controls if control.id.startswith(incomplete)]


Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        metavar="FILE",
        help="Configuration file. Default: $ANNEXA_CONFIG, ./config.yaml, /etc/annexa/config.yaml.",
    ),
]
AsOf = Annotated[
    str,
    typer.Option(
        "--as-of",
        metavar="MOMENT",
        help="As it stood then: 2026-01-31 (its end, UTC), 2026-01-31T12:00:00Z, a scan's id or a leaf's number.",
    ),
]
ReportFile = Annotated[
    Path | None,
    typer.Option(
        "--report", metavar="FILE", help="Write the report to this HTML file as well.", callback=_refuse_no_folder
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Sources = Annotated[
    list[str] | None, typer.Option("--source", metavar="SOURCE", help="Only this source, e.g. host/web-1. Repeatable.")
]
Checks = Annotated[
    list[str] | None,
    typer.Option(
        "--check",
        metavar="CHECK",
        help="Only this check, or those below it (host.sshd). Repeatable.",
        autocompletion=complete_check,
    ),
]
Controls = Annotated[
    list[str] | None,
    typer.Option(
        "--control",
        metavar="CONTROL",
        help="Only checks that serve this control: A.8.5, or iso27001_2013:A.9.4.2. Repeatable.",
        autocompletion=complete_control,
    ),
]


def configuration(file: Path | None) -> Configuration:
    """The configuration the options lead to. Raises `ConfigurationError`."""
    from runs.configuration import load

    return load(file, os.environ, Path.home())


def open_store(settings: Configuration) -> Store:
    """The store to read. Raises `StoreError`."""
    from evidence_store.store import Store

    return Store.open(settings.location)


def store_in(folder: str) -> Store:
    """The store in a folder, to read it without a configuration or a key. Raises `StoreError`."""
    from evidence_store.location import Location
    from evidence_store.store import Store

    return Store.open(Location(Path(folder), Path(folder, "signing-key.pem")))


def moment(text: str) -> datetime:
    """A moment as people type it: RFC 3339, in UTC where no zone is given; a day alone means its end.

    Raises `AnnexaError`.
    """
    from runs.as_of import spoken

    return spoken(text)


def complete_provider(incomplete: str) -> list[str]:
    """Providers for the shell's completion."""
    from runs.plugins import provider_names

    return [name for name in provider_names() if name.startswith(incomplete)]
