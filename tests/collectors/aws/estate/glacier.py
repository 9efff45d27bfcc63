"""A vault. moto knows neither policies nor locks of vaults."""

from __future__ import annotations

import json

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import REGIONS, Maker

EVERYBODY = {"Effect": "Allow", "Principal": "*", "Action": "glacier:*", "Resource": "*"}


def populate(aws: Maker) -> None:
    for region in REGIONS:
        aws.client("glacier", region).create_vault(vaultName="archive")


ANSWERS = {
    "glacier:GetVaultAccessPolicy": Canned({"Policy": json.dumps({"Version": "2012-10-17", "Statement": [EVERYBODY]})}),
    "glacier:GetVaultLock": Canned({"Policy": "{}", "State": "Locked", "CreationDate": "2026-01-01T00:00:00Z"}),
}
UNPAGED = {"aws.glacier.vaults": "moto gives all vaults at once, whatever number is asked for"}
