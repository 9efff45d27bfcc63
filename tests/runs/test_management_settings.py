"""What the configuration may say of nonconformities and acceptances."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from core.settings import ConfigurationError, read_document
from runs.configuration import Configuration, read


def configured(text: str) -> Configuration:
    return read(read_document("config.yaml", f"management:\n  {text}\n"), {}, Path("/home"))


def test_defaults() -> None:
    management = read(read_document("config.yaml", ""), {}, Path("/home")).management
    assert (management.due.critical, management.longest_acceptance) == (timedelta(days=7), timedelta(days=365))
    assert (management.rules, management.signatures.required) == ([], [])


def test_a_rule() -> None:
    (rule,) = configured(
        "rules: [{name: r, checks: [host.sshd], controls: [A.8.5, 'iso27001_2013:A.9.4.2']}]"
    ).management.rules
    assert (rule.severity, rule.grade, rule.together, rule.resources, rule.age) == (
        "high",
        "minor",
        "check",
        1,
        timedelta(),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rules: [{name: r}, {name: r}]", "config.yaml:2: management.rules: two rules have the same name"),
        (
            "rules: [{name: r, checks: [host.sshdd]}]",
            "management.rules[0].checks[0]: there is no check named host.sshdd",
        ),
        ("rules: [{name: r, controls: [A.99]}]", "management.rules[0].controls[0]: iso27001_2022 has no control A.99"),
        ("rules: [{name: r, severity: awful}]", "management.rules[0].severity: input should be"),
        ("rules: [{name: r, resources: 0}]", "management.rules[0].resources: input should be greater"),
        ("due: {critical: soon}", "management.due.critical: expected a duration"),
        ("signatures: {required: [close]}", "management.signatures.required: nobody's key is allowed to sign"),
        ("signatures: {required: [raise], allowed_signers: a}", "management.signatures.required[0]: input should be"),
    ],
)
def test_mistakes_name_their_place(text: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        configured(text)
    assert message in str(refused.value)
