"""Checks of Lambda: who may call functions, what they know, and what they run on."""

from __future__ import annotations

from datetime import date, datetime

from checks.aws.callers import closed_to_everybody, lets_in_approved, serves_ours
from checks.aws.left_out import unless_a_shadow_falls
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.aws.awslambda import Function
from core.resources.aws.cloudtrail import Trail, TrailShadow
from core.resources.aws.vpc import Subnet

CALLS = "AWS::Lambda::Function"
FIXES_END = {
    "dotnet10": date(2028, 11, 14), "dotnet6": date(2024, 12, 20), "dotnet8": date(2026, 11, 10),
    "dotnetcore1.0": date(2019, 6, 27), "dotnetcore2.0": date(2019, 5, 30), "dotnetcore2.1": date(2022, 1, 5),
    "dotnetcore3.1": date(2023, 4, 3), "go1.x": date(2024, 1, 8), "java11": date(2027, 6, 30),
    "java17": date(2027, 6, 30), "java21": date(2029, 6, 30), "java25": date(2029, 6, 30), "java8": date(2024, 1, 8),
    "java8.al2": date(2027, 6, 30), "nodejs": date(2016, 10, 31), "nodejs10.x": date(2021, 7, 30),
    "nodejs12.x": date(2023, 3, 31), "nodejs14.x": date(2023, 12, 4), "nodejs16.x": date(2024, 6, 12),
    "nodejs18.x": date(2025, 9, 1), "nodejs20.x": date(2026, 4, 30), "nodejs22.x": date(2027, 4, 30),
    "nodejs24.x": date(2028, 4, 30), "nodejs4.3": date(2020, 3, 5), "nodejs4.3-edge": date(2020, 3, 5),
    "nodejs6.10": date(2019, 8, 12), "nodejs8.10": date(2020, 3, 6), "provided": date(2024, 1, 8),
    "provided.al2": date(2026, 7, 31), "provided.al2023": date(2029, 6, 30), "python2.7": date(2021, 7, 15),
    "python3.10": date(2026, 10, 31), "python3.11": date(2027, 6, 30), "python3.12": date(2028, 10, 31),
    "python3.13": date(2029, 6, 30), "python3.14": date(2029, 6, 30), "python3.6": date(2022, 7, 18),
    "python3.7": date(2023, 12, 4), "python3.8": date(2024, 10, 14), "python3.9": date(2025, 12, 15),
    "ruby2.5": date(2021, 7, 30), "ruby2.7": date(2023, 12, 7), "ruby3.2": date(2026, 3, 31),
    "ruby3.3": date(2027, 3, 31), "ruby3.4": date(2028, 3, 31),
}  # fmt: skip
"""The days on which AWS ends its fixes for a runtime (Lambda Developer Guide, *Runtimes*). Lambda has no operation that
tells them, and AWS moves some: which of them a second source confirms stands in docs/sources/aws.md."""


@check(objective="data-is-not-public", severity=Severity.CRITICAL)
def function_is_not_public(function: Function) -> Verdict:
    """Not everybody may call the function, or change it.

    A policy for all principals lets every customer of AWS run our code with our rights, at our cost. The policies of
    aliases count as well.

    Remediation: `aws lambda remove-permission`, then grant it again with an account in `--principal`, or with
    `--source-account`, `--source-arn` or `--principal-org-id`.
    """
    return closed_to_everybody(function.name, function.statements)


@check(objective="outside-access-is-approved", severity=Severity.MEDIUM)
def function_lets_in_approved_accounts(function: Function, *, approved: tuple[str, ...] = ()) -> Verdict:
    """The function's policy lets in no other account, unless that was approved.

    Who calls a function has it do what its role may.

    Remediation: Name the account in the setting `approved`, or `aws lambda remove-permission`.
    """
    return lets_in_approved(function.name, function.id, function.statements, approved)


@check(objective="outside-access-is-approved", severity=Severity.MEDIUM)
def function_serves_our_resources(function: Function) -> Verdict:
    """Services of AWS call the function only for certain accounts or resources.

    Where a policy lets in a service and no more is said, a stranger has that service call our function: with a bucket
    or a topic of theirs.

    Remediation: Grant the permission again with `--source-arn` and, for S3, `--source-account`.
    """
    return serves_ours(function.name, function.statements)


@check(objective="data-is-not-public", severity=Severity.HIGH)
def function_address_needs_authentication(function: Function) -> Verdict:
    """Who calls the function by an address on the internet has to prove who they are.

    With the type `NONE`, whoever learns the address runs the function.

    Remediation: `aws lambda update-function-url-config --auth-type AWS_IAM`; or put API Gateway with an authorizer, or
    CloudFront with origin access control, in front of it.
    """
    if not function.urls:
        return passed(f"{function.name} has no address of its own")
    if open_ones := sorted(each.function for each in function.urls if each.auth != "AWS_IAM"):
        return failed(f"{', '.join(open_ones)} answers at its address without authentication")
    return passed(f"the address of {function.name} needs authentication by IAM")


@check(objective="internet-exposure-is-intended", severity=Severity.MEDIUM)
def function_address_answers_known_sites(function: Function) -> Verdict:
    """Scripts of other web sites cannot call the function from a browser, unless their site is named.

    With all origins allowed, any page that somebody visits can use the function through their browser.

    Remediation: `aws lambda update-function-url-config --cors AllowOrigins=https://www.example.com`.
    """
    if not function.urls:
        return not_applicable(f"{function.name} has no address of its own")
    if any("*" in origin for each in function.urls for origin in each.origins):
        return failed(f"the address of {function.name} answers scripts of all web sites")
    named = sorted({origin for each in function.urls for origin in each.origins})
    return passed(f"the address of {function.name} answers scripts of {', '.join(named) or 'no other site'}")


@check(objective="secrets-are-stored-safely", severity=Severity.HIGH)
def function_keeps_no_secrets_in_its_environment(function: Function) -> Verdict:
    """No password, key or token stands in the function's environment.

    Everybody who may look at the function reads it, and every crash report may hold it.

    Remediation: Put it into Secrets Manager or Parameter Store, read it there with the function's role, and replace it.
    """
    if function.secrets:
        return failed(
            f"the environment of {function.name} holds what looks like secrets: {', '.join(function.secrets)}"
        )
    return passed(f"nothing in the environment of {function.name} looks like a secret")


@check(objective="vulnerabilities-are-fixed", severity=Severity.HIGH)
def function_runtime_gets_fixes(function: Function, *, as_of: datetime) -> Verdict:
    """AWS still fixes the runtime of the function.

    After that day, vulnerabilities in the language and its libraries stay.

    Remediation: Test the function with a newer runtime, then `aws lambda update-function-configuration --runtime …`.
    """
    if not function.runtime:
        return not_applicable(f"{function.name} is a container image, which brings its own runtime")
    ends = FIXES_END.get(function.runtime)
    if ends is None:
        return unknown(
            f"{function.name} runs on {function.runtime}, of which this version does not know when fixes end"
        )
    if ends <= as_of.date():
        return failed(f"{function.name} runs on {function.runtime}, which gets no fixes since {ends}")
    return passed(f"{function.name} runs on {function.runtime}, which gets fixes until {ends}")


@check(objective="software-comes-from-approved-sources", severity=Severity.LOW)
def function_runs_signed_code_alone(function: Function) -> Verdict:
    """Lambda takes new code for the function only from approved signers.

    Who may update a function can put anything into it, whatever went through review.

    Remediation: Make a code signing configuration with the policy *Enforce*, and attach it to the function.
    """
    if not function.runtime:
        return not_applicable(f"{function.name} is a container image, which Lambda does not check for signatures")
    if function.signing == "Enforce":
        return passed(f"{function.name} takes only signed code")
    if function.signing:
        return failed(f"{function.name} takes unsigned code too ({function.signing})")
    return failed(f"{function.name} takes code of anybody who may update it")


@check(objective="services-survive-failures", severity=Severity.LOW)
def function_spans_zones(function: Function, subnets: Population[Subnet], *, zones: int = 2) -> Verdict:
    """A function in a network of ours can run in more than one zone.

    Outside of our networks Lambda chooses zones itself. Inside, it has those of the subnets that we name.

    Remediation: `aws lambda update-function-configuration --vpc-config SubnetIds=…` with subnets of several zones.
    """
    if not function.subnets:
        return not_applicable(f"{function.name} is in no network of ours")
    found = [subnets.get(each) for each in function.subnets]
    if missing := [name for name, subnet in zip(function.subnets, found, strict=True) if subnet is None]:
        return unknown(f"{', '.join(missing)} of {function.name} is in no account that we look at")
    names = sorted({subnet.zone for subnet in found if subnet is not None})
    if len(names) < zones:
        return failed(f"{function.name} can run only in {', '.join(names)}")
    return passed(f"{function.name} can run in {', '.join(names)}")


@check(objective="use-is-logged", severity=Severity.LOW)
def function_calls_are_recorded(trails: Population[Trail], shadows: Population[TrailShadow]) -> Verdict:
    """A trail records who calls functions.

    A function's own log says what it did, but not who had it do that.

    Remediation: *CloudTrail*, *Trails*, *Data events*, Lambda, all functions. Mind the cost, or choose functions.
    """
    partial = []
    for trail in trails:
        if not trail.logging:
            continue
        for data in trail.data:
            if data.kind == CALLS and data.writes:
                if data.everywhere and trail.multi_region:
                    return passed(f"{trail.name} records calls of all functions")
                partial.append(trail.name)
    none = "no trail records calls of functions"
    if partial:
        none = f"{', '.join(sorted(set(partial)))} records calls of some functions only"
    return unless_a_shadow_falls(failed(none), trails, shadows)
