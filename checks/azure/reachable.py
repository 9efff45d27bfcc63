"""Whether the networks of everybody reach a service, as several services of Azure say it."""

from __future__ import annotations

from core.model import Verdict, failed, passed, unknown


def closed_unless_allowed(name: str, *, public: bool, default_action: str) -> Verdict:
    """A pass for what nobody reaches whom no rule lets in."""
    if not public:
        return passed(f"{name} does not answer public networks")
    match default_action.lower():
        case "deny":
            return passed(f"{name} answers only the networks that its rules name")
        case "allow":
            return failed(f"{name} answers all networks")
        case said:
            return unknown(f"Azure says of {name} that the default action is {said}")
