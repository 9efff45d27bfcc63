"""GraphQL APIs."""

from __future__ import annotations

from tests.collectors.aws.world import ACCOUNT, REGIONS, Maker

WITH_ACL = b'"name": "orders"'
ACL = f'"wafWebAclArn": "arn:aws:wafv2:us-east-1:{ACCOUNT}:regional/webacl/good/1", '.encode()
MENDED = {"appsync:ListGraphqlApis": lambda body: body.replace(WITH_ACL, ACL + WITH_ACL)}
"""moto cannot put a web ACL before an API."""


def populate(aws: Maker) -> None:
    for region in REGIONS:
        appsync = aws.client("appsync", region)
        log = {"fieldLogLevel": "ERROR", "cloudWatchLogsRoleArn": f"arn:aws:iam::{ACCOUNT}:role/appsync"}
        appsync.create_graphql_api(name="orders", authenticationType="AWS_IAM", logConfig=log)
        appsync.create_graphql_api(name="open", authenticationType="API_KEY")
