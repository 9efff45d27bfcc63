"""Checks of how accounts of a domain sign in."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resource import missing_fields
from core.resources.active_directory import AdAccount

BROKEN = frozenset({"DES", "RC4"})


@check(objective="credentials-are-rotated", severity=Severity.MEDIUM)
def password_expires(account: AdAccount, *, approved: tuple[str, ...] = ()) -> Verdict:
    """The password of every enabled account has to be changed at some time.

    Where the organization has decided otherwise, for services that nobody can restart at will, name the accounts in the
    setting `approved`. What the domain itself manages is not judged.

    Remediation: Clear *Password never expires*; make service accounts group managed service accounts.
    """
    if account.type != "user":
        return not_applicable(f"{called(account)} is no account with a password that somebody chose")
    if not account.enabled:
        return not_applicable(f"{called(account)} is switched off")
    if account.password_expires:
        return passed(f"the password of {called(account)} expires as its policy says")
    if approved and account.login in approved:
        return passed(f"the password of {account.login} never expires, which is approved")
    return failed(f"the password of {called(account)} never expires")


@check(objective="passwords-resist-guessing", severity=Severity.CRITICAL)
def password_is_required(account: AdAccount) -> Verdict:
    """No enabled account may have an empty password.

    A flag excepts an account from the policy, so that its password may be empty, whether it is now or not.

    Remediation: `Set-ADAccountControl -PasswordNotRequired $false`, and set a password.
    """
    if not account.enabled:
        return not_applicable(f"{called(account)} is switched off")
    if account.password_required:
        return passed(f"{called(account)} has to have a password")
    return failed(f"{called(account)} may have an empty password")


@check(objective="passwords-resist-guessing", severity=Severity.HIGH)
def identity_is_proven_first(account: AdAccount) -> Verdict:
    """Nobody gets anything made with an account's key before proving to know its password.

    Without Kerberos pre-authentication anybody is handed an answer on which passwords can be tried at leisure.

    Remediation: Clear *Do not require Kerberos preauthentication*, and change the password.
    """
    if not account.enabled:
        return not_applicable(f"{called(account)} is switched off")
    if account.preauthentication:
        return passed(f"{called(account)} has to prove its identity first")
    return failed(f"anybody is handed what is made with the key of {called(account)}")


@check(objective="secrets-are-stored-safely", severity=Severity.HIGH)
def password_is_kept_as_hash(account: AdAccount) -> Verdict:
    """Of no account is the password kept so that it can be read again.

    Whoever gets a copy of the directory then has the password as it was typed.

    Remediation: Clear *Store password using reversible encryption*, and change the password.
    """
    if account.password_reversible:
        return failed(f"the password of {called(account)} is kept so that it can be read again")
    return passed(f"of the password of {called(account)} a hash alone is kept")


@check(objective="cryptography-is-strong", severity=Severity.MEDIUM)
def tickets_are_made_with_aes(account: AdAccount) -> Verdict:
    """Tickets to services that run as a user are made with AES, and nothing is with DES.

    A ticket made with RC4 can be asked for by anybody in the domain, and its password be guessed thousands of times
    faster; DES is broken. Passwords of computers and of managed accounts are long and random, so that nobody guesses
    them: of those only DES is judged.

    Remediation: Set msDS-SupportedEncryptionTypes to 24 (`Set-ADUser -KerberosEncryptionType AES128,AES256`) and change
    the password, so that there are such keys.
    """
    if not account.enabled:
        return not_applicable(f"{called(account)} is switched off")
    if account.des_alone:
        return failed(f"{called(account)} uses DES alone")
    if not account.services:
        return not_applicable(f"{called(account)} offers no service")
    if account.type != "user":
        return not_applicable(f"the password of {called(account)} is random, so that nobody guesses it from a ticket")
    if account.ciphers is None:
        return unknown(f"{called(account)} names no ciphers, so that a setting of each controller decides")
    verdict = failed if BROKEN & set(account.ciphers) else passed
    return verdict(f"tickets to services of {called(account)} are made with {' or '.join(account.ciphers)}")


def called(account: AdAccount) -> str:
    """The login, which people know; the id where it was not shown."""
    return account.id if "login" in missing_fields(account) else account.login
