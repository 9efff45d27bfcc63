"""SNS: topics with their policies, and where they send messages."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.aws.operations import Read
from collectors.aws.policy_documents import statements
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import Unobserved
from core.resources.aws.sns import Subscription, Topic

LIST_TOPICS = Read("sns", "ListTopics")
ATTRIBUTES = Read("sns", "GetTopicAttributes")
LIST_SUBSCRIPTIONS = Read("sns", "ListSubscriptions")


@collector(permissions=(LIST_TOPICS, ATTRIBUTES))
def topics(region: AwsRegion) -> Iterator[Topic]:
    """Every topic of the region, with its policy."""
    yield from region.each(lambda found: _topic(region, found["TopicArn"]), region.pages(LIST_TOPICS, "Topics"))


@collector(permissions=(LIST_SUBSCRIPTIONS,))
def subscriptions(region: AwsRegion) -> Iterator[Subscription]:
    """Every subscription that the account has in the region, also to topics of others."""
    waiting: dict[str, int] = {}
    for found in region.pages(LIST_SUBSCRIPTIONS, "Subscriptions"):
        arn, topic = found["SubscriptionArn"], found["TopicArn"]
        if not arn.startswith("arn:"):  # nobody has confirmed it yet, or it was given up: it has no ARN of its own
            waiting[topic] = waiting.get(topic, 0) + 1
            arn = f"{topic}:{arn}-{waiting[topic]}"
        yield Subscription(id=arn, topic=topic, protocol=found["Protocol"])


def _topic(region: AwsRegion, arn: str) -> Topic:
    found = region.look(lambda: region.ask(ATTRIBUTES, TopicArn=arn)["Attributes"])
    unseen = isinstance(found, Unobserved)
    return Topic(
        id=arn,
        name=arn.rpartition(":")[2],
        key=found if unseen else found.get("KmsMasterKeyId", ""),
        statements=found if unseen else statements(found["Policy"]),
    )
