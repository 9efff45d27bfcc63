"""Keys of Cloud KMS, and secrets of Secret Manager without their values."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.gcp.asking import RESOURCE, Listing
from collectors.gcp.reading import UNSAID, Asset
from collectors.gcp.source import Estate
from core.plugins import collector
from core.resources.gcp.data import CryptoKey, Secret

KEYS = Listing(RESOURCE, ("cloudkms.googleapis.com/CryptoKey",))
SECRETS = Listing(RESOURCE, ("secretmanager.googleapis.com/Secret",))
PURPOSES = (
    "ENCRYPT_DECRYPT", "RAW_ENCRYPT_DECRYPT", "ASYMMETRIC_SIGN", "ASYMMETRIC_DECRYPT", "MAC", "KEY_ENCAPSULATION",
    "AES_WRAPPING",
)  # fmt: skip


@collector(permissions=(KEYS,))
def keys(estate: Estate) -> Iterator[CryptoKey]:
    """Every key, for none can be removed. Without `rotationPeriod` and `nextRotationTime` it is not rotated by itself.

    https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys
    """
    for asset in map(Asset, estate.assets(KEYS)):
        yield CryptoKey(
            **asset.common,
            labels=asset.labels(),
            name=asset.short,
            purpose=asset.choice("purpose", PURPOSES),
            primary=asset.text("primary.state", ""),
            protection=asset.text("versionTemplate.protectionLevel"),
            rotation_seconds=asset.seconds("rotationPeriod", None),
            next_rotation=asset.time("nextRotationTime", None),
            destroy_seconds=asset.seconds("destroyScheduledDuration"),
        )


@collector(permissions=(SECRETS,))
def secrets(estate: Estate) -> Iterator[Secret]:
    """Every secret. One without `rotation` has no plan for it, one without `expireTime` never ends. A plan without
    `rotationPeriod` is for one time, or Google does not tell how often.

    https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets
    """
    for asset in map(Asset, estate.assets(SECRETS)):
        yield Secret(
            **asset.common,
            labels=asset.labels(),
            name=asset.short,
            rotation_seconds=asset.seconds("rotation.rotationPeriod", None),
            next_rotation=asset.time("rotation.nextRotationTime", UNSAID if "rotation" in asset.members else None),
            expires=asset.time("expireTime", None),
        )
