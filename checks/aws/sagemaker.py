"""Checks of SageMaker: what notebooks, models and training can reach, and whose keys encrypt them."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.aws.sagemaker import EndpointConfiguration, Notebook, SagemakerModel, StudioDomain, TrainingJob


@check(objective="traffic-is-filtered", severity=Severity.HIGH)
def notebook_has_no_way_past_our_network(notebook: Notebook) -> Verdict:
    """A notebook reaches the internet through our network, or not at all.

    People load code and data on notebooks. A way out that SageMaker provides passes no filter and leaves no flow log.

    Remediation: Make it anew in a VPC with *Direct internet access* disabled: it cannot be changed later.
    """
    if notebook.internet:
        return failed(f"{notebook.name} has direct internet access")
    return passed(f"{notebook.name} has no direct internet access")


@check(objective="networks-are-segregated", severity=Severity.MEDIUM)
def notebook_is_in_our_network(notebook: Notebook) -> Verdict:
    """A notebook stands in a network of ours.

    There our security groups and routes hold, and traffic is logged as elsewhere.

    Remediation: Make it anew with a VPC and a subnet: it cannot be changed later.
    """
    if notebook.subnet:
        return passed(f"{notebook.name} stands in {notebook.subnet}")
    return failed(f"{notebook.name} stands in a network of SageMaker alone")


@check(objective="override-tools-are-restricted", severity=Severity.MEDIUM)
def notebook_withholds_root(notebook: Notebook) -> Verdict:
    """The users of a notebook are not root.

    Root can change what lifecycle scripts set up, and switch off what watches.

    Remediation: Stop the notebook, *Edit*, *Root access*, disable.
    """
    if notebook.root:
        return failed(f"the users of {notebook.name} are root")
    return passed(f"the users of {notebook.name} are not root")


@check(objective="systems-are-hardened", severity=Severity.MEDIUM)
def notebook_needs_metadata_tokens(notebook: Notebook) -> Verdict:
    """A notebook answers for its credentials only with a token (IMDSv2).

    With the first version, one request that a page or a library makes for somebody else hands out the role's keys.

    Remediation: Stop the notebook, *Edit*, *Minimum IMDS Version*, 2.
    """
    if notebook.metadata_version == "2":
        return passed(f"{notebook.name} answers version 2 of the metadata service alone")
    return failed(f"{notebook.name} answers version {notebook.metadata_version} of the metadata service as well")


@check(objective="keys-are-under-our-control", severity=Severity.LOW)
def notebook_names_a_key(notebook: Notebook) -> Verdict:
    """The volume of a notebook is encrypted with a key that was chosen.

    SageMaker encrypts it anyway, with a key of AWS. With a chosen key, access can be taken away and is on record.

    Remediation: Make it anew with an *Encryption key*: it cannot be changed later.
    """
    if notebook.key:
        return passed(f"{notebook.name} is encrypted with {notebook.key}")
    return failed(f"{notebook.name} is encrypted with a key of AWS")


@check(objective="networks-are-segregated", severity=Severity.LOW)
def model_is_confined(model: SagemakerModel) -> Verdict:
    """A model runs in a network of ours, or cannot call anything at all.

    A model is code of others, often: it should not reach what it likes.

    Remediation: Make the model anew with `VpcConfig`, or with `EnableNetworkIsolation`.
    """
    if model.isolated:
        return passed(f"the containers of {model.name} cannot call anything")
    if model.subnets:
        return passed(f"{model.name} runs in {', '.join(model.subnets)}")
    return failed(f"{model.name} runs in a network of SageMaker alone, and can call what it likes")


@check(objective="services-survive-failures", severity=Severity.LOW)
def endpoint_has_spare_instances(configuration: EndpointConfiguration, *, instances: int = 2) -> Verdict:
    """Each variant behind an endpoint has at least two instances.

    SageMaker spreads them over zones; a single one is gone with its zone. Serverless variants are spread by AWS.

    Remediation: Make a configuration with `InitialInstanceCount` 2 or more, and update the endpoint. The number is a
    setting.
    """
    with_machines = [each for each in configuration.variants if not each.serverless]
    if not with_machines:
        return not_applicable(f"{configuration.name} has serverless variants alone")
    if few := [f"{each.name} ({each.instances})" for each in with_machines if each.instances < instances]:
        return failed(f"{configuration.name} has fewer than {instances} instances of {', '.join(few)}")
    return passed(f"{configuration.name} has at least {instances} instances of each variant")


@check(objective="data-in-transit-is-protected", severity=Severity.MEDIUM)
def training_encrypts_between_machines(training: TrainingJob) -> Verdict:
    """The machines of a running training job talk encrypted to each other.

    Between them travel the data and the model.

    Remediation: Start jobs with `EnableInterContainerTrafficEncryption`.
    """
    if training.machines == 1:
        return not_applicable(f"{training.name} runs on one machine")
    if training.encrypts_between:
        return passed(f"the machines of {training.name} talk encrypted")
    return failed(f"the machines of {training.name} talk in plain text")


@check(objective="keys-are-under-our-control", severity=Severity.LOW)
def training_names_keys(training: TrainingJob) -> Verdict:
    """The volumes and the result of a running training job are encrypted with keys that were chosen.

    SageMaker encrypts volumes, and S3 encrypts results, with keys of AWS. A chosen key is a second permission.

    Remediation: Start jobs with `VolumeKmsKeyId`, and `KmsKeyId` in `OutputDataConfig`.
    """
    of_aws = [what for what, key in (("volumes", training.volume_key), ("result", training.output_key)) if not key]
    if of_aws:
        return failed(f"{training.name} encrypts {' and '.join(of_aws)} with keys of AWS")
    return passed(f"{training.name} encrypts volumes with {training.volume_key}, its result with {training.output_key}")


@check(objective="networks-are-segregated", severity=Severity.MEDIUM)
def training_is_in_our_network(training: TrainingJob) -> Verdict:
    """A running training job stands in a network of ours.

    There our security groups and endpoints decide what the code, and what it installs, can reach.

    Remediation: Start jobs with `VpcConfig`.
    """
    if training.subnets:
        return passed(f"{training.name} runs in {', '.join(training.subnets)}")
    return failed(f"{training.name} runs in a network of SageMaker alone")


@check(objective="traffic-is-filtered", severity=Severity.MEDIUM)
def studio_goes_through_our_network(domain: StudioDomain) -> Verdict:
    """The programs of Studio reach the internet through our network, or not at all.

    Otherwise every notebook has a way out that passes no filter.

    Remediation: `aws sagemaker update-domain --domain-id … --app-network-access-type VpcOnly`.
    """
    if domain.network == "VpcOnly":
        return passed(f"{domain.name} goes through our network alone")
    return failed(f"{domain.name} goes to the internet by itself: {domain.network}")


@check(objective="keys-are-under-our-control", severity=Severity.LOW)
def studio_names_a_key(domain: StudioDomain) -> Verdict:
    """The home directories of Studio are encrypted with a key that was chosen.

    SageMaker encrypts them anyway, with a key of AWS. With a chosen key, access can be taken away and is on record.

    Remediation: Make the domain anew with an *Encryption key*: it cannot be changed later.
    """
    if domain.key:
        return passed(f"{domain.name} is encrypted with {domain.key}")
    return failed(f"{domain.name} is encrypted with a key of AWS")
