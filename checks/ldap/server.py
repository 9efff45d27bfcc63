"""Checks of LDAP servers."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.idp import PasswordPolicy
from core.resources.ldap import LdapPolicyChoice, LdapServer

CURRENT = ("1.2", "1.3")


@check(objective="data-is-not-public", severity=Severity.HIGH)
def strangers_see_nothing(server: LdapServer) -> Verdict:
    """Who has not signed in is shown no entry.

    A directory lists everybody who works here, how they are called, and which accounts are worth an attack.

    Remediation: In OpenLDAP end the rules of access with `by * none`, and set `olcRequires: authc` on the database, or
    `olcDisallows: bind_anon` for the whole server. In Active Directory set the seventh character of dSHeuristics to 0.
    """
    if server.anonymous_sees:
        return failed(f"entries below {', '.join(server.anonymous_sees)} are shown to anybody")
    return passed("nothing is shown to somebody who has not signed in")


@check(objective="data-in-transit-is-protected", severity=Severity.HIGH)
def passwords_need_tls(server: LdapServer) -> Verdict:
    """A name and a password are taken through TLS only.

    LDAP sends a password as it is: who listens to one sign-in without TLS has it.

    Remediation: In OpenLDAP set `olcSecurity: simple_bind=128`, or serve `ldaps:///` and `ldapi:///` alone. In Active
    Directory set the policy *Domain controller: LDAP server signing requirements* to *Require signing*.
    """
    if server.cleartext_sign_in == "accepted":
        return failed("a name and a password that arrive without TLS are looked at")
    return passed(f"sign-in without TLS is {server.cleartext_sign_in}")


@check(objective="cryptography-is-strong", severity=Severity.MEDIUM)
def tls_is_current(server: LdapServer) -> Verdict:
    """TLS before 1.2 is refused.

    Older versions rest on broken hashes and ciphers, and an attacker in the middle can talk both sides down to them.

    Remediation: In OpenLDAP set `olcTLSProtocolMin: 3.3` in cn=config; where it was built with GnuTLS, as Debian's,
    which passes over that, `olcTLSCipherSuite: NORMAL:-VERS-TLS1.0:-VERS-TLS1.1`. On Windows switch TLS 1.0 and 1.1 off
    in Schannel.
    """
    if not server.tls_minimum:
        return unknown("no oldest version was set when this was collected, so that the server's library decided")
    verdict = passed if server.tls_minimum in CURRENT else failed
    return verdict(f"TLS {server.tls_minimum} is the oldest version that is taken")


@check(objective="passwords-resist-guessing", severity=Severity.HIGH)
def everybody_has_a_password_policy(server: LdapServer, policies: Population[PasswordPolicy]) -> Verdict:
    """There is a password policy for whoever has no other.

    A policy that must be given to each account is missing on the one that was forgotten. A default that is not there
    is none, and each database has its own.

    Remediation: In OpenLDAP give each database the overlay ppolicy, and name an entry in its `olcPPolicyDefault`.
    """
    if not server.policies_enforced:
        return failed("the server has no password policies switched on")
    if server.default_policies:
        if "" in server.default_policies:
            return failed("there is a database in which no policy holds for whoever has no other")
        names = [(each, policies.here.get(each)) for each in server.default_policies]
        if gone := [each for each, found in names if found is None]:
            return failed(f"{' and '.join(gone)}, named for whoever has no other, is no policy that is there")
        return passed(f"{' and '.join(found.name for _, found in names if found)} holds for whoever has no other")
    defaults = [policy.name for policy in policies.here if policy.default]
    if not defaults:
        return failed(f"none of {len(policies.here)} policies holds for whoever has no other")
    return passed(f"{defaults[0]} holds for whoever has no other")


@check(objective="passwords-resist-guessing", severity=Severity.MEDIUM)
def policies_that_accounts_name_are_there(choice: LdapPolicyChoice, policies: Population[PasswordPolicy]) -> Verdict:
    """Every password policy that an account names is there.

    For an account that names one that is not, slapd enforces none, also not the default (slapo-ppolicy(5)).

    Remediation: Correct `pwdPolicySubentry` of these accounts, or remove it.
    """
    if not choice.policies:
        return not_applicable("no account names a policy of its own")
    if not policies.here:
        return not_applicable("no password policies are enforced")
    if gone := [each for each in choice.policies if policies.here.get(each) is None]:
        return failed(f"accounts name {' and '.join(gone)}, which is no policy that is there")
    return passed(f"accounts name {' and '.join(choice.policies)} beside the default")
