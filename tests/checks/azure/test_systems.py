"""Machines, applications and networks: the truth tables."""

from __future__ import annotations

from typing import Any

import pytest

from checks.azure import applications, compute, network
from core.resource import NotObservedError, unobserved
from core.resources.azure.compute import VmExtension
from core.resources.azure.logging import ResourceLogging
from core.resources.azure.network import FlowLog, NetworkWatcher, SecurityRule
from tests.checks.azure import making
from tests.checks.azure.making import flow_log, logs_of, population, rule, security_group, setting, subnet, watcher

TABLE: list[tuple[Any, Any, dict[str, Any], str]] = [
    (compute.machine_takes_no_passwords, making.machine, {}, "pass"),
    (compute.machine_takes_no_passwords, making.machine, {"passwords_refused": False}, "fail"),
    (compute.machine_takes_no_passwords, making.machine, {"system": "Windows"}, "not_applicable"),
    (compute.machine_takes_no_passwords, making.machine, {"system": "New"}, "unknown"),
    (compute.disk_is_encrypted_with_our_key, making.disk, {"encryption": "EncryptionAtRestWithCustomerKey"}, "pass"),
    (
        compute.disk_is_encrypted_with_our_key,
        making.disk,
        {"encryption": "EncryptionAtRestWithPlatformAndCustomerKeys"},
        "pass",
    ),
    (compute.disk_is_encrypted_with_our_key, making.disk, {"encryption": "EncryptionAtRestWithPlatformKey"}, "fail"),
    (compute.disk_is_encrypted_with_our_key, making.disk, {"encryption": "New"}, "unknown"),
    (applications.web_app_takes_https_only, making.web_app, {}, "pass"),
    (applications.web_app_takes_https_only, making.web_app, {"https_only": False}, "fail"),
    (applications.web_app_demands_tls_12, making.web_app, {}, "pass"),
    (applications.web_app_demands_tls_12, making.web_app, {"minimum_tls": "1.1"}, "fail"),
    (applications.web_app_takes_no_plain_ftp, making.web_app, {}, "pass"),
    (applications.web_app_takes_no_plain_ftp, making.web_app, {"ftp": "FtpsOnly"}, "pass"),
    (applications.web_app_takes_no_plain_ftp, making.web_app, {"ftp": "AllAllowed"}, "fail"),
    (applications.web_app_takes_no_plain_ftp, making.web_app, {"ftp": "Sometimes"}, "unknown"),
    (applications.cluster_knows_identities_of_the_directory_only, making.cluster, {}, "pass"),
    (applications.cluster_knows_identities_of_the_directory_only, making.cluster, {"roles": False}, "fail"),
    (applications.cluster_knows_identities_of_the_directory_only, making.cluster, {"managed_sign_in": False}, "fail"),
    (applications.cluster_knows_identities_of_the_directory_only, making.cluster, {"local_accounts": True}, "fail"),
    (applications.registry_has_no_shared_administrator, making.registry, {}, "pass"),
    (applications.registry_has_no_shared_administrator, making.registry, {"shared_administrator": True}, "fail"),
    (applications.registry_shows_nothing_to_strangers, making.registry, {}, "pass"),
    (applications.registry_shows_nothing_to_strangers, making.registry, {"anonymous_pull": True}, "fail"),
]


@pytest.mark.parametrize(("check", "make", "more", "status"), TABLE, ids=lambda value: getattr(value, "id", None))
def test_the_table(check: Any, make: Any, more: dict[str, Any], status: str) -> None:
    verdict = check(make(**more))
    assert verdict.status == status, verdict.reason


@pytest.mark.parametrize(
    ("at_host", "extensions", "status"),
    [
        (True, [], "pass"),
        (False, [making.extension()], "pass"),
        (False, [making.extension(state="Failed")], "fail"),
        (False, [making.extension(type="CustomScript")], "fail"),
        (False, [making.extension(operation="")], "pass"),
        (False, [making.extension(operation="DisableEncryption")], "fail"),
        (False, [making.extension(publisher="Somebody")], "fail"),
        (False, [making.extension(machine="/another")], "fail"),
        (False, [], "fail"),
    ],
)
def test_machine_is_encrypted_to_its_caches(at_host: bool, extensions: list[VmExtension], status: str) -> None:
    machine = making.machine(encrypted_at_host=at_host)
    verdict = compute.machine_is_encrypted_to_its_caches(machine, population(VmExtension, extensions))
    assert verdict.status == status


def test_an_extension_that_may_be_hidden_makes_it_unknown() -> None:
    with pytest.raises(NotObservedError):
        compute.machine_is_encrypted_to_its_caches(making.machine(), population(VmExtension, gap="denied"))


@pytest.mark.parametrize(
    ("category", "group", "web", "kubernetes"),
    [
        ("AppServiceHTTPLogs", "", "pass", "fail"),
        ("kube-audit", "", "fail", "pass"),
        ("kube-audit-admin", "", "fail", "pass"),
        ("guard", "audit", "fail", "pass"),
        ("guard", "allLogs", "pass", "pass"),
        ("guard", "", "fail", "fail"),
    ],
)
def test_what_is_logged(category: str, group: str, web: str, kubernetes: str) -> None:
    app, cluster = making.web_app(), making.cluster()
    sent = setting(category, groups=(group,) if group else ())
    logging = population(ResourceLogging, [logs_of(app.id, sent), logs_of(cluster.id, sent)])
    assert applications.web_app_use_is_logged(app, logging).status == web
    assert applications.cluster_administration_is_logged(cluster, logging).status == kubernetes


@pytest.mark.parametrize(("category", "status"), [("FunctionAppLogs", "pass"), ("AppServiceHTTPLogs", "fail")])
def test_a_function_app_has_a_log_of_its_own(category: str, status: str) -> None:
    app = making.web_app(functions=True)
    logging = population(ResourceLogging, [logs_of(app.id, setting(category))])
    assert applications.web_app_use_is_logged(app, logging).status == status


DENY = {"allows": False}


@pytest.mark.parametrize(
    ("rules", "status"),
    [
        ([], "pass"),
        ([rule(100, "*", "22")], "fail"),
        ([rule(100, "internet", "*")], "fail"),
        ([rule(100, "azurecloud", "22")], "fail"),
        ([rule(100, "azurecloud.westeurope", "22")], "fail"),
        ([rule(100, "internet", "22", **DENY), rule(200, "azurecloud", "22")], "pass"),
        ([rule(100, "azurecloud", "22", **DENY), rule(200, "*", "22")], "fail"),
        ([rule(100, "0.0.0.0/0", "20-30")], "fail"),
        ([rule(100, "::/0", "22")], "fail"),
        ([rule(100, "0.0.0.0/1", "22"), rule(101, "128.0.0.0/1", "22")], "fail"),
        ([rule(100, "*", "22", protocol="*")], "fail"),
        ([rule(100, "*", "22", protocol="udp")], "pass"),
        ([rule(100, "*", "23-30")], "pass"),
        ([rule(100, "*", "odd")], "pass"),
        ([rule(100, "10.0.0.0/8", "22")], "pass"),
        ([rule(100, "virtualnetwork", "22")], "pass"),
        ([rule(100, "203.0.113.7", "22")], "pass"),
        ([rule(100, "10.0.0.0/8", "22", sources=("10.0.0.0/8", "internet"))], "fail"),
        ([rule(100, "*", "22", **DENY), rule(200, "*", "22")], "pass"),
        ([rule(200, "*", "22"), rule(100, "*", "*", **DENY)], "pass"),
        ([rule(100, "*", "22"), rule(200, "*", "*", **DENY)], "fail"),
        ([rule(100, "10.0.0.0/8", "22", **DENY), rule(200, "*", "22")], "fail"),
        ([rule(100, "0.0.0.0/0", "22", **DENY), rule(200, "*", "22")], "fail"),
        ([rule(100, "0.0.0.0/0", "22", **DENY), rule(101, "::/0", "22", **DENY), rule(200, "*", "22")], "pass"),
        ([rule(100, "*", "23", **DENY), rule(200, "*", "22")], "fail"),
        ([rule(100, "*", "22", **DENY, partial=True), rule(200, "*", "22")], "fail"),
        ([rule(100, "*", "22", **DENY, protocol="new"), rule(200, "*", "22")], "fail"),
        ([rule(100, "*", "22", protocol="new")], "fail"),
        ([rule(100, "*", "any")], "fail"),
        ([rule(100, "0.0.0.0", "22")], "fail"),
        ([rule(100, "0.0.0.0", "22", **DENY), rule(200, "*", "22")], "fail"),
        ([rule(100, "/0", "22")], "fail"),
        ([rule(100, "::", "22")], "fail"),
        ([rule(100, "2000::/3", "22")], "fail"),
        ([rule(100, "fc00::/7", "22")], "pass"),
    ],
)
def test_ports_of_administration_are_not_open_to_everybody(rules: list[SecurityRule], status: str) -> None:
    assert network.ssh_is_not_open_to_everybody(security_group(*rules)).status == status
    moved = [
        SecurityRule(
            name=each.name,
            priority=each.priority,
            allows=each.allows,
            protocol=each.protocol,
            sources=each.sources,
            ports=tuple({"22": "3389", "20-30": "3000-4000"}.get(port, port) for port in each.ports),
            groups=0,
            partial=each.partial,
        )
        for each in rules
    ]
    assert network.rdp_is_not_open_to_everybody(security_group(*moved)).status == status


def test_subnets_are_filtered() -> None:
    filtered, gateway = subnet("a", "/nsg"), subnet("GatewaySubnet")
    assert network.subnets_are_filtered(making.network(filtered, gateway)).status == "pass"
    verdict = network.subnets_are_filtered(making.network(filtered, subnet("b")))
    assert (verdict.status, verdict.reason) == ("fail", "subnets of net have no security group: b")


@pytest.mark.parametrize(
    ("targets", "status"),
    [
        (["network"], "pass"),
        (["a", "b"], "pass"),
        (["a", "nsg"], "pass"),
        (["a"], "fail"),
        ([], "fail"),
    ],
)
def test_traffic_is_recorded(targets: list[str], status: str) -> None:
    one, other = subnet("a"), subnet("b", "/nsg")
    net = making.network(one, other)
    ids = {"network": net.id, "a": one.id, "b": other.id, "nsg": "/nsg"}
    logs = population(FlowLog, [flow_log(ids[each]) for each in targets])
    assert network.traffic_is_recorded(net, logs).status == status


def test_a_flow_log_that_is_off_or_may_be_hidden_records_nothing() -> None:
    net = making.network()
    assert network.traffic_is_recorded(net, population(FlowLog, [flow_log(net.id, enabled=False)])).status == "fail"
    with pytest.raises(NotObservedError):
        network.traffic_is_recorded(net, population(FlowLog, gap="denied"))


@pytest.mark.parametrize(("days", "status"), [(0, "pass"), (90, "pass"), (89, "fail")])
def test_flow_log_is_kept(days: int, status: str) -> None:
    assert network.flow_log_is_kept(flow_log("/net", days=days)).status == status
    assert network.flow_log_is_kept(flow_log("/net", days=days, enabled=False)).status == "not_applicable"


@pytest.mark.parametrize("field", ["allows", "sources"])
def test_a_rule_of_which_something_is_not_known_makes_it_unknown(field: str) -> None:
    hidden = rule(200, "*", "22", **{field: unobserved("Azure does not say it")})
    with pytest.raises(NotObservedError):
        network.ssh_is_not_open_to_everybody(security_group(rule(100, "10.0.0.0/8", "22"), hidden))


def test_network_is_watched() -> None:
    net = making.network()
    assert network.network_is_watched(net, population(NetworkWatcher, [watcher("West Europe")])).status == "pass"
    assert network.network_is_watched(net, population(NetworkWatcher, [watcher("northeurope")])).status == "fail"
    with pytest.raises(NotObservedError):
        network.network_is_watched(net, population(NetworkWatcher, gap="denied"))
