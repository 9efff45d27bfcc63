"""The management review as one HTML page and as a PDF, of one template: what is considered, and what was decided."""

from __future__ import annotations

from datetime import datetime

from core import __version__
from core.management.review import Topic
from exports import pdf
from exports.html import environment, policy
from exports.measures import in_template, page_style
from management.review_inputs import Inputs

LEAD = (
    "What management is to consider about the management system of information security, and what it decided. "
    "Figures are computed from the sealed log; what nobody recorded, or could see, is said to be so."
)


def render(found: Inputs, generated: datetime) -> str:
    """The whole page. The same inputs give the same bytes."""
    style = page_style()
    values = {"generated": generated, "style": style, "policy": policy(style), "version": __version__, "lead": LEAD}
    return environment().get_template("review.html").render(**_in_template(found), **values)


def render_pdf(found: Inputs, generated: datetime) -> bytes:
    """The same as a PDF. Raises `AnnexaError` where what makes it is not installed."""
    measured = found.measures
    said = measured.organization.said if measured.organization else None
    organization = [("Organization", said.name)] if said else []
    held = found.review.held if found.review else None
    cover = pdf.Cover(
        title="Management review",
        lead=LEAD,
        scope=(said.scope_statement if said else "") or "Scope not recorded",
        period=f"{measured.start:%Y-%m-%d} to {measured.end:%Y-%m-%d}",
        made=generated,
        facts=(
            *organization,
            ("Review", found.review.id if found.review else "Not recorded"),
            ("Held", f"{held.on}: {', '.join(held.attended)}" if held else "Not recorded"),
            ("Controls of", measured.framework_name),
            ("Log", f"the first {measured.past.size:,} leaves"),
        ),
    )
    return pdf.render("review_paper.html", cover, **_in_template(found))


def _in_template(found: Inputs) -> dict[str, object]:
    return {"r": found, "Topic": Topic, **in_template(found.measures)}
