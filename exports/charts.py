"""Charts as inline SVG: lines over time, bars, and stacked shares. Pure: the same figures, the same bytes.

A chart is read in light, in dark, on a phone and on paper. So colours come twice: as attributes, which paper and PDF go
by, and by class from `charts.css`, which a screen prefers. No colour stands alone: lines differ in their dashes, parts
are named. Where nobody could look a line breaks and the time is hatched: a chart never draws over blindness, and a part
that is there is never too thin to be seen.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from markupsafe import Markup

from exports import drawing
from exports.drawing import Tone
from exports.words import visible

STRIP = 160
"""How long a strip is, in units of its own."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line over time. A point without a value is a moment for which nobody can say it."""

    name: str
    tone: Tone
    points: tuple[tuple[datetime, float | None], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What a colour in a column stands for."""

    name: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Column:
    """A column: how many of each part, by the part's name. One that is `blind` is hatched instead."""

    label: str
    counts: Mapping[str, int]
    blind: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar that lies; `text` is its value in words. Without a value nobody can say it."""

    label: str
    value: float | None
    text: str
    tone: Tone = Tone.FIRST


def lines(title: str, series: Sequence[Line], *, most: float = 0) -> Markup:
    """Values over time. The axis goes from zero to the highest value, or to `most` where that is more."""
    moments = sorted({at for line in series for at, _ in line.points})
    known = [value for line in series for _, value in line.points if value is not None]
    ticks = drawing.ticks(max([most, *known], default=0))
    drawn = [_axis(ticks), *_dates(moments), *_blind(series, moments)]
    for line in series:
        drawn += _line(line, moments, ticks[-1])
    legend = drawing.legend([(line.name, line.tone) for line in series], dashed=True)
    return _chart(title, _lines_in_words(series), drawn, legend, drawing.TOP + drawing.PLOT + drawing.ROW)


def stacked(title: str, parts: Sequence[Part], columns: Sequence[Column]) -> Markup:
    """What a whole is made of, column by column; all columns are measured by the tallest."""
    highest = max((sum(column.counts.values()) for column in columns), default=0)
    ticks = drawing.ticks(highest)
    drawn = [_axis(ticks)]
    step = (drawing.WIDTH - drawing.LEFT - drawing.RIGHT) / max(len(columns), 1)
    width = min(step * 0.72, 42)
    for place, column in enumerate(columns):
        left = drawing.LEFT + step * place + (step - width) / 2
        drawn += _column(column, parts, left, width, ticks[-1])
    drawn += _labels([column.label for column in columns], step)
    used = [part for part in parts if any(column.counts.get(part.name) for column in columns)]
    sentences = [_column_in_words(column, parts) for column in columns]
    legend = drawing.legend([(part.name, part.tone) for part in used], dashed=False)
    return _chart(title, "; ".join(sentences), drawn, legend, drawing.TOP + drawing.PLOT + drawing.ROW)


def bars(title: str, rows: Sequence[Bar], *, most: float = 0) -> Markup:
    """Values beside each other, each with its words. The longest bar stands for the highest value, or for `most`."""
    highest = max([most, *(row.value for row in rows if row.value is not None)], default=0) or 1
    drawn: list[Markup] = []
    for place, row in enumerate(rows):
        top = drawing.TOP + place * 34
        drawn += [
            drawing.text(0, top + 9, row.label, "ink"),
            drawing.text(drawing.WIDTH, top + 9, row.text, "quiet", "end"),
        ]
        drawn.append(drawing.box(0, top + 14, drawing.WIDTH, 9, Tone.OUT))
        if row.value is None:
            drawn.append(drawing.hatched(0, top + 14, drawing.WIDTH, 9))
        elif row.value > 0:
            wide = max(drawing.WIDTH * row.value / highest, drawing.THINNEST)
            room = drawing.WIDTH - (drawing.THINNEST if row.value < highest else 0)  # not all is never drawn as all
            drawn.append(drawing.box(0, top + 14, min(wide, room), 9, row.tone))
    said = "; ".join(f"{row.label}: {row.text}" for row in rows)
    return _chart(title, said, drawn, ([], 0), drawing.TOP + len(rows) * 34)


def strip(title: str, parts: Sequence[tuple[str, Tone, float]]) -> Markup:
    """One period after another, from left to right: what each was, and its share of the whole.

    The least can be seen; where there are too many for that, the gravest are drawn over the others.
    """
    drawn: list[tuple[Tone, Markup]] = []
    left = 0.0
    for _, tone, share in parts:
        width = max(STRIP * share, drawing.THINNEST)
        drawn.append((tone, drawing.box(min(left, STRIP - width), 0, width, 10, tone)))
        left += STRIP * share
    drawn.sort(key=lambda each: each[0] is Tone.BAD)
    said = ", then ".join(name for name, _, _ in parts)
    return Markup(
        '<svg class="strip chart" viewBox="0 0 {w} 10" width="{w}" height="10" role="img" aria-label="{}">{}</svg>'
    ).format(visible(f"{title}: {said}"), Markup("").join(box for _, box in drawn), w=STRIP)


def _chart(title: str, said: str, drawn: Iterable[Markup], legend: tuple[list[Markup], int], below: float) -> Markup:
    """The whole drawing: the plot, and `below` it the rows of the legend."""
    shown, rows = legend
    height = drawing.short(below + (rows * drawing.ROW + 14 if rows else 0))
    return Markup(
        '<svg class="chart" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        'font-family="sans-serif" font-size="11" aria-label="{label}">'
        '{plot}<g transform="translate(0 {below})">{legend}</g></svg>'
    ).format(
        width=drawing.WIDTH,
        height=height,
        label=visible(f"{title}: {said or 'no figures'}"),
        plot=Markup("").join(drawn),
        below=drawing.short(below + 4),
        legend=Markup("").join(shown),
    )


def _axis(ticks: Sequence[float]) -> Markup:
    """The lines that values are read by."""
    drawn = []
    for tick in ticks:
        y = _y(tick, ticks[-1])
        drawn.append(
            Markup('<line class="grid" x1="{}" x2="{}" y1="{y}" y2="{y}" stroke="{}"/>').format(
                drawing.LEFT, drawing.WIDTH - drawing.RIGHT, drawing.GRID, y=drawing.short(y)
            )
        )
        drawn.append(drawing.text(drawing.LEFT - 6, y + 4, f"{tick:,g}", "quiet", "end"))
    return Markup("").join(drawn)


def _dates(moments: Sequence[datetime]) -> Iterator[Markup]:
    """The first and the last day, and what lies between where there is room."""
    if not moments:
        yield drawing.text(drawing.WIDTH / 2, drawing.TOP + drawing.PLOT / 2, "nothing was recorded", "quiet", "middle")
        return
    first, last = moments[0], moments[-1]
    if first == last:
        yield drawing.text(_x(first, moments), drawing.TOP + drawing.PLOT + 16, _day(first), "quiet", "middle")
        return
    for share, anchor in ((0, "start"), (1 / 3, "middle"), (2 / 3, "middle"), (1, "end")):
        at = first + (last - first) * share
        yield drawing.text(_x(at, moments), drawing.TOP + drawing.PLOT + 16, _day(at), "quiet", anchor)


def _day(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d}"


def _blind(series: Sequence[Line], moments: Sequence[datetime]) -> Iterator[Markup]:
    """The time around moments at which no line has a value, as far as the next that has one."""
    seen = {at for line in series for at, value in line.points if value is not None}
    since: datetime | None = None
    for before, at in zip([moments[0], *moments], moments, strict=False) if moments else ():
        if at not in seen:
            since = since or before
        elif since:
            yield _span(since, at, moments)
            since = None
    if since:
        yield _span(since, moments[-1], moments)


def _span(start: datetime, end: datetime, moments: Sequence[datetime]) -> Markup:
    left, right = _x(start, moments), _x(end, moments)
    return drawing.hatched(left - (right == left), drawing.TOP, max(right - left, drawing.THINNEST), drawing.PLOT)


def _line(line: Line, moments: Sequence[datetime], highest: float) -> Iterator[Markup]:
    """A stroke for each stretch without a break, and a dot for a value that stands alone."""
    stretch: list[tuple[float, float]] = []
    for at, value in [*line.points, (datetime.max.replace(tzinfo=UTC), None)]:
        if value is not None:
            stretch.append((_x(at, moments), _y(value, highest)))
            continue
        if len(stretch) == 1:
            yield Markup('<circle class="fill {}" cx="{}" cy="{}" r="2.6" fill="{}"/>').format(
                line.tone.value, drawing.short(stretch[0][0]), drawing.short(stretch[0][1]), drawing.PAPER[line.tone]
            )
        elif stretch:
            path = " ".join(f"{drawing.short(x)},{drawing.short(y)}" for x, y in stretch)
            yield Markup('<polyline class="stroke {}" points="{}" fill="none" stroke="{}" stroke-width="2"{}/>').format(
                line.tone.value, path, drawing.PAPER[line.tone], drawing.dashes(line.tone)
            )
        stretch = []


def _column(column: Column, parts: Sequence[Part], left: float, width: float, highest: float) -> Iterator[Markup]:
    """The parts from the bottom up. What is there can be seen; the largest part gives way for it."""
    if column.blind:
        yield drawing.hatched(left, drawing.TOP, width, drawing.PLOT)
        return
    there = [(part, column.counts[part.name]) for part in parts if column.counts.get(part.name)]
    total = drawing.PLOT * sum(count for _, count in there) / highest
    heights = [max(drawing.PLOT * count / highest, drawing.THINNEST) for _, count in there]
    if heights:
        largest = heights.index(max(heights))
        heights[largest] = max(heights[largest] - (sum(heights) - total), drawing.THINNEST)
    bottom = float(drawing.TOP + drawing.PLOT)
    for (part, _), height in zip(there, heights, strict=True):
        bottom -= height
        yield drawing.box(left, bottom, width, height, part.tone)


def _labels(labels: Sequence[str], step: float) -> Iterator[Markup]:
    """Labels below columns, as many as there is room for; the last always."""
    widest = max((drawing.width_of(label) for label in labels), default=0)
    every = max(1, math.ceil((widest + 24) / step))
    for place in reversed(range(len(labels) - 1, -1, -every)):
        half = drawing.width_of(labels[place]) / 2
        x = min(max(drawing.LEFT + step * (place + 0.5), half), drawing.WIDTH - half)
        yield drawing.text(x, drawing.TOP + drawing.PLOT + 16, labels[place], "quiet", "middle")


def _x(at: datetime, moments: Sequence[datetime]) -> float:
    whole = (moments[-1] - moments[0]).total_seconds()
    share = (at - moments[0]).total_seconds() / whole if whole else 0.5
    return drawing.LEFT + (drawing.WIDTH - drawing.LEFT - drawing.RIGHT) * share


def _y(value: float, highest: float) -> float:
    return drawing.TOP + drawing.PLOT * (1 - value / highest)


def _lines_in_words(series: Sequence[Line]) -> str:
    """What the lines say, for whoever does not see them: from where to where each went."""
    told = []
    for line in series:
        known = [value for _, value in line.points if value is not None]
        missing = len(line.points) - len(known)
        blind = f", not known at {missing} of {len(line.points)} moments" if missing else ""
        told.append(f"{line.name}: from {known[0]:,g} to {known[-1]:,g}{blind}" if known else f"{line.name}: not known")
    return "; ".join(told)


def _column_in_words(column: Column, parts: Sequence[Part]) -> str:
    if column.blind:
        return f"{column.label}: nobody could look"
    counts = ", ".join(f"{column.counts[each.name]} {each.name}" for each in parts if column.counts.get(each.name))
    return f"{column.label}: {counts or 'nothing'}"
