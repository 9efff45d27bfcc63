"""Lambda: the functions of one region."""

from __future__ import annotations

from core.resource import Observed, Resource, part, resource
from core.resources.aws.policy import Statement


@part
class FunctionUrl(Observed):
    """An address on the internet by which a function, or one alias of it, is called."""

    function: str
    """The ARN, with the alias where it belongs to one."""
    auth: str
    """`AWS_IAM`, or `NONE`."""
    origins: tuple[str, ...]
    """The web sites whose scripts may call it from a browser; none where browsers keep all others out."""


@resource("aws_lambda_function")
class Function(Resource):
    """A function, as it is when nobody asks for a version. The id is its ARN."""

    id: str
    name: str
    runtime: str
    """`python3.13`, …; empty for a container image."""
    subnets: tuple[str, ...]
    """Where it is put in a network of ours; none where it is in none."""
    secrets: tuple[str, ...]
    """The environment variables whose value was masked as a secret, each with the kind."""
    statements: tuple[Statement, ...]
    """Of its policy and of those of its aliases."""
    urls: tuple[FunctionUrl, ...]
    signing: str
    """What happens to code that no approved publisher signed: `Enforce`, `Warn`; empty where nobody looks."""
