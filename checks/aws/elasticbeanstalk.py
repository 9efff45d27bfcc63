"""Checks of Elastic Beanstalk."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.resources.aws.elasticbeanstalk import BeanstalkEnvironment


@check(objective="logs-are-collected-centrally", severity=Severity.HIGH)
def environment_streams_logs(environment: BeanstalkEnvironment) -> Verdict:
    """The logs of the environment's machines go to CloudWatch.

    Machines come and go; a log that stays on them goes with them.

    Remediation: *Updates, monitoring, and logging*, *Instance log streaming to CloudWatch Logs*.
    """
    if environment.streams_logs:
        return passed(f"{environment.name} streams logs to CloudWatch")
    return failed(f"{environment.name} keeps logs on its machines")


@check(objective="vulnerabilities-are-fixed", severity=Severity.HIGH)
def environment_is_updated(environment: BeanstalkEnvironment) -> Verdict:
    """The platform beneath the environment is updated every week.

    Fixes of the operating system and of the language come that way, and in no other.

    Remediation: *Managed platform updates*, activate, with a window and the level *Minor and patch*.
    """
    if environment.updates:
        return passed(f"{environment.name} has managed updates")
    return failed(f"{environment.name} has no managed updates")


@check(objective="capacity-is-watched", severity=Severity.LOW)
def environment_tells_how_it_is(environment: BeanstalkEnvironment) -> Verdict:
    """The environment reports its health in detail.

    Basic reports only say whether a machine answers.

    Remediation: *Updates, monitoring, and logging*, *Health reporting*, enhanced.
    """
    if environment.health == "enhanced":
        return passed(f"{environment.name} has enhanced health reporting")
    return failed(f"{environment.name} has {environment.health} health reporting")


@check(objective="secrets-are-stored-safely", severity=Severity.HIGH)
def environment_keeps_no_secrets(environment: BeanstalkEnvironment) -> Verdict:
    """No password, key or token stands in the environment's plain variables.

    Everybody who may look at the environment reads it.

    Remediation: Put it into Secrets Manager or Parameter Store, refer to it from the environment, and replace it.
    """
    if environment.secrets:
        return failed(f"{environment.name} holds what looks like secrets: {', '.join(environment.secrets)}")
    return passed(f"nothing in {environment.name} looks like a secret")
