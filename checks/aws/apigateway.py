"""Checks of APIs of the first version, and of the names that APIs have."""

from __future__ import annotations

import re
from collections.abc import Sequence

from checks.aws.policies import everybody_may
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resources.aws.apigateway import ApiDomain, RestApi, RestApiStage

OLD = re.compile(r"TLS_1_0|SecurityPolicy_TLS1[01]_\w+|SecurityPolicy_TLS13_1_[01]_\w+")
NEW = re.compile(r"TLS_1_2|SecurityPolicy_TLS1[23]_\w+")
"""Names of policies. That of one with TLS 1.3 says which version is the oldest: `SecurityPolicy_TLS13_1_2_2021_06`."""


@check(objective="internet-exposure-is-intended", severity=Severity.MEDIUM)
def rest_api_is_public_on_purpose(api: RestApi, *, approved: tuple[str, ...] = ()) -> Verdict:
    """An API is reached from the internet only when that was approved.

    A private API, or one whose policy says who may come, is not open to the world. Name those that are meant to
    be in the setting `approved`, by name or ARN.

    Remediation: Change the endpoint type to private, or write a resource policy with accounts, networks or addresses.
    """
    if api.is_private:
        return passed(f"{api.name} is private")
    if {api.id, api.name} & set(approved):
        return passed(f"{api.name} is on the internet, which is approved")
    if api.statements and not everybody_may(api.statements):
        return passed(f"the policy of {api.name} says who may come")
    return failed(f"{api.name} is on the internet, and its policy lets everybody in")


@check(objective="data-is-not-public", severity=Severity.MEDIUM)
def methods_ask_who_calls(api: RestApi, *, approved: tuple[str, ...] = ()) -> Verdict:
    """Each method of an API asks who calls.

    What one method leaves open, no other can close. An authorizer or IAM count; so does a resource policy that confines
    who may come. An API key alone does not: AWS means it for quotas, and it opens every API of its usage plan. Methods
    for everybody stand in the setting `approved`, as `GET /status`.

    Remediation: Set the *Authorization* of the method to IAM, a user pool or an authorizer of your own.
    """
    reason = asks_too_little(api.name, api.open_methods, api.keyed_methods, approved)
    if not reason:
        return passed(f"no method of {api.name} is open to everybody without approval")
    if api.is_private or (api.statements and not everybody_may(api.statements)):
        return passed(f"{reason}, but not everybody can reach them")
    return failed(reason)


@check(objective="use-is-logged", severity=Severity.MEDIUM)
def stage_logs_requests(stage: RestApiStage) -> Verdict:
    """A stage of an API records the requests that it gets.

    An access log, or an execution log of errors at least, shows who called what.

    Remediation: *API Gateway*, the stage, *Logs and tracing*: access logging, or CloudWatch logs.
    """
    if stage.access_log:
        return passed(f"{stage.name} records requests into {stage.access_log}")
    if stage.execution_log in ("ERROR", "INFO"):
        return passed(f"{stage.name} has an execution log of level {stage.execution_log}")
    return failed(f"{stage.name} records no requests")


@check(objective="data-at-rest-is-encrypted", severity=Severity.MEDIUM)
def stage_encrypts_its_cache(stage: RestApiStage) -> Verdict:
    """A stage that keeps answers in a cache encrypts them.

    The cache holds the same data as what is behind the API.

    Remediation: *API Gateway*, the stage, cache settings, *Encrypt cache data*.
    """
    if not stage.caches:
        return not_applicable(f"{stage.name} keeps no answers")
    if stage.cache_is_encrypted:
        return passed(f"{stage.name} encrypts its cache")
    return failed(f"{stage.name} keeps answers of some methods unencrypted")


@check(objective="traffic-is-filtered", severity=Severity.MEDIUM)
def stage_has_a_web_acl(stage: RestApiStage) -> Verdict:
    """A stage of an API on the internet is behind a web ACL.

    Scanners and known attacks are turned away before they reach the application.

    Remediation: `aws wafv2 associate-web-acl --web-acl-arn … --resource-arn …`.
    """
    if stage.is_private:
        return not_applicable(f"{stage.name} is private")
    if stage.web_acl:
        return passed(f"{stage.name} is behind {stage.web_acl}")
    return failed(f"{stage.name} is behind no web ACL")


@check(objective="cryptography-is-strong", severity=Severity.MEDIUM)
def domain_accepts_strong_tls(domain: ApiDomain) -> Verdict:
    """A name of our own for APIs accepts TLS 1.2 and later only.

    Earlier versions can be broken, and who sits in between can choose them.

    Remediation: `aws apigateway update-domain-name`, `securityPolicy` to `TLS_1_2` or a later one.
    """
    reason = f"{domain.name} has the security policy {domain.policy}"
    if OLD.fullmatch(domain.policy):
        return failed(reason)
    return passed(reason) if NEW.fullmatch(domain.policy) else unknown(reason)


def asks_too_little(name: str, open_ones: Sequence[str], keyed: Sequence[str], approved: Sequence[str]) -> str:
    """Which methods or routes of an API do not ask who calls, those apart that were approved; empty for none."""
    words = {"ask nobody who calls": open_ones, "ask for an API key alone": keyed}
    lax = {how: [each for each in found if each not in approved] for how, found in words.items()}
    return "; ".join(f"{', '.join(found)} of {name} {how}" for how, found in lax.items() if found)
