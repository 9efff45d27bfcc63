"""Operations: what AWS is asked. A collector declares those it calls; nothing else is ever sent."""

from __future__ import annotations

from dataclasses import dataclass

READING = ("Get", "List", "Describe", "BatchGet", "Lookup", "Search", "Select", "Query")
"""How the names of operations begin that only read."""

STARTS_A_REPORT = frozenset({("iam", "GenerateCredentialReport"), ("iam", "GenerateServiceLastAccessedDetails")})
"""Operations that have AWS prepare what is then read. They change nothing in the account; AWS itself counts them as
reading (access level Read in the service authorization reference)."""

TAKES_A_ROLE = ("sts", "AssumeRole")
"""How the identity at home comes to look at another account. No collector declares it."""

PREFIXES = {
    "accessanalyzer": "access-analyzer",
    "amp": "aps",
    "apigatewayv2": "apigateway",
    "cloudcontrol": "cloudformation",
    "docdb": "rds",
    "efs": "elasticfilesystem",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "emr": "elasticmapreduce",
    "neptune": "rds",
    "opensearch": "es",
    "opensearchserverless": "aoss",
    "resourcegroupstaggingapi": "tag",
    "s3control": "s3",
    "service-quotas": "servicequotas",
    "sesv2": "ses",
    "sso-admin": "sso",
    "stepfunctions": "states",
}
"""The prefix of a service's IAM actions, where it is not the name the SDK has for the service."""


@dataclass(frozen=True, slots=True)
class Read:
    """One reading operation, named as the SDK names it: `Read("iam", "GetAccountSummary")`.

    `actions` are the IAM actions it needs, where that is not the operation's own name under the service's prefix:
    `Read("s3", "ListBuckets", ("s3:ListAllMyBuckets",))`; `()` when AWS answers everybody. Raises `ValueError` for a
    name that does not read.
    """

    service: str
    operation: str
    actions: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        allowed = self.operation.startswith(READING) or (self.service, self.operation) in STARTS_A_REPORT
        if not allowed and (self.service, self.operation) != TAKES_A_ROLE:
            raise ValueError(f"{self} does not read by its name")

    def __str__(self) -> str:
        return f"{self.service}:{self.operation}"

    @property
    def needs(self) -> tuple[str, ...]:
        """The IAM actions that allow this operation."""
        if self.actions is not None:
            return self.actions
        return (f"{PREFIXES.get(self.service, self.service)}:{self.operation}",)
