"""Credentials of IAM that no bulk call tells: keys for CodeCommit, for single services, and certificates of servers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.operations import Read
from collectors.aws.source import AwsAccount
from core.plugins import collector
from core.resources.aws.iam_credentials import ServerCertificate, ServiceCredential, SshKey

USERS = Read("iam", "ListUsers")
SSH_KEYS = Read("iam", "ListSSHPublicKeys")
SERVICE_CREDENTIALS = Read("iam", "ListServiceSpecificCredentials")
SERVER_CERTIFICATES = Read("iam", "ListServerCertificates")


@collector(permissions=(USERS, SSH_KEYS))
def ssh_keys(account: AwsAccount) -> Iterator[SshKey]:
    """The public keys of every user. AWS tells them user by user."""
    names = [each["UserName"] for each in account.pages(USERS, "Users")]
    for found in account.each(lambda name: list(account.pages(SSH_KEYS, "SSHPublicKeys", UserName=name)), names):
        for each in found:
            yield SshKey(
                id=each["SSHPublicKeyId"],
                user=each["UserName"],
                active=each["Status"] == "Active",
                uploaded=each["UploadDate"],
            )


@collector(permissions=(SERVICE_CREDENTIALS,))
def service_credentials(account: AwsAccount) -> Iterator[ServiceCredential]:
    """The passwords and keys of all users for single services."""
    for found in account.pages(SERVICE_CREDENTIALS, "ServiceSpecificCredentials", AllUsers=True):
        yield _service_credential(found)


def _service_credential(found: Mapping[str, Any]) -> ServiceCredential:
    return ServiceCredential(
        id=found["ServiceSpecificCredentialId"],
        user=found["UserName"],
        service=found["ServiceName"],
        status=found["Status"],
        created=found["CreateDate"],
        expires=found.get("ExpirationDate"),
    )


@collector(permissions=(SERVER_CERTIFICATES,))
def server_certificates(account: AwsAccount) -> Iterator[ServerCertificate]:
    """The certificates that were uploaded to IAM."""
    for found in account.pages(SERVER_CERTIFICATES, "ServerCertificateMetadataList"):
        yield ServerCertificate(
            id=found["ServerCertificateId"],
            name=found["ServerCertificateName"],
            expires=found["Expiration"],
        )
