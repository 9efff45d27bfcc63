"""What a configuration may say, and how every mistake in it is told."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
import yaml

from collectors.active_directory import Settings as ActiveDirectory
from collectors.aws import Settings as Aws
from collectors.azure import Settings as Azure
from collectors.entra import Settings as Entra
from collectors.github import Settings as Github
from collectors.google_workspace import Settings as GoogleWorkspace
from collectors.host import Settings as Host
from collectors.host.settings import Inventory
from collectors.ldap import Settings as Ldap
from collectors.okta import Settings as Okta
from collectors.people import Settings as People
from collectors.scim import Settings as Scim
from core.settings import ConfigurationError, read_document
from runs.configuration import LARGEST_FILE, VARIABLE, Configuration, Settings, load, read

EXAMPLE = Path(__file__).parents[2] / "config.example.yaml"
LOW = "meadow.flower_is_low"


def reading(text: str, home: Path = Path("/home/somebody")) -> Configuration:
    return read(read_document("config.yaml", text), {}, home)


def test_the_example_says_exactly_what_holds_without_a_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("runs.configuration.SYSTEM_FILE", tmp_path / "none.yaml")
    example, default = load(EXAMPLE, {}, tmp_path), load(None, {}, tmp_path)
    assert default.file == "the default configuration"
    for name in Configuration.__slots__:
        if name != "file":
            assert getattr(example, name) == getattr(default, name), name


def test_the_example_names_every_setting_there_is() -> None:
    text = EXAMPLE.read_text()
    for model in (Settings, *(field.annotation for field in Settings.model_fields.values()), Host, Inventory, Aws):
        for name in getattr(model, "model_fields", ()):
            assert f"{name}:" in text, name


def test_what_is_commented_out_in_the_example_can_be_used() -> None:
    host = "sources:\n  host:\n    - name: web-1\n      transport: local\n      privilege: none\n"
    assert reading(host).sources["host"][0].name == "web-1"
    over_ssh = EXAMPLE.read_text().partition("    # - name: prod")[2].partition("  # AWS needs")[0]
    said = yaml.safe_load(
        "name: prod" + "".join(f"{line.removeprefix('    #   ')}\n" for line in over_ssh.splitlines())
    )
    named = {
        "name": said.pop("name"),
        "transport": said.pop("transport"),
        "connect_timeout": said.pop("connect_timeout"),
    }
    assert {
        name: field.get_default(call_default_factory=True) for name, field in Inventory.model_fields.items()
    } == said.pop("inventory")
    assert reading(f"sources: {{host: [{json.dumps({**named, **said})}]}}").sources["host"] == (
        Host(name="prod", transport="ssh"),
    )
    assert in_comments("aws") == Aws()
    assert in_comments("azure") == Azure()
    assert in_comments("entra") == Entra()
    assert_defaults(Ldap, in_comments("ldap"), "name", "url", "bind_dn", "password")
    assert_defaults(ActiveDirectory, in_comments("active_directory"), "name", "url", "bind_dn", "password")
    assert_defaults(Scim, in_comments("scim"), "name", "url", "token")
    assert_defaults(Okta, in_comments("okta"), "name", "url", "client_id", "private_key")
    assert_defaults(GoogleWorkspace, in_comments("google_workspace"), "name", "key", "subject")
    assert_defaults(Github, in_comments("github"), "name", "app_id", "installation_id", "private_key")
    assert in_comments("people") == People(name="hr", file="/srv/people/people.csv")


def in_comments(provider: str) -> Any:
    """What the example says in comments about one provider: behind its name, up to the next sentence."""
    said = EXAMPLE.read_text().partition(f"  # {provider}:\n")[2].partition("\nchecks:")[0]
    lines = takewhile(lambda line: not re.match(r"  # \S", line), said.splitlines())
    (found,) = reading(
        f"sources:\n {provider}:\n" + "".join(f"{line.replace('  # ', '', 1)}\n" for line in lines)
    ).sources[provider]
    return found


def assert_defaults(settings: type[Any], found: Any, *required: str) -> None:
    """What has a default stands there with its default; what has none is taken as it stands."""
    assert found == settings(**{name: getattr(found, name) for name in required})


def test_the_file_is_found_where_it_may_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, workers in (("named", 1), ("variable", 2), ("config", 3), ("system", 4)):
        (tmp_path / f"{name}.yaml").write_text(f"collection: {{workers: {workers}}}\n")
    monkeypatch.setattr("runs.configuration.SYSTEM_FILE", tmp_path / "system.yaml")
    variable = {VARIABLE: str(tmp_path / "variable.yaml")}
    assert load(tmp_path / "named.yaml", variable, tmp_path).workers == 1
    assert load(None, variable, tmp_path).workers == 2
    assert load(None, {}, tmp_path).workers == 3
    (tmp_path / "config.yaml").unlink()
    assert load(None, {}, tmp_path).workers == 4
    (tmp_path / "system.yaml").unlink()
    assert load(None, {}, tmp_path).workers == 32


def test_every_setting_arrives(meadow: Any) -> None:
    found = reading(
        "store: {folder: ~/evidence, key: /keys/k.pem}\n"
        "sources: {meadow: [{name: north}], host: [null]}\n"
        f"checks: {{disabled: [meadow.flowers_grow_on_soil], settings: {{{LOW}: {{most: 3, names: [a], loud: true}}}}}}\n"
        "collection: {workers: 2, unit_timeout: 90s}\n"
        "freshness: {stale_after: 36h}\n"
    )
    assert found.folder == Path("~/evidence").expanduser()
    assert found.key_file == Path("/keys/k.pem")
    assert [each.name for each in found.sources["meadow"]] == ["north"]
    assert len(found.sources["host"]) == 1
    assert found.disabled == {"meadow.flowers_grow_on_soil"}
    assert found.check_settings == {LOW: {"most": 3, "names": ("a",), "loud": True}}
    assert (found.workers, found.unit_timeout) == (2, timedelta(seconds=90))
    assert found.stale_after == timedelta(hours=36)


def test_the_digest_changes_with_every_setting_and_with_nothing_else(meadow: Any) -> None:
    texts = [
        "",
        "collection: {workers: 2}",
        "sources: {meadow: []}",
        "sources: {meadow: [{name: a}]}",
        "freshness: {stale_after: 1d}",
    ]
    assert len({reading(text).digest for text in texts}) == len(texts)
    assert reading("{}").digest == reading("# nothing\n").digest == reading("freshness: {stale_after: 48h}").digest


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("colection: {}", "config.yaml:1: colection: unknown setting, did you mean collection?"),
        ("store:\n  foldr: x", "config.yaml:2: store.foldr: unknown setting, did you mean folder?"),
        ("store: {folder: ''}", "config.yaml:1: store.folder: string should have at least 1 character, found text"),
        ('store: {folder: "a\\0b"}', "config.yaml:1: store.folder: a path has no NUL characters"),
        (
            "store: {key: ~nobody-of-that-name/key}",
            "config.yaml:1: store.key: nobody knows the home directory that ~ stands for",
        ),
        ("sources:\n  hots: []", "config.yaml:2: sources.hots: there is no provider named hots, did you mean host?"),
        (
            "sources:\n  meadow:\n    - nam: x",
            "config.yaml:3: sources.meadow[0].nam: unknown setting, did you mean name?",
        ),
        ("sources:\n  meadow:\n    - {}", "config.yaml:3: sources.meadow[0].name: required, but missing"),
        ("sources:\n  meadow: [x]", "config.yaml:2: sources.meadow[0]: expected settings, found text"),
        ("sources:\n  host:\n    name: x", "config.yaml:2: sources.host: input should be a valid list, found settings"),
        (
            "collection: {workers: 0}",
            "config.yaml:1: collection.workers: input should be greater than or equal to 1, found a number",
        ),
        (
            "collection: {workers: '8'}",
            "config.yaml:1: collection.workers: input should be a valid integer, found text",
        ),
        (
            "collection: {unit_timeout: 2 minutes}",
            "config.yaml:1: collection.unit_timeout: expected a duration such as 90s, 15m, 36h or 2d",
        ),
        (
            "freshness: {stale_after: 2}",
            "config.yaml:1: freshness.stale_after: expected a duration such as 90s, 15m, 36h or 2d",
        ),
        (
            "checks:\n  disabled:\n    - meadow.flower_is_lo",
            f"config.yaml:3: checks.disabled[0]: there is no check named meadow.flower_is_lo, did you mean {LOW}?",
        ),
        (
            "checks:\n  settings:\n    meadow.flower_is_lo: {}",
            f"config.yaml:3: checks.settings.meadow.flower_is_lo: there is no check named meadow.flower_is_lo, did you mean {LOW}?",
        ),
        (
            f"checks:\n  settings:\n    {LOW}:\n      mots: 1",
            f"config.yaml:4: checks.settings.{LOW}.mots: unknown setting, did you mean most?",
        ),
        *(
            (
                f"checks:\n  settings:\n    {LOW}:\n      {key}: {value}",
                f"config.yaml:4: checks.settings.{LOW}.{key}: expected {expected}",
            )
            for key, value, expected in (
                ("most", "hunter2", "a whole number below 2^53, found text"),
                ("most", "true", "a whole number below 2^53, found true or false"),
                ("most", "1.5", "a whole number below 2^53, found a number"),
                ("most", "9007199254740992", "a whole number below 2^53, found a number"),
                ("loud", "1", "true or false, found a number"),
                ("names", "hunter2", "a list of texts"),
                ("names", "[1]", "a list of texts"),
            )
        ),
    ],
)
def test_a_mistake_names_the_place(text: str, message: str, meadow: Any) -> None:
    with pytest.raises(ConfigurationError) as refused:
        reading(text)
    assert str(refused.value) == message
    assert "hunter2" not in str(refused.value)
    assert refused.value.hint
    assert refused.value.exit_status == 2


def test_a_file_that_cannot_be_read_is_named_with_its_remedy(tmp_path: Path) -> None:
    binary, large, broken = tmp_path / "binary.yaml", tmp_path / "large.yaml", tmp_path / "broken.yaml"
    binary.write_bytes(b"\xff\xfe\x00\x01")
    large.write_bytes(b"#" * (LARGEST_FILE + 1))
    broken.write_text("a: [")
    for path, problem in (
        (tmp_path, ": is a folder"),
        (tmp_path / "none.yaml", ": cannot be read: No such file or directory"),
        (binary, ": is not UTF-8 text"),
        (large, ": is no configuration: more than 8 MiB"),
        (broken, ":"),
    ):
        with pytest.raises(ConfigurationError) as refused:
            load(path, {}, tmp_path)
        assert str(refused.value).startswith(f"{path}{problem}")
        assert refused.value.hint
