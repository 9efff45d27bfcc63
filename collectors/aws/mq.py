"""Amazon MQ. The listing says little, so each broker is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.offers import listed
from collectors.aws.operations import Read
from collectors.aws.parts import part_of
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import unobserved
from core.resources.aws.mq import MqBroker

BROKERS = Read("mq", "ListBrokers")
BROKER = Read("mq", "DescribeBroker")

RABBIT = "RABBITMQ"


@collector(permissions=(BROKERS, BROKER))
def brokers(region: AwsRegion) -> Iterator[MqBroker]:
    """Every broker of the region."""
    yield from region.each(lambda found: _broker(region, found), list(listed(region, BROKERS, "BrokerSummaries")))


def _broker(region: AwsRegion, found: Mapping[str, Any]) -> MqBroker:
    name = found["BrokerName"]
    silent = unobserved(f"AWS does not say it of {name}")
    seen = region.look(lambda: region.ask(BROKER, BrokerId=found["BrokerId"]))
    engine = found["EngineType"].upper()
    return MqBroker(
        id=found["BrokerArn"],
        name=name,
        engine=engine,
        deployment=found["DeploymentMode"],
        public=part_of(seen, lambda broker: broker.get("PubliclyAccessible", silent)),
        updates_itself=part_of(seen, lambda broker: broker.get("AutoMinorVersionUpgrade", silent)),
        logs=part_of(seen, lambda broker: broker.get("Logs", {}).get("General", False)),
        audits=None if engine == RABBIT else part_of(seen, lambda broker: broker.get("Logs", {}).get("Audit", False)),
        key=part_of(seen, lambda broker: broker.get("EncryptionOptions", {}).get("KmsKeyId", "")),
    )
