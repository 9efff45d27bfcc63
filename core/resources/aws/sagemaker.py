"""SageMaker: notebooks, models, endpoints, training that runs now, and the domains of Studio."""

from __future__ import annotations

from core.resource import Observed, Resource, part, resource


@resource("aws_sagemaker_notebook")
class Notebook(Resource):
    """A notebook instance. The id is its ARN."""

    id: str
    name: str
    subnet: str
    """The subnet of ours that it stands in; empty when it stands in a network of SageMaker alone."""
    internet: bool
    """SageMaker gives it a way to the internet, past our network."""
    root: bool
    """Its users are root."""
    key: str
    """The key of its volume; empty for one of AWS."""
    metadata_version: str
    """The oldest version of the metadata service it answers: `1` or `2`."""


@resource("aws_sagemaker_model")
class SagemakerModel(Resource):
    """A model. The id is its ARN."""

    id: str
    name: str
    subnets: tuple[str, ...]
    """Those of our network that it runs in; none when it runs in a network of SageMaker alone."""
    isolated: bool
    """Its containers cannot call anything."""


@part
class Variant(Observed):
    """What serves a model behind an endpoint."""

    name: str
    serverless: bool
    instances: int
    """How many there are at least; 0 for a serverless one, and where nobody says."""


@resource("aws_sagemaker_endpoint_configuration")
class EndpointConfiguration(Resource):
    """What an endpoint is made after. The id is its ARN."""

    id: str
    name: str
    variants: tuple[Variant, ...]


@resource("aws_sagemaker_training")
class TrainingJob(Resource):
    """A training job that runs now. The id is its ARN."""

    id: str
    name: str
    machines: int
    """0 where AWS does not say."""
    encrypts_between: bool
    """The machines of the job talk encrypted to each other."""
    volume_key: str
    output_key: str
    subnets: tuple[str, ...]
    """Those of our network; none when it runs in a network of SageMaker alone."""


@resource("aws_sagemaker_domain")
class StudioDomain(Resource):
    """A domain of SageMaker Studio. The id is its ARN."""

    id: str
    name: str
    network: str
    """`VpcOnly`, or `PublicInternetOnly`."""
    key: str
    """The key of the home directories; empty for one of AWS."""
