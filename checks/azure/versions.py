"""Versions of TLS, as the services of Azure spell them: `TLS1_2`, `1.2`, `TLSv1.2`."""

from __future__ import annotations

from checks.cloud.encryption import is_strong_tls
from core.model import Verdict, failed, passed, unknown

NONE = frozenset({"none", "default", ""})
"""Words for no version at all."""


def at_least_tls_12(name: str, demanded: str) -> Verdict:
    """Whether what is demanded is TLS 1.2 or newer."""
    if demanded.lower() in NONE:
        return failed(f"{name} demands no version of TLS")
    strong = is_strong_tls(demanded)
    if strong is None:
        return unknown(f"Azure says of {name} that the least version of TLS is {demanded}")
    said = f"{name} demands TLS 1.{demanded[-1]}"
    return passed(said) if strong else failed(said)
