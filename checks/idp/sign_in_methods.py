"""Checks of the ways to sign in that an identity provider offers."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.resources.idp import SignInMethod


@check(objective="sign-in-methods-are-strong", severity=Severity.MEDIUM)
def weak_method_is_off(
    method: SignInMethod, *, weak: tuple[str, ...] = ("sms", "voice", "email", "question")
) -> Verdict:
    """A way to sign in that is easily taken over is switched off.

    An attacker chooses the weakest way that is offered, whatever else a person has set up. A code by e-mail is as safe
    as the mailbox; guests of Entra ID sign in with it where they have nothing else: leave `email` out of `weak` then.

    Remediation: Let everybody set up a better one, then switch it off for all.
    """
    if method.method not in weak:
        return passed(f"{method.name} is not easily taken over")
    return failed(f"{method.name} may be used") if method.enabled else passed(f"{method.name} is switched off")
