"""State machines with and without a log."""

from __future__ import annotations

from tests.collectors.aws.world import REGIONS, Maker


def populate(aws: Maker) -> None:
    for region in REGIONS:
        machines = aws.client("stepfunctions", region)
        common = {
            "definition": '{"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}',
            "roleArn": f"arn:aws:iam::{aws.account}:role/machine",
        }
        group = f"arn:aws:logs:{region}:{aws.account}:log-group:machines:*"
        machines.create_state_machine(
            name="tidy",
            loggingConfiguration={
                "level": "ALL",
                "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}],
            },
            **common,
        )
        machines.create_state_machine(name="silent", **common)
