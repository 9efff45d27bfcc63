"""Every part of a bundle, in the order in which it is written. Add a part by adding its function here."""

from __future__ import annotations

from exports.bundle import findings, forms, pages, populations, records, sealed
from exports.bundle.parts import Part

PARTS: tuple[Part, ...] = (
    pages.files,
    findings.files,
    populations.files,
    records.files,
    forms.files,
    sealed.files,  # after whatever reads names: it writes the table of those it met
)
