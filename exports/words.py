"""The words and signs a reader meets, said once, and text of strangers made safe to look at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.conclusions import Tally
from core.model import REST_OF_POPULATION, Conclusion, Severity, Status
from monitoring.changes import Change


@dataclass(frozen=True, slots=True)
class Sign:
    """A symbol and a word: colour alone never says anything."""

    symbol: str
    word: str
    meaning: str = ""


STATUSES = {
    Status.FAIL: Sign("✕", "fails"),
    Status.UNKNOWN: Sign("?", "unknown"),
    Status.ERROR: Sign("!", "error of Annexa"),
    Status.PASS: Sign("✓", "passes"),
    Status.NOT_APPLICABLE: Sign("\N{EN DASH}", "not applicable"),
}
"""Every status, in the order in which it deserves attention."""

CONCLUSIONS = {
    Conclusion.CONTRADICTED: Sign(
        "✕", "contradicted", "Something fails that speaks to the control. It may be one system of many."
    ),
    Conclusion.UNDETERMINED: Sign(
        "?", "undetermined", "We could not look, could not judge, or have only a reservation. Close the gap first."
    ),
    Conclusion.SUPPORTED: Sign(
        "✓", "supported", "Something passes, nothing that matters fails, and nothing was left unjudged."
    ),
    Conclusion.NO_EVIDENCE: Sign(
        "\N{EN DASH}",
        "no evidence",
        "No check that speaks to the control judged anything. That is neither good nor bad news.",
    ),
    Conclusion.EXCLUDED: Sign("○", "excluded", "The Statement of Applicability leaves the control out."),
}
"""Every conclusion, in the order in which it deserves attention."""

CHANGES = {
    Change.NEW_FAILURE: Sign("✕", "new failure", "It fails, and did not before."),
    Change.REAPPEARED: Sign("✕", "reappeared", "It fails again: it had failed, and then did not."),
    Change.BECAME_UNKNOWN: Sign(
        "?", "became unknown", "Nobody can tell any more: a gap, or evidence that grew too old."
    ),
    Change.RESOLVED: Sign("✓", "resolved", "It failed, and somebody looked and saw that it does not any more."),
    Change.GONE: Sign(
        "○", "gone", "The resource is not there any more: somebody could look everywhere. Not the same as fixed."
    ),
    Change.COULD_LOOK_AGAIN: Sign("?", "could look again", "It was out of sight before: what is seen now may be old."),
    Change.LEFT_OUT: Sign(
        "○", "left out", "Nobody looks, or judges, there any more. That says nothing about what is there."
    ),
    Change.ADDED: Sign("+", "added", "Nobody looked, or judged, there before."),
    Change.APPEARED: Sign("+", "appeared", "It was not there when somebody looked at all of its kind before."),
    Change.VANISHED: Sign("○", "vanished", "It is not there any more: somebody looked at all of its kind."),
    Change.CHANGED: Sign("~", "changed", "It is configured otherwise."),
    Change.SAID_OTHERWISE: Sign("~", "said otherwise", "The same conclusion with other facts."),
}
"""Every change, in the order in which it deserves attention."""

SEVERITIES = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO)

POTENTIALS = {
    "direct": "Technology can show this control: it is about the state of systems, and that state can be read.",
    "partial": "Technology can show a part of this control. The rest are decisions, agreements and habits: ask for "
    "them.",
    "manual": "Technology cannot show this control: people, documents and places do. Ask for documents, interviews "
    "and a walk around.",
}
"""What `Control.potential` means for somebody who looks for evidence."""

SHARES = {
    "most": "can show most of the control",
    "some": "can show some of the control",
    "little": "can show little of the control",
}

# Controls, lone surrogates (bytes that are no UTF-8), separators that break lines, and characters that reorder or hide
# text. Joiners stay: scripts and emoji need them.
_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
_BYTE = range(0xDC80, 0xDD00)  # how Python keeps a byte that is no UTF-8 (PEP 383)


def visible(text: str) -> str:
    """`text` with everything spelt out that a reader would not see: `\\n`, `\\x1b`, `\\xff` for a byte, `\\u202e`."""
    return text if text.isprintable() else _INVISIBLE.sub(_spelt, text)


def _spelt(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code in _BYTE:
        return f"\\x{code - 0xDC00:02x}"
    return match[0].encode("unicode_escape", "surrogatepass").decode("ascii")


def moment(at: datetime) -> str:
    """`2026-01-31 12:00 UTC`."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def number(count: int) -> str:
    """`10,000`."""
    return f"{count:,}"


def several(count: int, one: str, many: str = "") -> str:
    """`1 finding`, `2 findings`."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


LITTLE, NEARLY = 0.05, 99.95
"""Percent that one decimal would round to nothing, and to all."""


def share(part: timedelta, whole: timedelta) -> str:
    """Percent. What is little is not said to be nothing, and what is nearly all is not said to be all."""
    if not whole:
        return "\N{EN DASH}"
    percent = 100 * (part / whole)
    if timedelta() < part and percent < LITTLE:
        return "<0.1 %"
    return ">99.9 %" if part < whole and percent >= NEARLY else f"{percent:.1f} %"


def length(of: timedelta) -> str:
    """`3 d 4 h`, `4 h 12 min`, `12 min 5 s`, `5 s`."""
    minutes, seconds = divmod(of // timedelta(seconds=1), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s")]
    first = next((place for place, (number, _) in enumerate(parts) if number), None)
    if first is None:
        return "less than 1 s"
    return " ".join(f"{number} {unit}" for number, unit in parts[first : first + 2] if number)


def heading(text: str) -> str:
    """`text` with a capital first letter; the rest stays as it is."""
    return text[:1].upper() + text[1:]


def place(source: str, scope: str = "") -> str:
    """A source and, where it has parts, which of them: `aws/111122223333 · eu-west-1`."""
    return f"{source} · {scope}" if scope else source


def resource_name(resource: str) -> str:
    """A resource's id, or what the rest of a population is called."""
    return "what was not seen" if resource == REST_OF_POPULATION else resource


def tally_words(tally: Tally) -> str:
    """`2 failing · 1 unknown · 30 passing · 4 not applicable`; `0 resources judged` when there is nothing to count."""
    counts = (
        (tally.fails, "failing"),
        (tally.unknowns, "unknown"),
        (tally.passes, "passing"),
        (tally.not_applicable, "not applicable"),
    )
    return " · ".join(f"{number(count)} {word}" for count, word in counts if count) or "0 resources judged"
