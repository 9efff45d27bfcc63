"""Checks of how accounts of a domain sign in."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resource import missing_fields
from core.resources.active_directory import AdAccount, AdComputer

BROKEN = frozenset({"DES", "RC4"})
CROWDS = frozenset({"S-1-1-0", "S-1-5-7", "S-1-5-11", "S-1-5-32-545", "S-1-5-32-546"})
"""Everyone, Anonymous Logon, Authenticated Users, Users and Guests."""
CROWDS_OF_A_DOMAIN = ("-513", "-514", "-515")
"""Domain Users, Guests and Computers."""
MACHINES = frozenset({"computer", "trust"})


@check(objective="credentials-are-rotated", severity=Severity.MEDIUM)
def password_expires(account: AdAccount, *, approved: tuple[str, ...] = ()) -> Verdict:
    """The password of every enabled account has to be changed at some time.

    Where the organization has decided otherwise, for services that nobody can restart at will, name the accounts in the
    setting `approved`. What the domain itself manages is not judged, nor who signs in with a smart card alone.

    Remediation: Clear *Password never expires*; make service accounts group managed service accounts.
    """
    if account.type != "user":
        return not_applicable(f"{called(account)} is no account with a password that somebody chose")
    if not account.enabled:
        return not_applicable(f"{called(account)} is switched off")
    if account.smart_card:
        return not_applicable(f"{called(account)} signs in with a smart card alone, and its password is nobody's")
    if account.password_expires:
        return passed(f"the password of {called(account)} expires as its policy says")
    if approved and account.login in approved:
        return passed(f"the password of {account.login} never expires, which is approved")
    return failed(f"the password of {called(account)} never expires")


@check(objective="credentials-are-rotated", severity=Severity.MEDIUM)
def smart_card_key_is_replaced(account: AdAccount, *, as_of: datetime, max_days: int = 90) -> Verdict:
    """What stands behind a smart card is replaced within 90 days.

    An account that needs a smart card still has a password, random and without an end: whoever once took its hash
    signs in with that by NTLM, without any card.

    Remediation: At the functional level of Windows Server 2016 let the domain replace them (*Enable rolling of expiring
    NTLM secrets during sign on*); before, clear *Smart card is required for interactive logon* and set it again.
    """
    if account.type != "user" or not account.smart_card:
        return not_applicable(f"{called(account)} needs no smart card")
    if not account.enabled:
        return not_applicable(f"{called(account)} is switched off")
    if account.password_changed is None:
        return unknown(f"{called(account)} does not show when its password was set")
    verdict = passed if account.password_changed >= as_of - timedelta(days=max_days) else failed
    return verdict(f"what stands behind the smart card of {called(account)} is of {account.password_changed:%Y-%m-%d}")


@check(objective="credentials-are-rotated", severity=Severity.LOW)
def machine_replaces_its_password(
    account: AdAccount, computers: Population[AdComputer], *, as_of: datetime, max_days: int = 90
) -> Verdict:
    """Computers, controllers and trusts replace their password within 90 days, as long as they are used.

    They do so every 30 days by themselves. Who does not was told not to, or was put there with the password that
    everybody guesses, its own name. A computer that is away replaces nothing: days count until its last sign-in.

    Remediation: Remove the policy *Disable machine account password changes*. The key of AZUREADSSOACC you have to
    replace yourself: `Update-AzureADSSOForest`.
    """
    if account.type not in MACHINES:
        return not_applicable(f"{called(account)} is no account of a computer or a trust")
    if not account.enabled:
        return not_applicable(f"{called(account)} is switched off")
    if account.password_changed is None:
        return failed(f"{called(account)} has yet to replace the password that it was made with")
    said = f"the password of {called(account)} is of {account.password_changed:%Y-%m-%d}"
    bound = account.password_changed + timedelta(days=max_days)
    if bound >= as_of:
        return passed(said)
    computer = computers.here.get(account.id) if account.type == "computer" else None
    if computer is None or computer.last_sign_in is None:
        return failed(said)
    verdict = passed if computer.last_sign_in <= bound else failed
    return verdict(f"{said}, and it last signed in on {computer.last_sign_in:%Y-%m-%d}")


@check(objective="secrets-are-stored-safely", severity=Severity.HIGH)
def managed_password_is_handed_to_few(account: AdAccount) -> Verdict:
    """The password of a managed account is told only to the computers that need it.

    The domain makes it and tells whoever is listed: where that is everybody, or all computers, whoever took one has the
    account.

    Remediation: `Set-ADServiceAccount NAME -PrincipalsAllowedToRetrieveManagedPassword GROUP`, with the computers that
    run the service in the group.
    """
    if account.type != "managed":
        return not_applicable(f"{called(account)} is no account that the domain manages")
    if not account.enabled:
        return not_applicable(f"{called(account)} is switched off")
    if many := [each for each in account.password_handed_to if each in CROWDS or each.endswith(CROWDS_OF_A_DOMAIN)]:
        return failed(f"the password of {called(account)} is told to {', '.join(many)}, of which many are")
    told = f"is told to {', '.join(account.password_handed_to)}" if account.password_handed_to else "is told to nobody"
    return passed(f"the password of {called(account)} {told}")


@check(objective="passwords-resist-guessing", severity=Severity.CRITICAL)
def password_is_required(account: AdAccount) -> Verdict:
    """No enabled account may have an empty password.

    A flag excepts an account from the policy, so that its password may be empty, whether it is now or not. Accounts of
    trusts have it by design, and nobody signs in with them.

    Remediation: `Set-ADAccountControl -PasswordNotRequired $false`, and set a password.
    """
    if account.type == "trust":
        return not_applicable(f"{called(account)} is of a trust, whose password the domains make")
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
    if account.type != "user" and "DES" not in (account.ciphers or ()):
        return not_applicable(f"the password of {called(account)} is random, so that nobody guesses it from a ticket")
    if account.ciphers is None:
        return unknown(f"{called(account)} names no ciphers, so that a setting of each controller decides")
    verdict = failed if BROKEN & set(account.ciphers) else passed
    return verdict(f"tickets to services of {called(account)} are made with {' or '.join(account.ciphers)}")


def called(account: AdAccount) -> str:
    """The login, which people know; the id where it was not shown."""
    return account.id if "login" in missing_fields(account) else account.login
