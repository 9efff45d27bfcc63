"""Whose keys encrypt, as the services of Azure say it."""

from __future__ import annotations

from checks.cloud.encryption import has_key_of_ours
from core.model import Verdict

OURS = {
    "microsoft.keyvault": "a key of a vault of ours",
    "encryptionatrestwithcustomerkey": "a key of ours",
    "encryptionatrestwithplatformandcustomerkeys": "a key of ours",
    "azurekeyvault": "a key of a vault of ours",
}
THEIRS = ("microsoft.storage", "encryptionatrestwithplatformkey", "servicemanaged")
"""Words of storage accounts, disks and servers of SQL, in lower case."""


def encrypted_with_our_key(name: str, said: str) -> Verdict:
    """Whether a word by which Azure says whose key it is means one of ours."""
    word = said.lower()
    if word in OURS:
        return has_key_of_ours(name, OURS[word], ours=True)
    if word in THEIRS:
        return has_key_of_ours(name, "a key of Microsoft's", ours=False)
    return has_key_of_ours(name, f"what Azure calls {said}", ours=None)
