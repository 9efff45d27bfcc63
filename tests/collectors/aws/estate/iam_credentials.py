"""An SSH key, a certificate of a server, and what moto does not know: credentials for single services."""

from __future__ import annotations

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import Maker


def _credential(number: str, service: str, status: str, *more: str) -> str:
    return (
        f"<member><UserName>ada</UserName><Status>{status}</Status><ServiceName>{service}.amazonaws.com</ServiceName>"
        f"<CreateDate>2026-11-01T00:00:00Z</CreateDate><ServiceSpecificCredentialId>{number}"
        f"</ServiceSpecificCredentialId>{''.join(more)}</member>"
    )


ANSWERS = {
    "iam:ListServiceSpecificCredentials": Canned(
        "<ListServiceSpecificCredentialsResponse><ListServiceSpecificCredentialsResult><ServiceSpecificCredentials>"
        + _credential("ACCAEXAMPLE1", "codecommit", "Active")
        + _credential("ACCAEXAMPLE2", "cassandra", "Inactive")
        + _credential("ACCAEXAMPLE3", "bedrock", "Active", "<ExpirationDate>2026-12-01T00:00:00Z</ExpirationDate>")
        + "</ServiceSpecificCredentials><IsTruncated>false</IsTruncated></ListServiceSpecificCredentialsResult>"
        "</ListServiceSpecificCredentialsResponse>"
    )
}


def populate(aws: Maker) -> None:
    iam = aws.client("iam")
    iam.create_user(UserName="committer")
    iam.upload_ssh_public_key(UserName="committer", SSHPublicKeyBody="ssh-rsa AAAA")
    iam.upload_server_certificate(ServerCertificateName="shop", CertificateBody="a", PrivateKey="b")
