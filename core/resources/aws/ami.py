"""Amazon Machine Images: what instances are made of."""

from __future__ import annotations

from datetime import datetime

from core.resource import Resource, resource


@resource("aws_ami_defaults")
class ImageDefaults(Resource):
    """What one region of an account says about images. The id is `ACCOUNT/REGION`."""

    id: str
    region: str
    blocks_public: str
    """`block-new-sharing` or `unblocked`."""
    allowed: str
    """Whether only images of named owners can be used: `enabled`, `audit-mode`, `disabled`."""


@resource("aws_ami")
class Image(Resource):
    """An image that the account owns."""

    id: str
    name: str
    state: str
    """`available`, `disabled`, `pending`, `failed`, …"""
    created: datetime
    deprecated: datetime | None
    """From when it is no longer offered; `None` when nobody said."""
    public: bool
    shared_with: tuple[str, ...]
    """Accounts, organizations and their units that may start instances of it, beside the owner and everybody."""
