"""A place in AWS that answers from memory: what each operation says, or the error that it raises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from collectors.aws.asking import install_hooks
from collectors.aws.clients import Clients
from collectors.aws.exchanges import About
from collectors.aws.operations import Read
from collectors.aws.source import GLOBAL, AwsAccount, AwsRegion, Identity
from tests.collectors.aws.world import ACCOUNT, REGIONS

CLIENTS = Clients(hooks=install_hooks, replayed=True)
Answer = Mapping[str, Any] | ClientError | Callable[[Mapping[str, Any]], Any]
"""An answer as the SDK parses it, an error, or what becomes of the parameters."""


def error(code: str, message: str = "") -> ClientError:
    """An error as AWS answers it."""
    response: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    return ClientError(response, "Operation")


class AnsweringLine:
    """A line without a network. An operation that has no answer is denied."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self._answers = answers
        self.asked: list[str] = []

    def client(self, service: str, region: str) -> Any:
        return CLIENTS.client(service, region)

    def pause(self, seconds: float) -> None:
        """There is nothing to wait for."""

    def ask(self, read: Read, region: str, parameters: Mapping[str, Any], about: About) -> Any:
        self.asked.append(str(read))
        said = self._answers.get(str(read), error("AccessDenied"))
        if isinstance(said, ClientError):
            raise said
        return said(parameters) if callable(said) else said


def account_that_says(answers: Mapping[str, Answer]) -> AwsAccount:
    identity = Identity(f"arn:aws:iam::{ACCOUNT}:user/auditor")
    return AwsAccount("aws/default", AnsweringLine(answers), REGIONS[0], scope=GLOBAL, identity=identity)


def region_that_says(answers: Mapping[str, Answer]) -> AwsRegion:
    identity = Identity(f"arn:aws:iam::{ACCOUNT}:user/auditor")
    return AwsRegion("aws/default", AnsweringLine(answers), REGIONS[0], scope=REGIONS[0], identity=identity)
