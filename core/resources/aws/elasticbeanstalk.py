"""Elastic Beanstalk: the environments of one region."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("aws_beanstalk_environment")
class BeanstalkEnvironment(Resource):
    """An environment. The id is the one that Elastic Beanstalk gives it."""

    id: str
    name: str
    streams_logs: bool
    """Logs of its machines go to CloudWatch."""
    updates: bool
    """Its platform is updated in a weekly window."""
    health: str
    """`enhanced` or `basic` reporting."""
    secrets: tuple[str, ...]
    """The environment variables whose value was masked as a secret, each with the kind."""
