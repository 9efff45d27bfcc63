"""Transfer Family: servers that take files from others."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("aws_transfer_server")
class TransferServer(Resource):
    """A server. The id is its ARN."""

    id: str
    name: str
    """Its number: servers have no name."""
    protocols: tuple[str, ...]
    """`SFTP`, `FTPS`, `FTP`, `AS2`."""
    ciphers: str
    """The security policy that says which algorithms it takes: `TransferSecurityPolicy-2024-01`, …"""
    endpoint: str
    """`PUBLIC`, `VPC`, `VPC_ENDPOINT`."""
    logs: bool
    """It has a log group, or a role to write logs with."""
