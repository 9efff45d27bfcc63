"""Checks of Amazon MQ. Every broker is encrypted, at rest and on the way."""

from __future__ import annotations

from checks.aws.our_keys import encrypts_with_ours
from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.population import Population
from core.resources.aws.kms import KmsKey
from core.resources.aws.mq import MqBroker


@check(objective="services-survive-failures", severity=Severity.MEDIUM)
def broker_spans_zones(broker: MqBroker) -> Verdict:
    """A broker runs in more than one availability zone.

    With a single instance, messages wait, or are lost, until its zone is back.

    Remediation: Make a broker in *Active/standby* (ActiveMQ) or *Cluster* (RabbitMQ) mode: it cannot be changed later.
    """
    if broker.deployment.endswith("MULTI_AZ"):
        return passed(f"{broker.name} is deployed as {broker.deployment}")
    return failed(f"{broker.name} is deployed as {broker.deployment}")


@check(objective="internet-exposure-is-intended", severity=Severity.HIGH)
def broker_is_not_public(broker: MqBroker, *, approved: tuple[str, ...] = ()) -> Verdict:
    """The internet does not reach a broker, unless that was approved.

    Between the internet and the messages then stands one password. Name brokers that are meant to be so in `approved`.

    Remediation: Make the broker anew with *Private access*: it cannot be changed later.
    """
    if not broker.public:
        return passed(f"the internet does not reach {broker.name}")
    if {broker.name, broker.id} & set(approved):
        return passed(f"the internet reaches {broker.name}, which is approved")
    return failed(f"the internet reaches {broker.name}")


@check(objective="use-is-logged", severity=Severity.LOW)
def broker_is_logged(broker: MqBroker) -> Verdict:
    """A broker logs what happens, and what is done in its console, to CloudWatch Logs.

    Failed sign-ins, and who made or removed users and queues, stand in no other place.

    Remediation: *Edit*, *Logs*, *General* and, for ActiveMQ, *Audit*.
    """
    missing = [*([] if broker.logs else ["general"]), *(["audit"] if broker.audits is False else [])]
    if missing:
        return failed(f"{broker.name} writes no {' and no '.join(missing)} log")
    return passed(f"{broker.name} logs to CloudWatch Logs")


@check(objective="vulnerabilities-are-fixed", severity=Severity.MEDIUM)
def broker_updates_itself(broker: MqBroker) -> Verdict:
    """A broker gets newer patch versions by itself.

    Holes in brokers are used within days of becoming known.

    Remediation: *Edit*, *Automatic minor version upgrade*.
    """
    if broker.updates_itself:
        return passed(f"{broker.name} is upgraded in its maintenance window")
    return failed(f"{broker.name} is upgraded only by hand")


@check(objective="keys-are-under-our-control", severity=Severity.LOW)
def broker_uses_our_key(broker: MqBroker, keys: Population[KmsKey]) -> Verdict:
    """A broker is encrypted with a key that we control.

    Every broker is encrypted. With a key of ours, access can be taken away, and its use is on record.

    Remediation: Make the broker anew with a *Customer managed CMK*: it cannot be changed later.
    """
    return encrypts_with_ours(broker.name, broker.key, keys)
