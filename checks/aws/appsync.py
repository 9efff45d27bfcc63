"""Checks of GraphQL APIs."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.aws.apigateway import GraphqlApi

KEY = "API_KEY"


@check(objective="use-is-logged", severity=Severity.MEDIUM)
def graphql_api_logs_fields(api: GraphqlApi) -> Verdict:
    """A GraphQL API records what goes on in its fields.

    All requests go to one address: without this log nobody can tell a question from an attack.

    Remediation: *AppSync*, the API, *Settings*, *Logging*: at least errors.
    """
    if api.log_level == "NONE":
        return failed(f"{api.name} records nothing of its fields")
    return passed(f"{api.name} records its fields at level {api.log_level}")


@check(objective="sign-in-methods-are-strong", severity=Severity.HIGH)
def graphql_api_asks_who_calls(api: GraphqlApi, *, approved: tuple[str, ...] = ()) -> Verdict:
    """A GraphQL API asks who calls, not only for a key.

    The key stands in every copy of the application: it proves nothing. APIs for everybody stand in the setting
    `approved`, by name or ARN.

    Remediation: Change the authorization to IAM, a user pool, OpenID Connect or a function.
    """
    methods = ", ".join(api.sign_in)
    if KEY not in api.sign_in:
        return passed(f"callers of {api.name} prove who they are by {methods}")
    if {api.id, api.name} & set(approved):
        return passed(f"{api.name} takes {methods}, which is approved")
    return failed(f"{api.name} takes {methods}")


@check(objective="traffic-is-filtered", severity=Severity.LOW)
def graphql_api_has_a_web_acl(api: GraphqlApi) -> Verdict:
    """A GraphQL API on the internet is behind a web ACL.

    It can turn away what is too large, too often, or from where nobody should come.

    Remediation: `aws wafv2 associate-web-acl --web-acl-arn … --resource-arn …`.
    """
    if api.is_private:
        return not_applicable(f"{api.name} is private")
    if api.web_acl:
        return passed(f"{api.name} is behind {api.web_acl}")
    return failed(f"{api.name} is behind no web ACL")
