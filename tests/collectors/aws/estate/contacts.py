"""Contacts of the account: for security and operations, and none for billing."""

from __future__ import annotations

from tests.collectors.aws.world import Maker


def populate(aws: Maker) -> None:
    for kind, address in {"SECURITY": "security@example.com", "OPERATIONS": "operations-desk@example.com"}.items():
        aws.client("account").put_alternate_contact(
            AlternateContactType=kind, EmailAddress=address, Name="Ada", PhoneNumber="+1", Title="On duty"
        )
