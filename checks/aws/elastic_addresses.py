"""Checks of elastic addresses."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.aws.elastic_addresses import ElasticAddress


@check(objective="what-is-not-needed-is-removed", severity=Severity.LOW)
def address_is_in_use(address: ElasticAddress) -> Verdict:
    """Every elastic address belongs to something.

    Names and allow lists that still lead to a forgotten address lead tomorrow to whatever somebody gives it to.

    Remediation: Remove the address from DNS and from allow lists, then `aws ec2 release-address --allocation-id …`.
    """
    if address.operator:
        return not_applicable(f"{address.operator} looks after {_named(address)}")
    if address.used_by:
        return passed(f"{address.used_by} has {_named(address)}")
    return failed(f"nothing has {_named(address)}")


def _named(address: ElasticAddress) -> str:
    return f"{address.name} ({address.address})" if address.name else address.address
