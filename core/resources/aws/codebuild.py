"""CodeBuild: build projects and groups of reports of one region."""

from __future__ import annotations

from datetime import datetime

from core.resource import Resource, resource


@resource("aws_build_project")
class BuildProject(Resource):
    """A build project. The id is its ARN."""

    id: str
    name: str
    privileged: bool
    """Builds may do on their host what root may."""
    public: bool
    """Everybody can read the logs and results of its builds."""
    logs_to: tuple[str, ...]
    """`CloudWatch`, `S3`."""
    plain_logs: bool
    """Logs are written to S3 without encryption."""
    secrets: tuple[str, ...]
    """Plain environment variables, and addresses of sources, in which a secret was masked, each with its kind."""
    ignores_certificates: bool
    """It fetches source code from whoever answers."""
    last_build: datetime | None
    """When its last build began; `None` where CodeBuild remembers none."""
    created: datetime


@resource("aws_report_group")
class ReportGroup(Resource):
    """Where the reports of builds go. The id is its ARN."""

    id: str
    name: str
    exports: bool
    """Raw data is written to S3."""
    encrypted: bool
    """What is written to S3 is encrypted."""
