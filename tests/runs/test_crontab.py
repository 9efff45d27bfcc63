"""Times of a crontab mean what crontab(5) says, or are refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.settings import ConfigurationError, read_document
from runs.configuration import read
from runs.crontab import Crontab

EVERY_DAY, EVERY_MONTH, EVERY_WEEKDAY = tuple(range(1, 32)), tuple(range(1, 13)), tuple(range(7))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("30 2 * * *", Crontab((30,), (2,), EVERY_DAY, EVERY_MONTH, EVERY_WEEKDAY)),
        ("*/20 0-4/2,22 * * *", Crontab((0, 20, 40), (0, 2, 4, 22), EVERY_DAY, EVERY_MONTH, EVERY_WEEKDAY)),
        ("5 4 * * sun", Crontab((5,), (4,), EVERY_DAY, EVERY_MONTH, (0,))),
        ("5 4 * * 7", Crontab((5,), (4,), EVERY_DAY, EVERY_MONTH, (0,))),
        ("5 4 * * 5-7", Crontab((5,), (4,), EVERY_DAY, EVERY_MONTH, (0, 5, 6))),
        ("5 4 * * Mon-Fri", Crontab((5,), (4,), EVERY_DAY, EVERY_MONTH, (1, 2, 3, 4, 5))),
        ("0 0 29 feb *", Crontab((0,), (0,), (29,), (2,), EVERY_WEEKDAY)),
        ("50/5 0 1 1 *", Crontab((50, 55), (0,), (1,), (1,), EVERY_WEEKDAY)),
    ],
)
def test_what_a_crontab_means(text: str, meant: Crontab) -> None:
    assert Crontab.parse(text) == meant


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("30 2 * *", "expected five fields, such as 30 2 [*] [*] [*]; found 4"),
        ("60 2 * * *", "the minute is none: 60"),
        ("x 2 * * *", "the minute is none: x"),
        ("1,,2 2 * * *", "the minute is none: "),
        ("0 24 * * *", "the hour is none: 24"),
        ("0 5-3 * * *", "the hour is none: 5-3"),
        ("0 */0 * * *", "the hour is none: [*]/0"),
        ("0 0 0 * *", "the day of the month is none: 0"),
        ("0 0 1 foo *", "the month is none: foo"),
        ("0 0 * * mo", "the day of the week is none: mo"),
        ("0 0 1 * mon", "cron takes a day of the month and one of the week for either of them"),
        ("0 0 31 feb,apr *", "no such month has that day"),
        ("@daily", "expected five fields"),
    ],
)
def test_what_would_mean_something_else_to_somebody_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Crontab.parse(text)


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("schedule: {every: 30s}", "config.yaml:1: schedule.every: sources are looked at once a minute at most"),
        ("schedule: {cron: daily}", "config.yaml:1: schedule.cron: expected five fields, such as 30 2 * * *; found 1"),
        ("schedule: {timezone: Mars/Olympus}", "config.yaml:1: schedule.timezone: there is no time zone named"),
        ("schedule: {timezone: ../../etc/passwd}", "config.yaml:1: schedule.timezone: there is no time zone named"),
        ("schedule: {timezone: Europe}", "config.yaml:1: schedule.timezone: there is no time zone named"),
        ("schedule: {jitter: 2d}", "config.yaml:1: schedule.jitter: a source comes later by a day at most"),
        ("schedule: {every: 1h, cron: 0 0 * * *}", "config.yaml:1: schedule: either every or cron says when"),
        ("schedule: {own: [{every: 1h}]}", "config.yaml:1: schedule.own[0].sources: required, but missing"),
        ("schedule: {at_once: 0}", "config.yaml:1: schedule.at_once: "),
        ("service: {listen: 'localhost:80'}", "config.yaml:1: service.listen: expected an address and a port"),
        ("service: {listen: '127.0.0.1'}", "config.yaml:1: service.listen: expected an address and a port"),
        ("service: {listen: '127.0.0.1:99999'}", "config.yaml:1: service.listen: expected an address and a port"),
        ("service: {logs: xml}", "config.yaml:1: service.logs: "),
    ],
)
def test_mistakes_are_told_with_their_line(section: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(read_document("config.yaml", section), {}, Path("home"))
    assert str(caught.value).startswith(said)


def test_where_a_service_answers() -> None:
    found = [
        read(read_document("config.yaml", f"service: {{listen: '{text}'}}"), {}, Path("home")).service.address
        for text in ("", "127.0.0.1:80", "[::1]:80")
    ]
    assert found == [None, ("127.0.0.1", 80), ("::1", 80)]
