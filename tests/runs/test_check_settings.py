"""What the configuration tells checks: one of them, or all below a part of its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.settings import ConfigurationError, read_document
from runs.check_settings import check_settings
from runs.configuration import read


def told(text: str) -> dict[str, dict[str, object]]:
    document = read_document("config.yaml", text)
    return {name: dict(said) for name, said in read(document, {}, Path("/nowhere")).check_settings.items()}


def test_a_part_of_a_name_tells_all_below_it_that_can_be_told() -> None:
    found = told("checks: {settings: {idp.orphans: {primary: ldap/corp}}}")
    assert set(found) == {
        f"idp.orphans.{name}_in_the_primary_directory" for name in ("user_is", "iam_user_is", "logins_are")
    }
    assert {str(said) for said in found.values()} == {"{'primary': 'ldap/corp'}"}


def test_what_is_said_of_fewer_outweighs_what_is_said_of_more() -> None:
    found = told(
        "checks:\n  settings:\n"
        "    idp.emergency.emergency_accounts_rest: {emergency_accounts: [three], quiet_days: 9}\n"
        "    idp.emergency: {emergency_accounts: [two]}\n"
        "    idp: {emergency_accounts: [one]}\n"
    )
    assert found["idp.users.account_is_used"] == {"emergency_accounts": ("one",)}
    assert found["idp.emergency.emergency_accounts_are_ready"] == {"emergency_accounts": ("two",)}
    assert found["idp.emergency.emergency_accounts_rest"] == {"emergency_accounts": ("three",), "quiet_days": 9}
    assert "idp.users.guest_is_approved" not in found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("idp: {emergency_acounts: []}", "checks.settings.idp.emergency_acounts: unknown setting, did you mean emergency_accounts?"),
        ("idp: {emergency_accounts: glass}", "checks.settings.idp.emergency_accounts: expected a list of texts"),
        ("id: {primary: x}", "checks.settings.id: there is no check named id"),
    ],
)  # fmt: skip
def test_a_mistake_names_the_place(text: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message.replace("?", r"\?")):
        told(f"checks: {{settings: {{{text}}}}}")


def test_nothing_said_is_nothing_told() -> None:
    assert check_settings(read_document("config.yaml", ""), {}) == {}
