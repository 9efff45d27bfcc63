"""Checks of OpenSearch domains: who gets in, how data is kept and sent, and what is told of its use."""

from __future__ import annotations

from checks.aws.databases import encrypted, has
from checks.aws.policies import accounts_let_in, everybody_may
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resources.aws.opensearch import SearchDomain

AUDIT, SLOW_SEARCH, SLOW_INDEX = "AUDIT_LOGS", "SEARCH_SLOW_LOGS", "INDEX_SLOW_LOGS"
OLD_TLS, NEW_TLS = "Policy-Min-TLS-1-0", "Policy-Min-TLS-1-"


@check(objective="internet-exposure-is-intended", severity=Severity.HIGH)
def domain_is_inside_a_network(domain: SearchDomain, *, approved: tuple[str, ...] = ()) -> Verdict:
    """A domain is reached through a private network only.

    With a public address its access policy is all that lies between anybody and the data. Name domains that are meant
    to be public in the setting `approved`.

    Remediation: It can only be chosen when a domain is made: *Network*, *VPC access*; then restore a snapshot there.
    """
    if domain.network:
        return passed(f"{domain.name} is in {domain.network}")
    if domain.name in approved:
        return passed(f"{domain.name} has a public address, which is approved")
    return failed(f"{domain.name} has a public address")


@check(objective="data-is-not-public", severity=Severity.CRITICAL)
def domain_is_not_open_to_everybody(domain: SearchDomain) -> Verdict:
    """Nobody gets at a domain without saying who they are.

    An open index is found within hours, copied, and often replaced by a demand for money.

    Remediation: Name accounts or roles in the access policy, or switch on *fine-grained access control*.
    """
    if domain.network:
        return passed(f"{domain.name} is in {domain.network}, out of everybody's reach")
    if not everybody_may(domain.statements):
        return passed(f"the access policy of {domain.name} lets only certain principals in")
    if domain.knows_users and not domain.lets_anybody_in:
        return passed(f"the access policy of {domain.name} lets everybody in, who must then sign in")
    return failed(f"the access policy of {domain.name} lets everybody in")


@check(objective="outside-access-is-approved", severity=Severity.HIGH)
def domain_lets_in_approved_accounts(domain: SearchDomain, *, approved: tuple[str, ...] = ()) -> Verdict:
    """The access policy of a domain lets in no other account, unless that was approved.

    What another account does with our data, only its owner decides.

    Remediation: Name the account in the setting `approved`, or take it out of the access policy.
    """
    others = sorted(accounts_let_in(domain.statements) - {domain.id.split(":")[4]} - set(approved))
    if others:
        return failed(f"the access policy of {domain.name} lets in {', '.join(others)}, which nobody approved")
    return passed(f"the access policy of {domain.name} lets in no account that was not approved")


@check(objective="data-at-rest-is-encrypted", severity=Severity.HIGH)
def domain_is_encrypted(domain: SearchDomain) -> Verdict:
    """The indexes, logs and snapshots of a domain are encrypted.

    Domains of before that was possible, and those whose makers left it out, still keep everything in plain text.

    Remediation: *Security configuration*, *Enable encryption of data at rest*. It cannot be taken back.
    """
    return encrypted(domain.name, on=domain.encrypted, key="a key of KMS")


@check(objective="data-in-transit-is-protected", severity=Severity.MEDIUM)
def domain_encrypts_between_nodes(domain: SearchDomain) -> Verdict:
    """The nodes of a domain talk to each other by TLS.

    Every document travels between nodes, to be copied and to be found.

    Remediation: *Security configuration*, *Node-to-node encryption*. It cannot be taken back.
    """
    return has("encryption between its nodes", on=domain.encrypts_between_nodes, name=domain.name)


@check(objective="data-in-transit-is-protected", severity=Severity.HIGH)
def domain_needs_tls(domain: SearchDomain) -> Verdict:
    """A domain answers by TLS alone, and with no version before 1.2.

    Plain HTTP shows passwords and documents to everybody on the way; TLS 1.0 has been broken for long.

    Remediation: `aws opensearch update-domain-config --domain-endpoint-options
    EnforceHTTPS=true,TLSSecurityPolicy=Policy-Min-TLS-1-2-PFS-2023-10 --domain-name …`.
    """
    if not domain.needs_tls:
        return failed(f"{domain.name} answers plain HTTP")
    reason = f"{domain.name} answers by TLS alone, with {domain.tls_policy}"
    if domain.tls_policy.startswith(OLD_TLS):
        return failed(reason)
    return passed(reason) if domain.tls_policy.startswith(NEW_TLS) else unknown(reason)


@check(objective="use-is-logged", severity=Severity.MEDIUM)
def domain_logs_who_signs_in(domain: SearchDomain) -> Verdict:
    """A domain writes its audit log to CloudWatch Logs.

    It says who signed in, who was refused, and who read what; it needs *fine-grained access control*.

    Remediation: *Logs*, *Audit logs*, *Enable*; then switch it on in OpenSearch Dashboards as well.
    """
    return has("audit log", on=AUDIT in domain.logs, name=domain.name)


@check(objective="logs-are-collected-centrally", severity=Severity.LOW)
def domain_sends_its_logs_away(domain: SearchDomain, *, needed: tuple[str, ...] = (SLOW_SEARCH, SLOW_INDEX)) -> Verdict:
    """The logs of a domain go to CloudWatch Logs.

    The slow logs show who strains it, and how. Name in `needed` which there must be.

    Remediation: *Logs*, *Enable* for each.
    """
    if lacking := sorted(set(needed) - set(domain.logs)):
        return failed(f"{domain.name} does not send {', '.join(lacking)} to CloudWatch Logs")
    return passed(f"{domain.name} sends {', '.join(domain.logs)} to CloudWatch Logs")


@check(objective="permissions-are-least", severity=Severity.MEDIUM)
def domain_knows_its_users(domain: SearchDomain) -> Verdict:
    """A domain gives rights to users: who may see which index, document and field.

    Without *fine-grained access control*, who gets in may do everything.

    Remediation: *Security configuration*, *Enable fine-grained access control*. It cannot be taken back.
    """
    if not domain.knows_users:
        return has("fine-grained access control", on=False, name=domain.name)
    if domain.lets_anybody_in:
        return failed(f"{domain.name} has fine-grained access control, and still lets in who does not sign in")
    return has("fine-grained access control", on=True, name=domain.name)


@check(objective="access-is-managed-centrally", severity=Severity.LOW)
def domain_has_no_users_of_its_own(domain: SearchDomain) -> Verdict:
    """A domain takes its users from IAM, SAML or IAM Identity Center.

    Users and passwords that live in the domain alone are forgotten when people leave.

    Remediation: *Security configuration*, *Set IAM ARN as master user*, and SAML for people.
    """
    if not domain.knows_users:
        return not_applicable(f"{domain.name} has no users at all")
    if domain.own_users:
        return failed(f"{domain.name} has users and passwords of its own")
    return passed(f"{domain.name} has no users of its own")


@check(objective="services-survive-failures", severity=Severity.LOW)
def domain_survives_its_zone(domain: SearchDomain, *, nodes: int = 3) -> Verdict:
    """A domain has enough data nodes, in several zones.

    With three, one can fail, or be replaced, without loss of data or of service.

    Remediation: *Cluster configuration*, *3-AZ*, three data nodes.
    """
    reason = f"{domain.name} has {domain.nodes} data nodes in {domain.zones} zones"
    return passed(reason) if domain.nodes >= nodes and domain.zones > 1 else failed(reason)


@check(objective="services-survive-failures", severity=Severity.LOW)
def domain_keeps_its_masters(domain: SearchDomain, *, masters: int = 3) -> Verdict:
    """A domain has enough dedicated master nodes.

    Three can lose one and still agree; without them data nodes lead the cluster while they are under load.

    Remediation: *Cluster configuration*, *Dedicated master nodes*, three.
    """
    reason = f"{domain.name} has {domain.masters} dedicated master nodes"
    return passed(reason) if domain.masters >= masters else failed(reason)


@check(objective="vulnerabilities-are-fixed", severity=Severity.MEDIUM)
def domain_is_up_to_date(domain: SearchDomain) -> Verdict:
    """No service software waits to be installed in a domain.

    It brings the fixes of the machines and of the engine.

    Remediation: `aws opensearch start-service-software-update --domain-name …`, or let it come by itself: *Off-peak
    window*, *Automatic software update*.
    """
    if domain.update:
        return failed(f"service software waits to be installed in {domain.name}: {domain.update}")
    return passed(f"no service software waits to be installed in {domain.name}")
