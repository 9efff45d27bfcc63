"""Resources of a domain with every field filled in; a test changes those that it is about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from core.resources.active_directory import (
    AdAccount,
    AdComputer,
    AdDomain,
    AdPasswordPolicy,
    AdPrivilegedGroup,
    AdTrust,
    Member,
)
from core.resources.idp import PasswordPolicy

NOW = datetime(2026, 11, 23, tzinfo=UTC)
LONG_AGO, LATELY = datetime(2024, 3, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
OURS = "S-1-5-21-7-8-9"


def domain(**changes: Any) -> AdDomain:
    values: dict[str, Any] = {
        "id": "d", "sid": OURS, "name": "corp.example", "created": LONG_AGO, "functional_level": 7,
        "machine_account_quota": 0, "strangers_may_search": False, "strangers_may_read_addresses": False,
        "unprotected": (), "changes_privileged": ("S-1-5-18", f"{OURS}-512"), "copies_secrets": ("S-1-5-18", f"{OURS}-512"),
        "old_access": ("S-1-5-11",), "recycle_bin": True,
    }  # fmt: skip
    return AdDomain(**{**values, **changes})


def account(**changes: Any) -> AdAccount:
    values: dict[str, Any] = {
        "id": "a", "sid": f"{OURS}-1104", "login": "ada", "type": "user", "service": False, "enabled": True,
        "controller": False, "password_changed": LATELY, "password_required": True, "password_expires": True,
        "password_reversible": False, "preauthentication": True, "smart_card": False,
        "des_alone": False, "ciphers": None, "services": (),
        "may_be_delegated": True, "acts_for_anybody": False, "acts_towards": (), "acts_for_absent": False,
        "admits_deputies": (), "former_sids": (), "privileged_through": (), "protected_user": False,
        "marked_privileged": False, "owner": f"{OURS}-512", "password_handed_to": (),
    }  # fmt: skip
    return AdAccount(**{**values, **changes})


def computer(**changes: Any) -> AdComputer:
    values: dict[str, Any] = {
        "id": "c", "name": "WS1", "enabled": True, "controller": False, "created": LONG_AGO,
        "operating_system": "Windows 11 Pro", "operating_system_version": "10.0 (26200)", "last_sign_in": LATELY, "sign_ins_lag_days": 14,
        "local_password_until": datetime(2026, 12, 1, tzinfo=UTC),
    }  # fmt: skip
    return AdComputer(**{**values, **changes})


def member(name: str) -> Member:
    return Member(id=name, name=name, kind="user")


def group(*names: str, **changes: Any) -> AdPrivilegedGroup:
    values: dict[str, Any] = {
        "id": "g", "sid": f"{OURS}-512", "name": "Domain Admins", "members": tuple(map(member, names)),
    }  # fmt: skip
    return AdPrivilegedGroup(**{**values, **changes})


def kept(**changes: Any) -> AdPasswordPolicy:
    values: dict[str, Any] = {
        "id": "p", "name": "lax", "default": False, "reversible": False, "counted_seconds": 900, "precedence": 10, "given_to": (),
    }  # fmt: skip
    return AdPasswordPolicy(**{**values, **changes})


def policy(**changes: Any) -> PasswordPolicy:
    values: dict[str, Any] = {
        "id": "p", "name": "lax", "default": False, "minimum_length": 14, "simple_refused": True, "history": 12,
        "maximum_days": 42, "wrong_guesses": 5, "locked_seconds": 900,
    }  # fmt: skip
    return PasswordPolicy(**{**values, **changes})


def trust(**changes: Any) -> AdTrust:
    values: dict[str, Any] = {
        "id": "t", "partner": "other.example", "inbound": True, "outbound": True, "type": "forest",
        "filters_sids": True, "selective": True, "delegates_tickets": False, "ciphers": ("AES256",),
    }  # fmt: skip
    return AdTrust(**{**values, **changes})
