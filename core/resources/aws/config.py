"""AWS Config: what it records of the configuration of a region, and what it finds wrong."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("aws_config_region")
class ConfigRegion(Resource):
    """AWS Config in one region. The id is the region's name."""

    id: str
    recorder: str
    """The name of the account's own recorder; empty when there is none."""
    recording: bool
    status: str
    """How the last recording went: `pending`, `success`, `failure`, `notapplicable`; empty when there was none."""
    error: str
    all_kinds: bool
    """All kinds of resource are recorded, those to come included."""
    kinds: tuple[str, ...]
    """Where not all are: the kinds that are recorded, or that are left out."""
    leaves_out: bool
    """`kinds` are those that are left out."""
    identities: bool
    """Users, groups, roles and policies of IAM are recorded here."""
    bucket: str
    """Where the records are delivered; empty when nowhere."""
    delivery_errors: tuple[str, ...]
    """What goes wrong with the delivery, as AWS says: `history: AccessDenied`."""
    days: int | None
    """How long records are kept; `None` when nobody chose, which means seven years."""


@resource("aws_conformance_pack")
class ConformancePack(Resource):
    """A set of rules against which AWS Config compares the region. The id is AWS's own."""

    id: str
    name: str
    state: str
    """`CREATE_COMPLETE`, `UPDATE_COMPLETE`, `CREATE_FAILED`, …"""
    state_reason: str
    broken_rules: tuple[str, ...]
    """The rules that some resource does not follow."""
