"""One of each common kind of identity, all in order; a test says what differs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from core.engine import assess
from core.model import Evidence
from core.plugins import Check
from core.resource import Resource, unobserved
from core.resources.idp import (
    ApiToken,
    Application,
    AuditLog,
    Credential,
    Domain,
    Factor,
    Factors,
    Grant,
    Group,
    PasswordPolicy,
    RoleAssignment,
    SessionPolicy,
    SignInMethod,
    SignInPolicy,
    User,
)
from tests.twins import evidence

NOW = datetime(2026, 11, 23, tzinfo=UTC)
LONG_AGO, LATELY, SOON = (datetime(*day, tzinfo=UTC) for day in ((2024, 3, 1), (2026, 11, 1), (2026, 12, 1)))
HIDDEN: Any = unobserved("denied")
CORP = "okta/corp"


def user(called: str = "ada", /, **changes: Any) -> User:
    values: dict[str, Any] = {
        "id": f"u-{called}", "login": called, "name": "Ada", "email": f"{called}@example.org", "service": False,
        "guest": False, "invited": None, "synchronised_from": "", "enabled": True, "expires": None,
        "created": LONG_AGO, "last_sign_in": LATELY, "sign_ins_lag_days": 0, "sign_ins_recorded_since": LONG_AGO,
        "password_changed": None,
    }  # fmt: skip
    return User(**{**values, **changes})


def group(name: str, *members: str) -> Group:
    return Group(id=f"g-{name}", name=name, members=members)


def role(principal: str = "u-ada", **changes: Any) -> RoleAssignment:
    values: dict[str, Any] = {
        "id": f"r-{principal}", "role": "Owner", "privileged": True, "scope": "", "principal": principal,
        "principal_kind": "group" if principal.startswith("g-") else "user", "since": LONG_AGO, "ends": None,
        "eligible": False,
    }  # fmt: skip
    return RoleAssignment(**{**values, **changes})


def factors(*methods: Any, of: str = "ada", **changes: Any) -> Factors:
    found = tuple(Factor(method=each, name=each if isinstance(each, str) else "odd") for each in methods)
    return Factors(**{"id": f"u-{of}", "enrolled": bool(found), "factors": found, **changes})


def policy(**changes: Any) -> SignInPolicy:
    values: dict[str, Any] = {
        "id": "p", "name": "everybody", "enforced": True, "decides": "together", "everybody": True,
        "administrators": True, "everything": True, "exceptions": (), "admits": True, "second_factor": True,
        "phishing_resistant": False, "stops_legacy": True, "managed_device": True,
    }  # fmt: skip
    return SignInPolicy(**{**values, **changes})


def method(**changes: Any) -> SignInMethod:
    return SignInMethod(**{"id": "m", "method": "sms", "name": "SMS", "enabled": False, **changes})


def passwords(**changes: Any) -> PasswordPolicy:
    values: dict[str, Any] = {
        "id": "default", "name": "default", "default": True, "minimum_length": 12, "simple_refused": True,
        "history": 5, "maximum_days": 365, "wrong_guesses": 10, "locked_seconds": 900,
    }  # fmt: skip
    return PasswordPolicy(**{**values, **changes})


def session(**changes: Any) -> SessionPolicy:
    values: dict[str, Any] = {
        "id": "s", "name": "default", "everybody": True, "administrators": True, "longest_minutes": 720,
        "idle_minutes": 120, "survives_browser": False,
    }  # fmt: skip
    return SessionPolicy(**{**values, **changes})


def credential(**changes: Any) -> Credential:
    ends = datetime(2027, 3, 1, tzinfo=UTC)
    return Credential(
        **{"id": "c", "method": "secret", "created": datetime(2026, 6, 1, tzinfo=UTC), "expires": ends, **changes}
    )


def application(**changes: Any) -> Application:
    values: dict[str, Any] = {
        "id": "a", "name": "Payroll", "enabled": True, "foreign": False, "owners": ("u-ada",),
        "credentials": (credential(),), "last_used": LATELY,
    }  # fmt: skip
    return Application(**{**values, **changes})


def grant(*rights: str, **changes: Any) -> Grant:
    values = {"id": "g", "application": "a", "application_name": "Payroll", "foreign": False, "user": ""}
    return Grant(**{**values, "rights": rights, **changes})


def token(**changes: Any) -> ApiToken:
    values: dict[str, Any] = {
        "id": "t", "name": "backup", "owner": "u-ada", "active": True, "created": datetime(2026, 6, 1, tzinfo=UTC),
        "last_used": LATELY, "expires": None, "network_bound": True,
    }  # fmt: skip
    return ApiToken(**{**values, **changes})


def log(**changes: Any) -> AuditLog:
    values: dict[str, Any] = {
        "id": "l", "name": "the log", "enabled": True, "kept_days": 30, "exported_to": ("siem",), "daily": True,
        "newest": NOW,
    }  # fmt: skip
    return AuditLog(**{**values, **changes})


def domain(**changes: Any) -> Domain:
    values = {"id": "example.org", "verified": True, "federated_with": "", "certificates_end": None}
    return Domain(**{**values, **changes})


def seen(*resources: Resource, kind: str = "", missing: str = "", source: str = CORP) -> Evidence:
    return evidence(*resources, kind=kind, missing=missing, source=source)


def verdict(check: Check[...], *parts: Evidence, of: str = CORP, **settings: Any) -> str:
    """The status and the reason of one finding, judged by the engine as a scan does."""
    findings = assess(check, parts, as_of=NOW, digest="", settings=settings).findings
    (found,) = (each for each in findings if each.resource == of)
    return f"{found.verdict.status}: {found.verdict.reason}"
