"""Checks of APIs of the second version, for HTTP and WebSocket."""

from __future__ import annotations

from checks.aws.apigateway import asks_too_little
from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.resources.aws.apigateway import HttpApi, HttpApiStage


@check(objective="use-is-logged", severity=Severity.MEDIUM)
def stage_logs_requests(stage: HttpApiStage) -> Verdict:
    """A stage of an API records the requests that it gets.

    The log has who called what, also where the functions behind it keep none.

    Remediation: `aws apigatewayv2 update-stage --access-log-settings DestinationArn=…,Format=…`.
    """
    if stage.access_log:
        return passed(f"{stage.name} records requests into {stage.access_log}")
    return failed(f"{stage.name} records no requests")


@check(objective="data-is-not-public", severity=Severity.MEDIUM)
def routes_ask_who_calls(api: HttpApi, *, approved: tuple[str, ...] = ()) -> Verdict:
    """Each route of an API asks who calls.

    What one route leaves open, no other can close. These APIs are always on the internet. An API key alone does not
    count: AWS means it for quotas. Routes for everybody stand in the setting `approved`, as `GET /status`.

    Remediation: `aws apigatewayv2 update-route --authorization-type …`, with JWT, IAM or an authorizer of your own.
    """
    name = f"{api.name} ({api.protocol})"
    if reason := asks_too_little(name, api.open_routes, api.keyed_routes, approved):
        return failed(reason)
    return passed(f"no route of {api.name} ({api.protocol}) is open to everybody without approval")
