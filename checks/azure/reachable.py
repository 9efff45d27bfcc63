"""Whether the networks of everybody reach a service, as several services of Azure say it."""

from __future__ import annotations

from ipaddress import ip_network

from core.model import Verdict, failed, passed, unknown
from core.resources.azure.key_vault import KeyVault
from core.resources.azure.storage import StorageAccount

WIDE = 8
"""How many fixed bits a range of addresses may have and still be taken for everybody."""


def closed_unless_allowed(store: StorageAccount | KeyVault) -> Verdict:
    """A pass for what nobody reaches whom no rule lets in."""
    name = store.name
    if not store.public:
        return passed(f"{name} does not answer public networks")
    match store.default_action.lower():
        case "deny" if wide := [each for each in store.ranges if _is_wide(each)]:
            return failed(f"the rules of {name} let in {', '.join(wide)}")
        case "deny":
            return passed(f"{name} answers only the networks that its rules name")
        case "allow":
            return failed(f"{name} answers all networks")
        case said:
            return unknown(f"Azure says of {name} that the default action is {said}")


def _is_wide(text: str) -> bool:
    """Whether a range is as large as a part of the internet. So is one that nobody understands."""
    try:
        return ip_network(text, strict=False).prefixlen < WIDE
    except ValueError:
        return True
