"""File shares. moto has no Storage Gateway, so all of it is told here."""

from __future__ import annotations

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import ACCOUNT, Maker

HERE = f"arn:aws:storagegateway:us-east-1:{ACCOUNT}:share"
GOOD, OPEN, OFFICE, GUESTS = (f"{HERE}/share-{number}" for number in range(1, 5))


def populate(_: Maker) -> None:
    """Nothing to make."""


ANSWERS = {
    "storagegateway:ListFileShares": Canned(
        {
            "FileShareInfoList": [
                {"FileShareARN": GOOD, "FileShareType": "NFS"},
                {"FileShareARN": OPEN, "FileShareType": "NFS"},
                {"FileShareARN": OFFICE, "FileShareType": "SMB"},
                {"FileShareARN": GUESTS, "FileShareType": "SMB"},
            ]
        }
    ),
    "storagegateway:DescribeNFSFileShares": Canned(
        {
            "NFSFileShareInfoList": [
                {
                    "FileShareARN": GOOD,
                    "FileShareId": "share-1",
                    "EncryptionType": "SseKms",
                    "ClientList": ["10.0.0.0/8"],
                },
                {"FileShareARN": OPEN, "FileShareId": "share-2", "KMSEncrypted": False, "ClientList": ["0.0.0.0/0"]},
            ]
        }
    ),
    "storagegateway:DescribeSMBFileShares": Canned(
        {
            "SMBFileShareInfoList": [
                {
                    "FileShareARN": OFFICE,
                    "FileShareId": "share-3",
                    "FileShareName": "office",
                    "EncryptionType": "SseKms",
                    "Authentication": "ActiveDirectory",
                    "AuditDestinationARN": f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:office",
                },
                {
                    "FileShareARN": GUESTS,
                    "FileShareId": "share-4",
                    "EncryptionType": "SseS3",
                    "Authentication": "GuestAccess",
                },
            ]
        }
    ),
}
