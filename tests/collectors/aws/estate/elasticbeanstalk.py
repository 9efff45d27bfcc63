"""An environment. All is canned: moto gives environments neither ids nor settings."""

from __future__ import annotations

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import Maker

UNPAGED = {"aws.elasticbeanstalk.environments": "the listing is canned"}
PREFIX = "aws:elasticbeanstalk:"


def populate(_: Maker) -> None:
    """All is canned."""


def _option(namespace: str, name: str, value: str) -> str:
    return (
        f"<member><OptionName>{name}</OptionName><Value>{value}</Value>"
        f"<Namespace>{PREFIX}{namespace}</Namespace></member>"
    )


def _answer(operation: str, listing: str, inner: str) -> Canned:
    return Canned(
        f"<{operation}Response><{operation}Result><{listing}><member>{inner}</member></{listing}></{operation}Result>"
        f"</{operation}Response>"
    )


ANSWERS = {
    "elasticbeanstalk:DescribeEnvironments": _answer(
        "DescribeEnvironments",
        "Environments",
        "<EnvironmentId>e-abcdefghij</EnvironmentId><EnvironmentName>web</EnvironmentName>"
        "<ApplicationName>shop</ApplicationName>",
    ),
    "elasticbeanstalk:DescribeConfigurationSettings": _answer(
        "DescribeConfigurationSettings",
        "ConfigurationSettings",
        "<ApplicationName>shop</ApplicationName><EnvironmentName>web</EnvironmentName>"
        "<DeploymentStatus>deployed</DeploymentStatus><OptionSettings>"
        + _option("cloudwatch:logs", "StreamLogs", "false")
        + _option("managedactions", "ManagedActionsEnabled", "true")
        + _option("healthreporting:system", "SystemType", "enhanced")
        + _option("application:environment", "DATABASE_PASSWORD", "correct horse battery")
        + "</OptionSettings>",
    ),
}
