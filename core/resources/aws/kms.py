"""Key Management Service: the keys of one region."""

from __future__ import annotations

from datetime import datetime

from core.resource import Observed, Resource, part, resource
from core.resources.aws.policy import Statement


@part
class KeyUse(Observed):
    """What KMS remembers of the use of a key."""

    last: datetime | None
    """When it was last used to encrypt, decrypt, sign or verify; `None` when it was not since then."""
    since: datetime
    """When KMS began to remember: the day on which the key was made, or a later one."""


@resource("aws_kms_key")
class KmsKey(Resource):
    """A key. The id is its ARN."""

    id: str
    key: str
    """The number in the ARN."""
    aliases: tuple[str, ...]
    manager: str
    """`CUSTOMER`, or `AWS` for the keys that services make for the account."""
    state: str
    """`Enabled`, `Disabled`, `PendingDeletion`, `PendingImport`, `Unavailable`, …"""
    spec: str
    """`SYMMETRIC_DEFAULT`, `RSA_4096`, `HMAC_256`, …"""
    origin: str
    """`AWS_KMS`, `EXTERNAL` (imported), `AWS_CLOUDHSM`, `EXTERNAL_KEY_STORE`."""
    multi_region: bool
    primary: bool
    """Not the copy of a key of another region."""
    created: datetime
    deleted_on: datetime | None
    """The day on which it is going to be destroyed; `None` when it is not."""
    rotates: bool | None
    """Whether KMS makes new material every so often; `None` for keys of which it never can."""
    rotation_days: int | None
    """How often; `None` where nobody says."""
    use: KeyUse | None
    """`None` for keys that cannot be used, and for those of AWS: those are not asked about."""
    statements: tuple[Statement, ...]
    """Of its key policy."""
