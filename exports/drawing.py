"""What charts are drawn with: text, boxes, strokes, hatching for what nobody could see, and legends. Pure."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from enum import StrEnum

from markupsafe import Markup

from exports.words import visible

WIDTH = 480
"""Of every chart, in its own units: wide enough for a desk, and letters stay legible at the width of a phone."""
LEFT, RIGHT, TOP, PLOT = 40, 14, 12, 130
"""The margins of a plot, and its height."""
_LETTER = 6.3
"""Units that an average letter takes at the size of a label."""
ROW = 18
THINNEST = 1.5
"""Units that the smallest part of a column takes: what is there is seen."""


class Tone(StrEnum):
    """What a colour stands for: news, or merely one thing among others."""

    BAD = "bad"
    OPEN = "open"
    GOOD = "good"
    NONE = "none"
    OUT = "out"
    FIRST = "first"
    SECOND = "second"
    THIRD = "third"
    FOURTH = "fourth"
    FIFTH = "fifth"


PAPER = {
    Tone.BAD: "#c2483d",
    Tone.OPEN: "#d9a03f",
    Tone.GOOD: "#4c9f80",
    Tone.NONE: "#c3c8d0",
    Tone.OUT: "#e6e9ed",
    Tone.FIRST: "#1f4f99",
    Tone.SECOND: "#b0641a",
    Tone.THIRD: "#1d8074",
    Tone.FOURTH: "#7d4aa3",
    Tone.FIFTH: "#5c6675",
}
"""Colours on paper; `charts.css` has the same and those for a dark screen."""
_DASHES = {Tone.SECOND: "7 3", Tone.THIRD: "2 3", Tone.FOURTH: "9 3 2 3", Tone.FIFTH: "1 4"}
_INK, _QUIET, GRID = "#1d2430", "#596273", "#e2e4e8"


def legend(entries: Sequence[tuple[str, Tone]], *, dashed: bool) -> tuple[list[Markup], int]:
    """What each colour stands for, in rows; and how many rows."""
    drawn: list[Markup] = []
    x, row = 0.0, 0
    for name, tone in entries:
        wide = 26 + width_of(name) + 14
        if x and x + wide > WIDTH:
            x, row = 0.0, row + 1
        y = row * ROW + 14
        if dashed:
            drawn.append(
                Markup(
                    '<line class="stroke {}" x1="{}" x2="{}" y1="{y}" y2="{y}" stroke="{}" stroke-width="2"{}/>'
                ).format(tone.value, short(x), short(x + 20), PAPER[tone], dashes(tone), y=short(y - 4))
            )
        else:
            drawn.append(box(x + 6, y - 9, 12, 10, tone))
        drawn.append(text(x + 26, y, name, "ink"))
        x += wide
    return drawn, row + 1 if entries else 0


def text(x: float, y: float, words: str, kind: str, anchor: str = "start") -> Markup:
    fill = _INK if kind == "ink" else _QUIET
    return Markup('<text class="{}" x="{}" y="{}" text-anchor="{}" fill="{}">{}</text>').format(
        kind, short(x), short(y), anchor, fill, visible(words)
    )


def box(x: float, y: float, width: float, height: float, tone: Tone) -> Markup:
    return Markup('<rect class="fill {}" x="{}" y="{}" width="{}" height="{}" fill="{}"/>').format(
        tone.value, short(x), short(y), short(width), short(height), PAPER[tone]
    )


def hatched(x: float, y: float, width: float, height: float) -> Markup:
    """A box that nobody could look into: slanted strokes."""
    strokes = []
    for at in range(3, math.ceil(width + height), 6):
        left, top = x + min(at, width), y + max(0, at - width)
        strokes.append(f"M{short(x + max(0, at - height))} {short(y + min(at, height))}L{short(left)} {short(top)}")
    return Markup('{}<path class="stroke open" d="{}" stroke="{}" stroke-width="1.4"/>').format(
        box(x, y, width, height, Tone.OUT), "".join(strokes), PAPER[Tone.OPEN]
    )


def dashes(tone: Tone) -> Markup:
    return Markup(' stroke-dasharray="{}"').format(_DASHES[tone]) if tone in _DASHES else Markup("")


def ticks(highest: float) -> list[float]:
    """Whole, round figures from zero to at least the highest value: five spaces at most."""
    sizes = (factor * 10.0**power for power in range(300) for factor in (1, 2, 5))
    step = next(size for size in sizes if highest <= size * 5)
    return [step * place for place in range(max(1, math.ceil(highest / step)) + 1)]


def width_of(words: str) -> float:
    """How wide a text is, about: letters of East Asia take two places."""
    return _LETTER * sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in words)


def short(value: float) -> str:
    """A number with as many decimals as a drawing needs."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
