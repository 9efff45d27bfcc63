"""Systems Manager: machines under management, their patches, and the documents, sessions and parameters of a region."""

from __future__ import annotations

from datetime import datetime

from core.resource import Observed, Resource, part, resource


@part
class PatchState(Observed):
    """What the last patch operation on a machine found. Counts are of patches that the baseline approves."""

    operation: str
    """`Scan` looked only; `Install` installed what was missing."""
    finished: datetime
    baseline: str
    missing: int
    failed: int
    rejected: int
    """Installed although the baseline rejects them."""
    waiting: int
    """Installed, and not in force before the next start."""


@resource("aws_managed_node")
class ManagedNode(Resource):
    """A machine that Systems Manager knows: an instance (`i-…`), or a machine elsewhere (`mi-…`). Stopped ones are not
    listed."""

    id: str
    name: str
    online: str
    """`Online`, `ConnectionLost` or `Inactive`."""
    last_seen: datetime | None
    """The last sign of a machine that is not online; `None` for those that are."""
    platform: str
    """Its operating system with the version."""
    associations: str
    """How the settings that Systems Manager keeps up there ended: `Success`, `Failed`, `Pending`; empty for none."""
    patches: PatchState | None
    """`None` when Patch Manager never looked."""


@resource("aws_ssm_document")
class Document(Resource):
    """A document (a script to run on machines) that the account owns. The id is its ARN."""

    id: str
    name: str
    type: str
    shared_with: tuple[str, ...]
    """Numbers of accounts; `all` for everybody."""
    secrets: tuple[str, ...]
    """What was masked in the text of its default version, by kind."""


@resource("aws_ssm_parameter")
class Parameter(Resource):
    """A parameter, without its value, which is never asked for. The id is its ARN."""

    id: str
    name: str
    type: str
    """`String`, `StringList`, or `SecureString`, which is encrypted."""


@part
class SessionPreferences(Observed):
    """What was set for sessions on machines of the region. Empty where nothing was."""

    log_bucket: str
    log_group: str
    idle_minutes: int | None
    """After how long an idle session ends; `None` when nobody said: then 20."""
    most_minutes: int | None
    """After how long any session ends; `None` when never."""
    key: str
    """The KMS key that encrypts between the two ends, inside of TLS."""
    run_as: bool
    """Sessions are those of a named user of the system, not of `ssm-user`, who may do everything."""


@resource("aws_ssm_region")
class SsmRegion(Resource):
    """What one region says about sessions and documents. The id is `ACCOUNT/REGION`."""

    id: str
    region: str
    has_nodes: bool
    """Machines are under management here."""
    documents_may_be_public: bool
    sessions: SessionPreferences | None
    """`None` when nobody ever set any."""
