"""Charts: they must say what the figures say, hide no blindness, and stay text whatever they are named."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports import charts, drawing
from exports.charts import Bar, Column, Line, Part
from exports.drawing import Tone
from exports.html import own

START = datetime(2026, 1, 1, tzinfo=UTC)
HOSTILE = "<script>alert('1')</script> & \"\u202e\x1b"
PARTS = [Part("bad", Tone.BAD), Part("good", Tone.GOOD)]


def line(*values: float | None, name: str = "one", tone: Tone = Tone.FIRST) -> Line:
    return Line(name, tone, tuple((START + timedelta(days=day), value) for day, value in enumerate(values)))


def drawn(chart: str) -> ET.Element:
    """The drawing, read strictly."""
    return ET.fromstring(chart)


def boxes(chart: str, tone: Tone) -> list[dict[str, str]]:
    return [each.attrib for each in drawn(chart).iter("rect") if each.get("class") == f"fill {tone}"]


def test_a_line_breaks_where_nobody_could_tell() -> None:
    chart = charts.lines("Failures", [line(1, 2, None, 4, None, 6, 7)])
    root = drawn(chart)
    assert [len(each.attrib["points"].split()) for each in root.iter("polyline")] == [2, 2]
    assert len(list(root.iter("circle"))) == 1
    assert len(list(root.iter("path"))) == 2, "two stretches are hatched"
    assert root.attrib["aria-label"] == "Failures: one: from 1 to 7, not known at 2 of 7 moments"


def test_a_time_is_not_hatched_when_one_line_knows() -> None:
    chart = charts.lines("Failures", [line(1, None, 3), line(1, 2, 3, name="two", tone=Tone.SECOND)])
    assert not list(drawn(chart).iter("path"))
    assert "stroke-dasharray" in chart


@pytest.mark.parametrize(
    ("series", "said"),
    [
        ([], "no figures"),
        ([line()], "one: not known"),
        ([line(None, None)], "one: not known"),
        ([line(5)], "from 5 to 5"),
    ],
)
def test_little_is_drawn_too(series: list[Line], said: str) -> None:
    chart = charts.lines("Failures", series, most=10)
    assert said in drawn(chart).attrib["aria-label"]
    assert ("nothing was recorded" in chart) == (not series or not series[0].points)


def test_what_is_there_can_be_seen() -> None:
    chart = charts.stacked(
        "Controls", PARTS, [Column("a", {"bad": 1, "good": 99_999}), Column("b", {}, blind=True), Column("c", {})]
    )
    (bad, _legend) = boxes(chart, Tone.BAD)
    (good, _) = boxes(chart, Tone.GOOD)
    assert float(bad["height"]) == drawing.THINNEST
    assert float(bad["height"]) + float(good["height"]) == pytest.approx(drawing.PLOT, abs=0.02)
    assert drawn(chart).attrib["aria-label"] == "Controls: a: 1 bad, 99999 good; b: nobody could look; c: nothing"
    assert len(list(drawn(chart).iter("path"))) == 1


def test_not_all_is_never_drawn_as_all() -> None:
    chart = charts.bars(
        "In sight",
        [Bar("a", 99.99, "99.99 %"), Bar("b", 100, "100 %"), Bar("c", None, "not known"), Bar("d", 0, "0 %")],
        most=100,
    )
    widths = [float(each["width"]) for each in boxes(chart, Tone.FIRST)]
    assert widths == [drawing.WIDTH - drawing.THINNEST, drawing.WIDTH]
    assert len(list(drawn(chart).iter("path"))) == 1


def test_a_strip_shows_the_least_of_it_and_the_gravest_on_top() -> None:
    chart = charts.strip(
        "A.8.9", [("fine", Tone.GOOD, 0.99999), ("bad", Tone.BAD, 0.000005), ("fine", Tone.GOOD, 0.000005)]
    )
    widths = [(each.attrib["class"], float(each.attrib["width"])) for each in drawn(chart).iter("rect")]
    assert widths[-1] == ("fill bad", drawing.THINNEST)
    assert drawn(chart).attrib["aria-label"] == "A.8.9: fine, then bad, then fine"
    assert all(float(e.attrib["x"]) + float(e.attrib["width"]) <= charts.STRIP for e in drawn(chart).iter("rect"))


def test_names_of_strangers_stay_text() -> None:
    for chart in (
        charts.lines(HOSTILE, [line(1, 2, name=HOSTILE)]),
        charts.stacked(HOSTILE, [Part(HOSTILE, Tone.BAD)], [Column(HOSTILE, {HOSTILE: 1})]),
        charts.bars(HOSTILE, [Bar(HOSTILE, 1, HOSTILE)]),
        charts.strip(HOSTILE, [(HOSTILE, Tone.BAD, 1.0)]),
    ):
        assert {each.tag for each in drawn(chart).iter()} <= {"svg", "g", "line", "polyline", "rect", "text", "path"}
        assert "\\u202e\\x1b" in chart
        assert "style=" not in chart


def test_labels_of_many_columns_do_not_meet() -> None:
    columns = [Column(f"2026-{week:02}-01", {"good": 1}) for week in range(1, 54)]
    found = re.findall(r'x="([\d.]+)"[^>]*text-anchor="middle"[^>]*>([^<]+)', charts.stacked("Weeks", PARTS, columns))
    assert found[-1][1] == "2026-53-01"
    places = [float(x) for x, _ in found]
    assert all(after - before > drawing.width_of("2026-00-00") for before, after in pairwise(places))


def test_long_names_take_rows_of_their_own() -> None:
    few = charts.lines("x", [line(1, name="a"), line(1, name="b", tone=Tone.SECOND)])
    many = charts.lines("x", [line(1, name="a" * 40), line(1, name="漢" * 40, tone=Tone.SECOND)])
    assert float(drawn(many).attrib["height"]) == float(drawn(few).attrib["height"]) + drawing.ROW


@given(st.integers(0, 10**12))
def test_an_axis_reaches_the_highest_value_with_few_round_figures(highest: int) -> None:
    ticks = drawing.ticks(highest)
    assert ticks[0] == 0
    assert ticks[-1] >= highest
    assert 2 <= len(ticks) <= 6


def test_every_tone_has_its_colour_on_a_screen() -> None:
    style = own("charts.css")
    for tone in Tone:
        assert f".chart .fill.{tone}" in style
        assert f".chart .stroke.{tone}" in style
