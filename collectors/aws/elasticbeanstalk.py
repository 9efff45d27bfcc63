"""Elastic Beanstalk: environments and their settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.marks import kinds_of_secrets
from collectors.aws.offers import listed
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import Unobserved, unobserved
from core.resources.aws.elasticbeanstalk import BeanstalkEnvironment

ENVIRONMENTS = Read("elasticbeanstalk", "DescribeEnvironments")
SETTINGS = Read("elasticbeanstalk", "DescribeConfigurationSettings")
PREFIX = "aws:elasticbeanstalk:"


@collector(permissions=(ENVIRONMENTS, SETTINGS))
def environments(region: AwsRegion) -> Iterator[BeanstalkEnvironment]:
    """Every environment of the region that is not terminated."""
    alive = listed(region, ENVIRONMENTS, "Environments", IncludeDeleted=False)
    yield from region.each(lambda found: _environment(region, found), alive)


def _environment(region: AwsRegion, found: Mapping[str, Any]) -> BeanstalkEnvironment:
    options: Any = region.look(lambda: _options(region, found))
    secrets: Any = options if isinstance(options, Unobserved) else tuple(_secrets(options))
    return BeanstalkEnvironment(
        id=found["EnvironmentId"],
        name=found["EnvironmentName"],
        streams_logs=_is_on(options, f"{PREFIX}cloudwatch:logs", "StreamLogs"),
        updates=_is_on(options, f"{PREFIX}managedactions", "ManagedActionsEnabled"),
        health=_value(options, f"{PREFIX}healthreporting:system", "SystemType"),
        secrets=secrets,
    )


def _options(region: AwsRegion, found: Mapping[str, Any]) -> Any:
    """What every option is set to, by namespace and name. Elastic Beanstalk tells defaults as well."""
    asked = {"ApplicationName": found["ApplicationName"], "EnvironmentName": found["EnvironmentName"]}
    described = region.ask(SETTINGS, **asked)["ConfigurationSettings"]
    return {
        (option["Namespace"], option["OptionName"]): option.get("Value", "")
        for each in described
        if each.get("DeploymentStatus", "deployed") == "deployed"
        for option in each["OptionSettings"]
    }


def _value(options: Any, namespace: str, name: str) -> str:
    if isinstance(options, Unobserved):
        unseen: Any = options
        return unseen  # type: ignore[no-any-return] # stands for the text that nobody saw
    value: str = options.get((namespace, name)) or unobserved(f"Elastic Beanstalk does not say its {name}")
    return value


def _is_on(options: Any, namespace: str, name: str) -> bool:
    value: Any = _value(options, namespace, name)
    return value if isinstance(value, Unobserved) else value.lower() == "true"  # type: ignore[return-value] # stands for


def _secrets(options: Mapping[tuple[str, str], str]) -> Iterator[str]:
    for (namespace, name), value in sorted(options.items()):
        if namespace == f"{PREFIX}application:environment" and (kinds := kinds_of_secrets(value)):
            yield f"{name} ({', '.join(kinds)})"
