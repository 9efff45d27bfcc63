"""Accelerators. All of it is canned: moto does not know the service."""

from __future__ import annotations

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import ACCOUNT, Maker

ACCELERATOR = {
    "AcceleratorArn": f"arn:aws:globalaccelerator::{ACCOUNT}:accelerator/1",
    "Name": "shop",
    "Enabled": True,
    "Status": "DEPLOYED",
}
ANSWERS = {
    "globalaccelerator:ListAccelerators": Canned({"Accelerators": [ACCELERATOR]}),
    "globalaccelerator:DescribeAcceleratorAttributes": Canned({"AcceleratorAttributes": {"FlowLogsEnabled": False}}),
}


def populate(aws: Maker) -> None:
    """Nothing can be made."""
    del aws
