"""Days in lists of people: what is written in a stated form reads back, and what could be two days is none."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.people.dates import FORMS, UnreadableDayError, day, written

DAYS = st.dates(min_value=date(1000, 1, 1))


@given(DAYS, st.sampled_from(FORMS))
def test_a_day_in_a_stated_form_reads_back(one: date, form: str) -> None:
    assert day(written(one, form), [form]) == one


@given(DAYS)
def test_a_day_that_could_be_another_is_refused(one: date) -> None:
    forms = ["DD/MM/YYYY", "MM/DD/YYYY"]
    text = written(one, "DD/MM/YYYY")
    if one.day > 12 or one.day == one.month:
        assert day(text, forms) == one
    else:
        with pytest.raises(UnreadableDayError, match="another day as DD/MM/YYYY than as MM/DD/YYYY"):
            day(text, forms)


@pytest.mark.parametrize(
    ("cell", "forms", "expected"),
    [
        ("1/5/2026", ["MM/DD/YYYY"], date(2026, 1, 5)),
        ("1.5.2026", ["DD.MM.YYYY"], date(2026, 5, 1)),
        ("05 jan 2026", ["DD MMM YYYY"], date(2026, 1, 5)),
        ("31.10.2026", ["YYYY-MM-DD", "DD.MM.YYYY"], date(2026, 10, 31)),
    ],
)
def test_days_as_people_write_them(cell: str, forms: list[str], expected: date) -> None:
    assert day(cell, forms) == expected


@pytest.mark.parametrize(
    ("cell", "forms"),
    [
        ("2026-1-5", ["YYYY-MM-DD"]),
        ("20260105", ["YYYY-MM-DD"]),
        ("31.10.2026", ["YYYY-MM-DD"]),
        ("31/02/2026", ["DD/MM/YYYY"]),
        ("05 Mai 2026", ["DD MMM YYYY"]),
        ("\N{ARABIC-INDIC DIGIT THREE}1/10/2026", ["DD/MM/YYYY"]),
        ("45961", ["MM/DD/YYYY"]),
    ],
)
def test_what_is_no_day_is_refused_without_its_words(cell: str, forms: list[str]) -> None:
    with pytest.raises(UnreadableDayError, match="no date such as") as refused:
        day(cell, forms)
    assert cell not in str(refused.value)
