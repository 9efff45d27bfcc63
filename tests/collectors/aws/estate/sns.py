"""Topics, closed and open."""

from __future__ import annotations

import json

from tests.collectors.aws.world import REGIONS, Maker

NOT_CUT = "moto does not let one choose how many items a page has"
UNPAGED = {"aws.sns.topics": NOT_CUT, "aws.sns.subscriptions": NOT_CUT}


def populate(aws: Maker) -> None:
    for region in REGIONS:
        sns = aws.client("sns", region)
        tidy = sns.create_topic(Name="tidy-topic", Attributes={"KmsMasterKeyId": "alias/data"})["TopicArn"]
        plain = {"Bool": {"aws:SecureTransport": "false"}}
        refusal = {"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": tidy, "Condition": plain}
        sns.set_topic_attributes(TopicArn=tidy, AttributeName="Policy", AttributeValue=_policy(refusal))
        public = sns.create_topic(Name="open-topic")["TopicArn"]
        everybody = {"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": public}
        stranger = {**everybody, "Principal": {"AWS": "999999999999"}}
        sns.set_topic_attributes(TopicArn=public, AttributeName="Policy", AttributeValue=_policy(everybody, stranger))
        sns.subscribe(TopicArn=tidy, Protocol="https", Endpoint="https://alarms.example.com/")
        sns.subscribe(TopicArn=public, Protocol="http", Endpoint="http://alarms.example.com/")


def _policy(*found: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(found)})
