"""Accelerators: they belong to the account, and one region answers for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.operations import Read
from collectors.aws.source import AwsAccount
from core.plugins import collector
from core.resources.aws.globalaccelerator import Accelerator

ACCELERATORS = Read("globalaccelerator", "ListAccelerators")
ATTRIBUTES = Read("globalaccelerator", "DescribeAcceleratorAttributes")
HOME = "us-west-2"
"""Where the service answers."""


@collector(permissions=(ACCELERATORS, ATTRIBUTES))
def accelerators(account: AwsAccount) -> Iterator[Accelerator]:
    """Every accelerator of the account. Only the partition `aws` has them."""
    if account.identity.partition == "aws":
        listed = account.pages(ACCELERATORS, "Accelerators", region=HOME)
        yield from account.each(lambda found: _accelerator(account, found), listed)


def _accelerator(account: AwsAccount, found: Mapping[str, Any]) -> Accelerator:
    arn = found["AcceleratorArn"]

    def logs_flows() -> bool:
        said = account.ask(ATTRIBUTES, region=HOME, AcceleratorArn=arn)["AcceleratorAttributes"]
        return bool(said.get("FlowLogsEnabled", False))  # the service documents false as the default

    return Accelerator(id=arn, name=found["Name"], enabled=found["Enabled"], logs_flows=account.look(logs_flows))
