"""Checks of tokens and keys that open an organization at GitHub without signing in."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.github import GithubCredential

KEY = "SSH key"


@check(objective="unused-access-is-removed", severity=Severity.LOW)
def released_credential_is_used(credential: GithubCredential, *, as_of: datetime, max_unused_days: int = 90) -> Verdict:
    """A token or key that was released for the organization has been used lately.

    It opens all that its owner may see there, and goes around the identity provider. Nobody misses one that is stolen
    when nobody uses it.

    Remediation: In the settings of the person below the organization's people, revoke it.
    """
    if reason := _is_over(credential, as_of):
        return not_applicable(reason)
    said, bound = _said(credential), as_of - timedelta(days=max_unused_days)
    if credential.last_used is not None:
        verdict = passed if credential.last_used >= bound else failed
        return verdict(f"{said} was last used on {credential.last_used:%Y-%m-%d}")
    verdict = passed if credential.released >= bound else failed
    return verdict(f"{said} was never used, and was released on {credential.released:%Y-%m-%d}")


@check(objective="credentials-are-rotated", severity=Severity.MEDIUM)
def released_token_ends(credential: GithubCredential, *, as_of: datetime) -> Verdict:
    """A token that was released for the organization ends by itself.

    It lies in files on somebody's machine for as long as it opens something. Keys of SSH have no end at GitHub.

    Remediation: In the settings of the organization, below personal access tokens, set a longest lifetime; revoke this
    one.
    """
    if credential.form == KEY:
        return not_applicable(f"{_said(credential)} cannot end by itself")
    if reason := _is_over(credential, as_of):
        return not_applicable(reason)
    if credential.ends is None:
        return failed(f"{_said(credential)} does not end")
    return passed(f"{_said(credential)} ends on {credential.ends:%Y-%m-%d}")


def _is_over(credential: GithubCredential, as_of: datetime) -> str:
    """Why a credential opens nothing any more; empty while it does. Raises `NotObservedError`."""
    if credential.ends is not None and credential.ends <= as_of:
        return f"{_said(credential)} ended on {credential.ends:%Y-%m-%d}"
    return ""


def _said(credential: GithubCredential) -> str:
    return f"the {credential.form} of {credential.login}"
