"""OpenSearch Service: domains of OpenSearch and Elasticsearch."""

from __future__ import annotations

from core.resource import Resource, resource
from core.resources.aws.policy import Statement


@resource("aws_opensearch_domain")
class SearchDomain(Resource):
    """A domain. The id is its ARN."""

    id: str
    name: str
    version: str
    """`OpenSearch_2.17`, `Elasticsearch_7.10`."""
    network: str
    """The VPC that it is in; empty when its address is public."""
    statements: tuple[Statement, ...]
    """Of its access policy."""
    encrypted: bool
    encrypts_between_nodes: bool
    needs_tls: bool
    """It redirects plain HTTP."""
    tls_policy: str
    """`Policy-Min-TLS-1-2-2019-07` and the like."""
    logs: tuple[str, ...]
    """Those that go to CloudWatch Logs: `AUDIT_LOGS`, `ES_APPLICATION_LOGS`, `INDEX_SLOW_LOGS`, `SEARCH_SLOW_LOGS`."""
    knows_users: bool
    """*Fine-grained access control*: everybody must say who they are, and has rights by that."""
    lets_anybody_in: bool
    """For the thirty days after that was switched on, who does not say is let in as well."""
    own_users: bool
    """The domain keeps users and passwords of its own."""
    nodes: int
    """Data nodes."""
    zones: int
    """Availability zones that they are spread over."""
    masters: int
    """Dedicated master nodes; 0 for none."""
    update: str
    """The service software that waits to be installed; empty when there is none."""
