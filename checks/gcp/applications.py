"""Checks of what applications run on and talk through."""

from __future__ import annotations

from checks.gcp.encryption import key_of_ours
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.gcp.applications import Cache, Endpoint, Repository, Topic


@check(objective="internet-exposure-is-intended", severity=Severity.MEDIUM)
def endpoint_is_not_open_to_the_internet(endpoint: Endpoint, *, approved: tuple[str, ...] = ()) -> Verdict:
    """A service of Cloud Run or a function takes requests from inside or from load balancers only, unless that was
    approved.

    At its own address neither a firewall of applications nor a limit on requests stands before it. Name those that are
    meant for everybody in the setting `approved`.

    Remediation: `gcloud run services update SERVICE --ingress=internal-and-cloud-load-balancing`.
    """
    said = f"{endpoint.name} takes requests from {endpoint.reached_from}"
    if endpoint.reached_from != "everywhere":
        return passed(said)
    return passed(f"{said}, which is approved") if endpoint.name in approved else failed(said)


@check(objective="data-is-not-public", severity=Severity.HIGH)
def endpoint_asks_who_calls(endpoint: Endpoint, *, approved: tuple[str, ...] = ()) -> Verdict:
    """A service of Cloud Run asks IAM whether a caller may, unless that was approved.

    Where that check is off everybody who reaches the service may call it, though no policy says `allUsers`. Name those
    that are meant for everybody in the setting `approved`.

    Remediation: `gcloud run services update SERVICE --invoker-iam-check`.
    """
    if endpoint.asks_who_calls:
        return passed(f"{endpoint.name} asks IAM who may call it")
    said = f"{endpoint.name} lets everybody call it, from {endpoint.reached_from}"
    return passed(f"{said}, which is approved") if endpoint.name in approved else failed(said)


@check(objective="keys-are-under-our-control", severity=Severity.LOW)
def topic_has_a_key_of_ours(topic: Topic) -> Verdict:
    """Messages of a topic are encrypted with a key of ours.

    Google encrypts every message; only with a key of ours can we take the data away from everybody.

    Remediation: Make topics with `--topic-encryption-key=…`; it cannot be set later.
    """
    return key_of_ours(topic.name, topic.key)


@check(objective="keys-are-under-our-control", severity=Severity.LOW)
def cache_has_a_key_of_ours(cache: Cache) -> Verdict:
    """What Memorystore for Redis keeps is encrypted with a key of ours.

    Google encrypts every instance; only with a key of ours can we take the data away from everybody.

    Remediation: Make instances with `--customer-managed-key=…`; it cannot be set later.
    """
    return key_of_ours(cache.name, cache.key)


@check(objective="data-in-transit-is-protected", severity=Severity.MEDIUM)
def cache_wants_tls(cache: Cache) -> Verdict:
    """Memorystore for Redis takes connections with TLS only.

    Without it sessions and what else is cached can be read on the way.

    Remediation: Make instances with `--transit-encryption-mode=SERVER_AUTHENTICATION`; it cannot be set later.
    """
    return passed(f"{cache.name} wants TLS") if cache.tls else failed(f"{cache.name} takes connections without TLS")


@check(objective="data-is-not-public", severity=Severity.MEDIUM)
def cache_wants_a_password(cache: Cache) -> Verdict:
    """Memorystore for Redis wants a password.

    Otherwise every machine of the network reads and changes what is in it.

    Remediation: `gcloud redis instances update INSTANCE --enable-auth`.
    """
    if cache.password:
        return passed(f"{cache.name} wants a password")
    return failed(f"{cache.name} lets in everybody in its network")


@check(objective="vulnerabilities-are-looked-for", severity=Severity.MEDIUM)
def repository_is_scanned(repository: Repository) -> Verdict:
    """What is put into a repository of Artifact Registry is searched for known vulnerabilities.

    Images are made of parts that others wrote, whose faults become known later.

    Remediation: `gcloud services enable containerscanning.googleapis.com`, and
    `gcloud artifacts repositories update REPOSITORY --allow-vulnerability-scanning`.
    """
    if repository.scanned is None:
        return not_applicable(f"{repository.name} keeps {repository.format}, which cannot be scanned there")
    return (
        passed(f"{repository.name} is scanned") if repository.scanned else failed(f"{repository.name} is not scanned")
    )
