"""Truth tables of the checks of machines, networks and load balancers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from checks.gcp.load_balancing import (
    backend_service_logs_requests,
    certificate_is_renewed_in_time,
    proxy_takes_strong_tls_only,
)
from checks.gcp.machines import (
    machine_forwards_nothing,
    machine_has_no_default_account_with_all_rights,
    machine_has_no_public_address,
    machine_has_no_serial_port,
    machine_is_shielded,
    machine_signs_in_by_identity,
    project_keys_do_not_open_machine,
)
from checks.gcp.networks import (
    network_is_made_on_purpose,
    network_logs_names,
    subnetwork_logs_flows,
)
from core.population import Population
from core.resource import NotObservedError, unobserved
from core.resources.gcp.compute import (
    AttachedAccount,
    BackendService,
    Certificate,
    ComputeProject,
    Instance,
    Network,
    Subnetwork,
    TlsPolicy,
    TlsProxy,
)
from core.resources.gcp.data import DnsPolicy
from core.resources.gcp.iam import OrganizationPolicy
from tests.checks.gcp.making import (
    AS_OF,
    ORGANIZATION,
    SHOP,
    all_of,
    common,
    containers,
    organization_policy,
    rule,
    status,
)

EVERYTHING = "https://www.googleapis.com/auth/cloud-platform"
DEFAULT = "123-compute@developer.gserviceaccount.com"


def machine(**changes: Any) -> Instance:
    given = common(
        status="RUNNING", os_login=None, blocks_project_keys=False, serial_port=None, accounts=(), public=False, forwards=False,
        node_of_cluster=False, vtpm=True, integrity_monitoring=True, secure_boot=False,
    )  # fmt: skip
    return Instance(**{**given, **changes})


def projects(os_login: bool | None = None, serial_port: bool | None = None) -> Population[ComputeProject]:
    return all_of(ComputeProject, ComputeProject(id="//p", container=SHOP, os_login=os_login, serial_port=serial_port))


@pytest.mark.parametrize(
    ("of_machine", "of_project", "sign_in", "keys"),
    [
        (None, True, "pass", "pass"), (None, False, "fail", "fail"), (None, None, "fail", "fail"),
        (True, None, "pass", "pass"), (False, True, "fail", "fail"),
    ],
)  # fmt: skip
def test_how_people_sign_in(of_machine: bool | None, of_project: bool | None, sign_in: str, keys: str) -> None:
    found = machine(os_login=of_machine)
    assert status(machine_signs_in_by_identity(found, projects(of_project))) == sign_in
    assert status(project_keys_do_not_open_machine(found, projects(of_project))) == keys
    blocking = machine(os_login=of_machine, blocks_project_keys=True)
    assert status(project_keys_do_not_open_machine(blocking, projects(of_project))) == "pass"


def test_nodes_of_clusters_are_set_up_by_google() -> None:
    node = machine(node_of_cluster=True, accounts=(AttachedAccount(email=DEFAULT, scopes=(EVERYTHING,)),))
    assert status(machine_signs_in_by_identity(node, projects())) == "not_applicable"
    assert status(project_keys_do_not_open_machine(node, projects())) == "not_applicable"
    assert status(machine_has_no_default_account_with_all_rights(node)) == "not_applicable"


@pytest.mark.parametrize(
    "check", [machine_signs_in_by_identity, project_keys_do_not_open_machine, machine_has_no_serial_port]
)
def test_metadata_of_a_project_that_was_not_listed_is_not_known(check: Any) -> None:
    assert status(check(machine(), all_of(ComputeProject))) == "unknown"
    with pytest.raises(NotObservedError):
        check(machine(), all_of(ComputeProject, missing="denied"))


@pytest.mark.parametrize(
    ("email", "scopes", "expected"),
    [
        (DEFAULT, (EVERYTHING,), "fail"),
        (DEFAULT, ("https://www.googleapis.com/auth/logging.write",), "pass"),
        ("web@x.iam.gserviceaccount.com", (EVERYTHING,), "pass"),
    ],
)
def test_machine_has_no_default_account_with_all_rights(email: str, scopes: tuple[str, ...], expected: str) -> None:
    found = machine(accounts=(AttachedAccount(email=email, scopes=scopes),))
    assert status(machine_has_no_default_account_with_all_rights(found)) == expected
    assert machine_has_no_default_account_with_all_rights(machine()).reason == "thing acts as no service account"


def test_machine_forwards_nothing() -> None:
    assert status(machine_forwards_nothing(machine())) == "pass"
    assert status(machine_forwards_nothing(machine(forwards=True))) == "fail"
    assert status(machine_forwards_nothing(machine(forwards=True), approved=("thing",))) == "pass"
    assert status(machine_forwards_nothing(machine(forwards=True, node_of_cluster=True))) == "not_applicable"


def test_machine_has_no_public_address() -> None:
    assert status(machine_has_no_public_address(machine())) == "pass"
    assert status(machine_has_no_public_address(machine(public=True))) == "fail"
    assert status(machine_has_no_public_address(machine(public=True), approved=("thing",))) == "pass"


@pytest.mark.parametrize(
    ("of_machine", "of_project", "expected"),
    [(None, None, "pass"), (None, True, "fail"), (True, None, "fail"), (False, True, "pass"), (None, False, "pass")],
)
def test_machine_has_no_serial_port(of_machine: bool | None, of_project: bool | None, expected: str) -> None:
    found = machine_has_no_serial_port(machine(serial_port=of_machine), projects(serial_port=of_project))
    assert status(found) == expected


@pytest.mark.parametrize(
    ("changes", "expected"), [({}, "pass"), ({"vtpm": False}, "fail"), ({"integrity_monitoring": False}, "fail")]
)
def test_machine_is_shielded(changes: dict[str, Any], expected: str) -> None:
    assert status(machine_is_shielded(machine(**changes))) == expected


def network(**changes: Any) -> Network:
    end = "projects/example-shop/global/networks/thing"
    given: dict[str, Any] = {
        "id": f"//compute.googleapis.com/{end}", "container": SHOP, "name": "thing", "legacy": False,
        "policies_first": False, "policy": "",
    }  # fmt: skip
    return Network(**{**given, **changes})


@pytest.mark.parametrize(
    ("changes", "expected"), [({}, "pass"), ({"legacy": True}, "fail"), ({"name": "default"}, "fail")]
)
def test_network_is_made_on_purpose(changes: dict[str, Any], expected: str) -> None:
    assert status(network_is_made_on_purpose(network(**changes))) == expected


@pytest.mark.parametrize(
    ("purpose", "flow_logs", "expected"),
    [
        ("PRIVATE", True, "pass"), ("PRIVATE", False, "fail"), ("REGIONAL_MANAGED_PROXY", False, "not_applicable"),
        ("PRIVATE", None, "fail"),
    ],
)  # fmt: skip
def test_subnetwork_logs_flows(purpose: str, flow_logs: bool | None, expected: str) -> None:
    found = Subnetwork(
        id="//s", container=SHOP, location="x", name="s", network="n", purpose=purpose, flow_logs=flow_logs
    )
    assert status(subnetwork_logs_flows(found, containers(), all_of(OrganizationPolicy))) == expected


def test_a_subnetwork_that_says_nothing_about_flow_logs_may_have_to_have_them() -> None:
    silent = Subnetwork(
        id="//s", container=SHOP, location="x", name="s", network="n", purpose="PRIVATE", flow_logs=None
    )
    demands = all_of(OrganizationPolicy, organization_policy("compute.requireVpcFlowLogs", rule(allowed=("LIGHT",))))
    for seen, policies in (
        (containers(), demands),
        (containers(SHOP), all_of(OrganizationPolicy)),
        (containers(ORGANIZATION), all_of(OrganizationPolicy)),
    ):
        assert status(subnetwork_logs_flows(silent, seen, policies)) == "unknown"


LINK = "https://www.googleapis.com/compute/v1/projects/example-shop/global/networks/thing"


def dns_policy(logs: Any = True, networks: Any = (LINK,)) -> DnsPolicy:
    return DnsPolicy(id="//d", container=SHOP, name="policy", logs=logs, networks=networks)


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        ([dns_policy()], "pass"),
        ([dns_policy(logs=False)], "fail"),
        ([dns_policy(networks=(f"{LINK}-2",))], "fail"),
        ([], "fail"),
    ],
)
def test_network_logs_names(policies: list[DnsPolicy], expected: str) -> None:
    assert status(network_logs_names(network(), all_of(DnsPolicy, *policies))) == expected


@pytest.mark.parametrize("hidden", [dns_policy(logs=unobserved("x")), dns_policy(networks=unobserved("x"))])
def test_a_policy_of_which_something_is_hidden_may_log(hidden: DnsPolicy) -> None:
    with pytest.raises(NotObservedError):
        network_logs_names(network(), all_of(DnsPolicy, hidden))
    with pytest.raises(NotObservedError):
        network_logs_names(network(), all_of(DnsPolicy, missing="denied"))


def tls_policy(**changes: Any) -> TlsPolicy:
    given: dict[str, Any] = {
        "id": "//t", "container": SHOP, "name": "strong", "link": "link", "minimum": "TLS_1_2", "profile": "MODERN", "features": (),
    }  # fmt: skip
    return TlsPolicy(**{**given, **changes})


@pytest.mark.parametrize(
    ("policy", "changes", "expected"),
    [
        ("link", {}, "pass"), ("", {}, "fail"), ("other", {}, "unknown"), ("link", {"minimum": "TLS_1_0"}, "fail"),
        ("link", {"profile": "COMPATIBLE"}, "fail"), ("link", {"profile": "RESTRICTED", "minimum": "TLS_1_3"}, "pass"),
        ("link", {"profile": "CUSTOM"}, "unknown"), ("link", {"profile": "SOMETHING_NEW"}, "unknown"),
        ("link", {"profile": "CUSTOM", "features": ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",)}, "pass"),
        ("link", {"profile": "CUSTOM", "features": ("TLS_RSA_WITH_AES_128_CBC_SHA",)}, "fail"),
    ],
)  # fmt: skip
def test_proxy_takes_strong_tls_only(policy: str, changes: dict[str, Any], expected: str) -> None:
    proxy = TlsProxy(id="//x", container=SHOP, name="proxy", policy=policy)
    assert status(proxy_takes_strong_tls_only(proxy, all_of(TlsPolicy, tls_policy(**changes)))) == expected


@pytest.mark.parametrize(("days", "expected"), [(31, "pass"), (29, "fail"), (-1, "fail"), (None, "not_applicable")])
def test_certificate_is_renewed_in_time(days: int | None, expected: str) -> None:
    expires = None if days is None else AS_OF + timedelta(days=days)
    for managed in (True, False):
        found = Certificate(id="//c", container=SHOP, name="c", managed=managed, expires=expires)
        assert status(certificate_is_renewed_in_time(found, as_of=AS_OF)) == expected


@pytest.mark.parametrize(
    ("protocol", "logs", "expected"),
    [("HTTPS", True, "pass"), ("HTTP", False, "fail"), ("TCP", False, "not_applicable")],
)
def test_backend_service_logs_requests(protocol: str, logs: bool, expected: str) -> None:
    found = BackendService(id="//b", container=SHOP, name="b", scheme="EXTERNAL", protocol=protocol, logs=logs)
    assert status(backend_service_logs_requests(found)) == expected
