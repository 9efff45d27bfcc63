"""The time-stamping authorities of a configuration, with the certificates that their stamps must lead to."""

from __future__ import annotations

from pathlib import Path

from evidence_store.timestamps.timestamp import Authority, StampError, read_certificates
from runs.configuration import Configuration, TimestampSettings

LARGEST_FILE = 2**20
"""Bytes: a certificate has a few thousand."""


def authorities(configuration: Configuration) -> tuple[Authority, ...]:
    """Who is asked for stamps. A certificate that cannot be read is the authority's `problem`, and costs no scan."""
    return tuple(map(_authority, configuration.timestamps))


def _authority(settings: TimestampSettings) -> Authority:
    try:
        pem = _read(Path(settings.certificate).expanduser())
        read_certificates(pem)
    except (StampError, OSError, RuntimeError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        return Authority(settings.name, settings.url, "", f"{settings.certificate} cannot be used: {why}")
    return Authority(settings.name, settings.url, pem)


def _read(path: Path) -> str:
    with path.open("rb") as file:
        data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise StampError(f"it is longer than {LARGEST_FILE} bytes")
    return data.decode("ascii", errors="replace")  # PEM is ASCII; what authorities write around it need not be
