"""Redshift Serverless: workgroups and namespaces, which their listings tell in full."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from collectors.aws.members import told
from collectors.aws.offers import listed
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import unobserved
from core.resources.aws.redshift import Namespace, Workgroup

WORKGROUPS = Read("redshift-serverless", "ListWorkgroups")
NAMESPACES = Read("redshift-serverless", "ListNamespaces")

FLAGS = {"true": True, "false": False}


@collector(permissions=(WORKGROUPS,))
def workgroups(region: AwsRegion) -> Iterator[Workgroup]:
    """Every workgroup of the region."""
    for found in listed(region, WORKGROUPS, "workgroups"):
        yield Workgroup(
            id=found["workgroupArn"],
            name=found["workgroupName"],
            namespace=found.get("namespaceName", ""),
            public=told(found, "publiclyAccessible"),
            own_routes=told(found, "enhancedVpcRouting"),
            needs_tls=_needs_tls(found.get("configParameters", ())),
        )


@collector(permissions=(NAMESPACES,))
def namespaces(region: AwsRegion) -> Iterator[Namespace]:
    """Every namespace of the region."""
    for found in listed(region, NAMESPACES, "namespaces"):
        yield Namespace(
            id=found["namespaceArn"],
            name=found["namespaceName"],
            log_exports=tuple(sorted(found.get("logExports", ()))),
            managed_password="adminPasswordSecretArn" in found,
        )


def _needs_tls(parameters: Iterable[Mapping[str, str]]) -> bool:
    said = next((each.get("parameterValue", "") for each in parameters if each["parameterKey"] == "require_ssl"), "")
    return FLAGS[said.lower()] if said.lower() in FLAGS else unobserved("AWS does not say its require_ssl")
