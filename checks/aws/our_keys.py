"""Whose keys encrypt: ours, those that AWS manages for the account, or those that AWS owns."""

from __future__ import annotations

from checks.cloud.encryption import has_key_of_ours
from core.model import Verdict, unknown
from core.population import Population
from core.resources.aws.kms import KmsKey

NOT_OURS = "alias/aws/"


def encrypts_with_ours(name: str, key: str, keys: Population[KmsKey]) -> Verdict:
    """Whether a key, named by its ARN or number, is one that we manage. Empty stands for a key that AWS owns."""
    if not key:
        return has_key_of_ours(name, "a key that AWS owns", ours=False)
    if NOT_OURS in key:
        return has_key_of_ours(name, f"{key}, a key that AWS manages", ours=False)
    found = keys.get(key) if key.startswith("arn:") else keys.get(key, by="key")
    if found is None:
        return unknown(f"{name} is encrypted with {key}, which is in no account and region that we look at")
    called = found.aliases[0] if found.aliases else found.key
    ours = found.manager == "CUSTOMER"
    return has_key_of_ours(name, f"{called}, a key {'of ours' if ours else 'that AWS manages'}", ours=ours)
