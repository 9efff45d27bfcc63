"""Checks of the SSH keys that open accounts."""

from __future__ import annotations

from collections import defaultdict

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.host.authorized_keys import AuthorizedKeys


@check(objective="secrets-are-stored-safely", severity=Severity.HIGH)
def only_the_account_can_change_its_keys(file: AuthorizedKeys) -> Verdict:
    """Only an account itself, or root, can change which SSH keys open it.

    Who can write the file can add a key of their own and come in at any time.

    Remediation: `chown NAME FILE` and `chmod 600 FILE`.
    """
    reason = f"{file.path} has mode {file.mode:04o} and belongs to the account number {file.owner}"
    safe = file.owner in (0, file.account_uid) and not file.mode & 0o022
    return passed(reason) if safe else failed(reason)


@check(objective="cryptography-is-strong", severity=Severity.MEDIUM)
def keys_are_strong(file: AuthorizedKeys, *, rsa_bits: int = 2048) -> Verdict:
    """Every SSH key that opens an account is strong.

    A DSA key or a short RSA key can be computed from its public half.

    Remediation: Let its owner make a new key (`ssh-keygen -t ed25519`), then remove the old line.
    """
    weak = [
        f"{key.algorithm} with {key.bits} bits ({key.fingerprint})"
        for key in file.keys
        if key.algorithm.startswith("DSA") or (key.algorithm.startswith("RSA") and key.bits < rsa_bits)
    ]
    if weak:
        return failed(f"{file.path} has {', '.join(weak)}")
    if file.unreadable_lines:
        return unknown(f"{file.path} has {file.unreadable_lines} lines in which ssh-keygen finds no key")
    return passed(f"none of {len(file.keys)} keys in {file.path} is weak")


@check(objective="identities-have-one-owner", severity=Severity.MEDIUM)
def key_opens_one_account(files: Population[AuthorizedKeys], *, accounts: int = 1) -> Verdict:
    """An SSH key opens one account of the host.

    A key that opens several accounts is shared by people or by duties, and is hard to take away everywhere.

    Remediation: Give each person one account with a key of their own, and let them use sudo for other accounts.
    """
    opened: defaultdict[str, set[str]] = defaultdict(set)
    for file in files:
        for key in file.keys:
            opened[key.fingerprint].add(file.account)
    shared = [f"{key} opens {', '.join(sorted(by))}" for key, by in sorted(opened.items()) if len(by) > accounts]
    return (
        failed("; ".join(shared))
        if shared
        else passed(f"none of {len(opened)} keys opens more accounts than {accounts}")
    )


@check(objective="identities-have-one-owner", severity=Severity.MEDIUM)
def keys_are_registered(file: AuthorizedKeys, *, registered: tuple[str, ...] = ()) -> Verdict:
    """Every SSH key that opens an account is in the register of keys.

    Whose a key is cannot be seen on the host: its comment says what anybody wrote there. Where somebody keeps a
    register of people and their keys, name these in the setting `registered`, each by its fingerprint (`SHA256:…`) and,
    after a space, whose it is. A key that nobody registered is nobody's to take back.

    Remediation: Remove the line of a key that nobody can name the owner of; register the others (`ssh-keygen -lf FILE`
    shows the fingerprints).
    """
    if not registered:
        return not_applicable("no register of keys is configured")
    known = {entry.split()[0] for entry in registered if entry.strip()}
    strangers = [key.fingerprint for key in file.keys if key.fingerprint not in known]
    if strangers:
        return failed(f"{file.path} has keys that nobody registered: {', '.join(strangers)}")
    if file.unreadable_lines:
        return unknown(f"{file.path} has {file.unreadable_lines} lines in which ssh-keygen finds no key")
    return passed(f"each of {len(file.keys)} keys in {file.path} is registered")
