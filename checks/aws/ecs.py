"""Checks of ECS: what containers may do and know, what is recorded, and who reaches them."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resources.aws.ecs import Cluster, Service, TaskDefinition

ROOT = ("root", "0")
NEWEST, NEWEST_FOR_WINDOWS = ("LATEST", "1.4.0"), "1.0.0"
"""The newest versions of Fargate. For Linux, the one that is the newest for Windows is the oldest of all."""


@check(objective="use-is-logged", severity=Severity.HIGH)
def containers_are_logged(task: TaskDefinition) -> Verdict:
    """Every container of the task sends its log somewhere.

    Without that, what a container says is gone with it. Seen of the newest revision.

    Remediation: Add `logConfiguration` with `awslogs` or `awsfirelens` to each container, and register the revision.
    """
    silent = [each.name for each in task.containers if each.log_driver in ("", "none")]
    if silent:
        return failed(f"{_name(task)} keeps no log of {', '.join(silent)}")
    drivers = sorted({each.log_driver for each in task.containers})
    return passed(f"{_name(task)} logs all containers by {', '.join(drivers)}")


@check(objective="systems-are-hardened", severity=Severity.HIGH)
def containers_are_not_privileged(task: TaskDefinition) -> Verdict:
    """No container of the task may do on its host what root may.

    Such a container is no border: who takes it over has the host, and all that runs there.

    Remediation: Remove `privileged`, and add the single capabilities that are needed in `linuxParameters`.
    """
    if privileged := [each.name for each in task.containers if each.privileged]:
        return failed(f"{_name(task)} gives all rights on the host to {', '.join(privileged)}")
    return passed(f"{_name(task)} gives no container all rights on the host")


@check(objective="secrets-are-stored-safely", severity=Severity.HIGH)
def task_keeps_no_secrets_in_its_environment(task: TaskDefinition) -> Verdict:
    """No password, key or token stands in the environment of the task's containers.

    Everybody who may look at the definition reads it, and old revisions keep it.

    Remediation: Put it into Secrets Manager or Parameter Store, name it under `secrets`, and replace it.
    """
    found = [f"{secret} of {each.name}" for each in task.containers for secret in each.secrets]
    if found:
        return failed(f"{_name(task)} holds what looks like secrets: {', '.join(found)}")
    return passed(f"nothing in the environment of {_name(task)} looks like a secret")


@check(objective="systems-are-hardened", severity=Severity.MEDIUM)
def task_stays_apart_from_its_host(task: TaskDefinition) -> Verdict:
    """The task shares neither network nor processes nor memory with its host.

    What is shared can be listened to and tampered with, in both directions.

    Remediation: Use the network mode `awsvpc`, and leave `pidMode` and `ipcMode` out.
    """
    if task.shares:
        return failed(f"{_name(task)} shares {', '.join(task.shares)} with its host")
    return passed(f"{_name(task)} shares nothing with its host")


@check(objective="systems-are-hardened", severity=Severity.MEDIUM)
def containers_on_the_network_of_the_host_do_not_run_as_root(task: TaskDefinition) -> Verdict:
    """Where a task uses the network of its host, its containers do not run as root.

    There root may bind any port and read all traffic of the host.

    Remediation: Name another user in `user` of each container; better, use the network mode `awsvpc`.
    """
    if task.network != "host":
        return not_applicable(f"{_name(task)} has the network mode {task.network or 'of its host (bridge)'}")
    if roots := [each.name for each in task.containers if each.user.partition(":")[0] in ROOT]:
        return failed(f"{_name(task)} runs {', '.join(roots)} as root on the network of the host")
    if unsaid := [each.name for each in task.containers if not each.user]:
        return unknown(f"{_name(task)} leaves the user of {', '.join(unsaid)} to the image")
    return passed(f"{_name(task)} runs no container as root")


@check(objective="systems-are-hardened", severity=Severity.LOW)
def containers_cannot_change_themselves(task: TaskDefinition) -> Verdict:
    """The file systems of the task's containers are read-only.

    Who breaks into a container then cannot put tools of theirs into it.

    Remediation: Set `readonlyRootFilesystem`, and mount volumes for what must be written.
    """
    if writable := [each.name for each in task.containers if not each.read_only]:
        return failed(f"{_name(task)} lets {', '.join(writable)} write to its own file system")
    return passed(f"{_name(task)} has only containers with read-only file systems")


@check(objective="internet-exposure-is-intended", severity=Severity.HIGH)
def service_has_no_public_addresses(service: Service, *, approved: tuple[str, ...] = ()) -> Verdict:
    """The tasks of the service have no public addresses, unless that was approved.

    A public address lets the internet reach whatever the security group lets through. A load balancer and a NAT gateway
    do what is needed without one.

    Remediation: Set `assignPublicIp` to `DISABLED`, in private subnets; or name the service in the setting `approved`.
    """
    if not service.public_address:
        return passed(f"{service.name} gives its tasks no public addresses")
    if {service.id, service.name} & set(approved):
        return passed(f"{service.name} gives its tasks public addresses, which is approved")
    return failed(f"{service.name} gives its tasks public addresses")


@check(objective="vulnerabilities-are-fixed", severity=Severity.MEDIUM)
def service_runs_on_the_newest_platform(service: Service) -> Verdict:
    """The service runs on the newest version of Fargate.

    Older versions get fixes for some time, and then tasks on them are ended.

    Remediation: `aws ecs update-service --platform-version LATEST --force-new-deployment`.
    """
    if not service.platform:
        return not_applicable(f"{service.name} runs on instances of ours")
    for_windows = service.platform == NEWEST_FOR_WINDOWS and service.system.upper().startswith("WINDOWS")
    if service.platform in NEWEST or for_windows:
        return passed(f"{service.name} runs on version {service.platform} of Fargate")
    return failed(f"{service.name} runs on version {service.platform} of Fargate")


@check(objective="capacity-is-watched", severity=Severity.LOW)
def cluster_is_watched(cluster: Cluster) -> Verdict:
    """Container Insights measures the cluster.

    Without it nobody sees which container takes the memory of all others, or restarts again and again.

    Remediation: `aws ecs update-cluster-settings --settings name=containerInsights,value=enhanced`.
    """
    if cluster.status == "INACTIVE":
        return not_applicable(f"{cluster.name} is deleted")
    if cluster.insights in ("enabled", "enhanced"):
        return passed(f"{cluster.name} has Container Insights {cluster.insights}")
    return failed(f"{cluster.name} has Container Insights {cluster.insights}")


@check(objective="administration-is-logged", severity=Severity.MEDIUM)
def commands_in_containers_are_logged(cluster: Cluster) -> Verdict:
    """It is kept what people do in running containers.

    ECS Exec opens a shell in a container. CloudTrail says who opened it, and nothing of what they did there.

    Remediation: `aws ecs update-cluster --configuration executeCommandConfiguration={logging=OVERRIDE,…}`.
    """
    if cluster.status == "INACTIVE":
        return not_applicable(f"{cluster.name} is deleted")
    if cluster.command_log == "NONE":
        return failed(f"{cluster.name} keeps no log of commands")
    return passed(f"{cluster.name} keeps a log of commands ({cluster.command_log})")


def _name(task: TaskDefinition) -> str:
    return f"{task.family}:{task.revision}"
