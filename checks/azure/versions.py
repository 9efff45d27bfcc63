"""Versions of TLS, as the services of Azure spell them: `TLS1_2`, `1.2`, `TLSv1.2`."""

from __future__ import annotations

from core.model import Verdict, failed, passed, unknown

SAFE = frozenset({"12", "13"})
OLD = frozenset({"10", "11", "none", "default", ""})


def at_least_tls_12(name: str, demanded: str) -> Verdict:
    """Whether what is demanded is TLS 1.2 or newer."""
    bare = demanded.lower().removeprefix("tls").removeprefix("v").replace("_", "").replace(".", "")
    if bare in SAFE:
        return passed(f"{name} demands TLS 1.{bare[1]}")
    if bare in OLD:
        return failed(f"{name} demands {f'TLS 1.{bare[1]}' if bare.isdigit() else 'no version of TLS'}")
    return unknown(f"Azure says of {name} that the least version of TLS is {demanded}")
