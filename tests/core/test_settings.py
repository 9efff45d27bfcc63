"""Every mistake in a configuration names its file, line and path, and what to do about it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal

import pytest
import yaml
from pydantic import Field

from core import settings
from core.settings import (
    EXAMPLE,
    ConfigurationError,
    Document,
    Duration,
    Secret,
    StrictModel,
    kind_of,
    read_document,
    validate,
)


class Region(StrictModel):
    """A part of an account."""

    name: str
    depth: int = Field(default=1, ge=1, le=9)


class Account(StrictModel):
    """An account."""

    regions: list[Region] = Field(default_factory=list)
    mode: Literal["Slow", "Fast"] = "Slow"
    token: Secret | None = None
    tokens: dict[str, Secret] = Field(default_factory=dict)
    pause: Duration = timedelta(seconds=1)
    extra: Annotated[int, Field(ge=0)] | str = 0
    maximum: int | Region = 0


class Whole(StrictModel):
    """A whole file."""

    accounts: dict[str, Account] = Field(default_factory=dict)


@pytest.fixture(params=["CSafeLoader", "SafeLoader"], autouse=True)
def _either_yaml_loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "_LOADER", getattr(yaml, request.param))


def read(text: str) -> Whole:
    document = read_document("c.yaml", text)
    return validate(Whole, document, document.data)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (
            "accounts:\n  a:\n    regoins: []\n",
            "c.yaml:3: accounts.a.regoins: unknown setting, did you mean regions?",
            "the settings here are extra, maximum, mode, pause, regions, token, tokens",
        ),
        (
            "accounts:\n  regions:\n    pase: 1s\n",  # an account whose name is that of a setting
            "c.yaml:3: accounts.regions.pase: unknown setting, did you mean pause?",
            "the settings here are extra, maximum, mode, pause, regions, token, tokens",
        ),
        (
            "acounts: {}\n",
            "c.yaml:1: acounts: unknown setting, did you mean accounts?",
            "the settings here are accounts",
        ),
        (
            "accounts:\n  a:\n    regions:\n      - name: x\n      - name: y\n        dept: 2\n",
            "c.yaml:6: accounts.a.regions[1].dept: unknown setting, did you mean depth?",
            "the settings here are depth, name",
        ),
        (
            "accounts:\n  a:\n    regions:\n      - depth: 1\n",
            "c.yaml:4: accounts.a.regions[0].name: required, but missing",
            EXAMPLE,
        ),
        (
            "accounts:\n  a:\n    regions:\n      - name: x\n        depth: 10\n",
            "c.yaml:5: accounts.a.regions[0].depth: input should be less than or equal to 9, found a number",
            EXAMPLE,
        ),
        (
            "accounts:\n  a:\n    regions:\n      - name: 5\n",
            "c.yaml:4: accounts.a.regions[0].name: input should be a valid string, found a number",
            EXAMPLE,
        ),
        (
            "accounts:\n  a:\n    regions: {}\n",
            "c.yaml:3: accounts.a.regions: input should be a valid list, found settings",
            EXAMPLE,
        ),
        ("accounts: []\n", "c.yaml:1: accounts: input should be a valid dictionary, found a list", EXAMPLE),
        (
            "accounts:\n  a:\n    mode: slow\n",
            "c.yaml:3: accounts.a.mode: input should be 'Slow' or 'Fast', found text",
            EXAMPLE,
        ),
        (
            "accounts:\n  a:\n    pause: 5 minutes\n",
            "c.yaml:3: accounts.a.pause: expected a duration such as 90s, 15m, 36h or 2d",
            EXAMPLE,
        ),
        (
            "accounts:\n  a:\n    pause: 5\n",
            "c.yaml:3: accounts.a.pause: expected a duration such as 90s, 15m, 36h or 2d",
            EXAMPLE,
        ),
        (
            "accounts:\n  a:\n    extra: -1\n",
            "c.yaml:3: accounts.a.extra: input should be greater than or equal to 0, found a number",
            EXAMPLE,
        ),
        (
            "accounts:\n  a:\n    maximum: {nam: x}\n",
            "c.yaml:3: accounts.a.maximum: input should be a valid integer, found settings",
            EXAMPLE,
        ),
        ("- a\n- b\n", "c.yaml:1: expected settings, found a list", EXAMPLE),
        ("just words\n", "c.yaml:1: expected settings, found text", EXAMPLE),
        (
            "accounts: {}\n\naccounts: {}\n",
            "c.yaml:3: accounts: given twice, first in line 1",
            "keep one of them",
        ),
        ("accounts:\n  ? [a, b]\n  : 1\n", "c.yaml:2: the name of a setting is text", ""),
        (
            "accounts: !!python/name:os.system x\n",
            "c.yaml:1: a value has a tag that we do not know",
            "put text that begins with an exclamation mark in quotes",
        ),
        ("accounts: !!timestamp x\n", "c.yaml:1: not a value we know: tag:yaml.org,2002:timestamp", EXAMPLE),
        ("accounts: !!bool x\n", "c.yaml:1: not a value we know: tag:yaml.org,2002:bool", EXAMPLE),
        ("accounts: !!int x\n", "c.yaml:1: not a value we know: tag:yaml.org,2002:int", EXAMPLE),
        ("accounts: !!int ''\n", "c.yaml:1: not a value we know: tag:yaml.org,2002:int", EXAMPLE),
    ],
)
def test_a_mistake_names_the_place_and_the_remedy(text: str, message: str, hint: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read(text)
    assert (str(refused.value), refused.value.hint) == (message, hint)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: [1, 2\nb: 3\n", 2),
        ("a: b: c\n", 1),
        ("\ta: 1\n", 1),
        ("a: *nobody\n", 1),
        ("a: 1\n---\nb: 2\n", 2),
        ("a: \x00\n", 1),
        ("%PDF-1.7\n", 1),
    ],
)
def test_what_is_not_yaml_names_the_line(text: str, line: int) -> None:
    with pytest.raises(ConfigurationError, match=r"^c\.yaml:\d+: not readable as YAML: .") as refused:
        read(text)
    assert abs(int(str(refused.value).split(":")[1]) - line) <= 1  # the two parsers differ by one


def test_what_is_nested_without_end_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"^c\.yaml:1: nested too deeply"):
        read("a: &a\n  b: *a\n")


def test_the_first_mistake_in_the_file_is_told_first() -> None:
    with pytest.raises(ConfigurationError, match=r"^c\.yaml:3: "):
        read("accounts:\n  a:\n    pause: never\n    regoins: []\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("accounts:\n  a:\n    token: hunter2\n", "c.yaml:3: accounts.a.token: a secret is given by reference"),
        ("accounts:\n  a:\n    token: [hunter2]\n", "c.yaml:3: accounts.a.token: a secret is given by reference"),
        (
            "accounts:\n  a:\n    tokens:\n      b: hunter2\n",
            "c.yaml:4: accounts.a.tokens.b: a secret is given by reference",
        ),
        ("accounts:\n  a:\n    token:\n      value: hunter2\n", "c.yaml:4: accounts.a.token.value: unknown setting"),
        (
            "accounts:\n  a:\n    token: {}\n",
            "c.yaml:3: accounts.a.token: a secret is given by exactly one reference: {env: NAME} or {file: PATH}",
        ),
        (
            "accounts:\n  a:\n    token: {env: A, file: B}\n",
            "c.yaml:3: accounts.a.token: a secret is given by exactly one reference: {env: NAME} or {file: PATH}",
        ),
        (
            "accounts:\n  a:\n    mode: hunter2\n",
            "c.yaml:3: accounts.a.mode: input should be 'Slow' or 'Fast', found text",
        ),
        ("accounts: hunter2\n", "c.yaml:1: accounts: input should be a valid dictionary, found text"),
    ],
)
def test_a_value_in_the_wrong_place_never_shows(text: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read(text)
    assert str(refused.value) == message
    assert "hunter2" not in f"{refused.value} {refused.value.hint}"


def test_a_secret_given_literally_gets_the_remedy() -> None:
    with pytest.raises(ConfigurationError) as refused:
        read("accounts:\n  a:\n    token: hunter2\n")
    assert refused.value.hint == "write {env: NAME} or {file: PATH}"


def test_good_settings_are_read() -> None:
    found = read("accounts:\n  a:\n    pause: 2d\n    token: {env: TOKEN}\n    extra: x\n    regions: [{name: r}]\n")
    account = found.accounts["a"]
    assert account.pause == timedelta(days=2)
    assert account.token == Secret(env="TOKEN")
    assert account.regions == [Region(name="r")]
    assert read("") == read("{}") == Whole()
    assert [Account.model_validate({"pause": each}).pause for each in ("1s", "1m", "1h", timedelta(1))] == [
        timedelta(seconds=1),
        timedelta(minutes=1),
        timedelta(hours=1),
        timedelta(days=1),
    ]


def test_a_place_that_is_not_in_the_file_has_the_line_of_the_nearest_that_is() -> None:
    document = read_document("c.yaml", "a:\n  b:\n    - c: 1\n")
    assert document.where(("a", "b", 0, "d", "e")) == "c.yaml:3: a.b[0].d.e"
    assert document.where(()) == "c.yaml:1"
    assert Document("c.yaml", {}, {}).where(("x",)) == "c.yaml:1: x"


def test_a_secret_is_revealed_from_the_environment_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("hunter2\n")
    assert Secret(env="TOKEN").reveal({"TOKEN": "hunter2"}) == "hunter2"
    assert Secret(file=str(file)).reveal({}) == "hunter2"


def test_a_reference_that_leads_nowhere_is_named_and_nothing_of_the_secret_shows(tmp_path: Path) -> None:
    empty, binary = tmp_path / "empty", tmp_path / "binary"
    empty.write_text("\n")
    binary.write_bytes(b"hunter2\xff")
    for secret, problem in (
        (Secret(env="TOKEN"), "the environment variable TOKEN is not set"),
        (Secret(file=str(tmp_path / "none")), "cannot be read: No such file or directory"),
        (Secret(file=str(tmp_path)), "cannot be read: Is a directory"),
        (Secret(file=str(empty)), "is empty"),
        (Secret(file=str(binary)), "is not UTF-8 text"),
    ):
        with pytest.raises(ConfigurationError) as refused:
            secret.reveal({"TOKEN": ""})
        assert problem in str(refused.value)
        assert "0xff" not in f"{refused.value}{refused.value.__cause__}"


def test_kinds_are_named_in_words() -> None:
    values: tuple[object, ...] = (None, True, 1, 1.5, "a", [], {}, date(2026, 1, 31))
    assert [kind_of(value) for value in values] == [
        "nothing",
        "true or false",
        "a number",
        "a number",
        "text",
        "a list",
        "settings",
        "date",
    ]


def test_what_is_too_deep_or_too_much_is_refused_before_it_costs() -> None:
    with pytest.raises(ConfigurationError, match=r"^c\.yaml:1: nested too deeply$"):
        read_document("c.yaml", "[" * (settings.MOST_NESTED + 1))
    doubling = "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" if n else "a0: &a0 [1, 2]\n" for n in range(40))
    with pytest.raises(ConfigurationError, match=r"^c\.yaml:\d+: more than \d+ values$"):
        read_document("c.yaml", doubling)
