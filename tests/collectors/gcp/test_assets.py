"""What collectors make of single assets: defaults that are documented, silence that is not, words that nobody knows."""

from __future__ import annotations

import json
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
import yaml

from collectors.gcp.asking import RESOURCE, InventoryError, Listing
from collectors.gcp.reading import Asset, Data, last, when
from collectors.gcp.settings import Settings
from collectors.gcp.shape import require_promised
from collectors.gcp.source import Choice, Estate, Line, page_of
from core.codec import encode
from core.resource import Resource, missing_fields
from tests.collectors.gcp import estate
from tests.collectors.gcp.world import COLLECTORS, world


class Shown(Line):
    """A line that shows these assets."""

    def __init__(self, *assets: dict[str, Any]) -> None:
        self._page = page_of(encode_page(assets))

    def pages(self, parent: str, listing: Listing, choice: Choice) -> Any:
        yield self._page


def encode_page(assets: Any) -> bytes:
    return json.dumps({"assets": assets, "readTime": "", "nextPageToken": ""}).encode()


def seen(collector: str, kind: str, data: dict[str, Any], **more: Any) -> Resource:
    """What a collector makes of one asset: the last, where it makes several."""
    place = Estate(
        "gcp/x", "organizations/900", Shown({**estate.asset(kind, "projects/x/things/thing", data), **more}), scope=""
    )
    *_, found = COLLECTORS[collector](place)
    encode(found)
    return found


CASES = [
    ("compute.instances", "compute.googleapis.com/Instance", {}, {"os_login": "?", "public": "?", "vtpm": "?"}),
    ("compute.instances", "compute.googleapis.com/Instance",
     {"metadata": {"items": [{"key": "enable-oslogin", "value": "maybe"}, "odd"]}, "labels": {"goog-gke-node": ""},
      "networkInterfaces": [{"ipv6AccessConfigs": [{"type": "DIRECT_IPV6"}]}]},
     {"os_login": "?", "blocks_project_keys": "?", "public": True, "node_of_cluster": True}),
    ("compute.instances", "compute.googleapis.com/Instance",
     {"metadata": {"items": "odd"}, "networkInterfaces": "odd", "serviceAccounts": {}}, {"os_login": "?", "public": "?", "accounts": "?"}),
    ("storage.buckets", "storage.googleapis.com/Bucket",
     {"name": "b", "iamConfiguration": {"publicAccessPrevention": "sometimes"}, "retentionPolicy": {"retentionPeriod": "ever"}},
     {"public_access_prevention": "?", "uniform_access": "?", "key": "", "versioning": False, "retention_seconds": "?"}),
    ("storage.buckets", "storage.googleapis.com/Bucket",
     {"name": "b", "iamConfiguration": {"publicAccessPrevention": "unspecified"}, "retentionPolicy": {"retentionPeriod": 60}},
     {"public_access_prevention": "inherited", "retention_seconds": 60}),
    ("storage.sql_instances", "sqladmin.googleapis.com/Instance", {"name": "i"}, {"tls": "?", "public_address": "?", "backups": "?"}),
    ("storage.sql_instances", "sqladmin.googleapis.com/Instance",
     {"settings": {"ipConfiguration": {"requireSsl": True}, "databaseFlags": [{"name": "a"}]}, "masterInstanceName": "p:i"},
     {"tls": "ENCRYPTED_ONLY", "flags": "?", "replica": True}),
    ("storage.sql_instances", "sqladmin.googleapis.com/Instance",
     {"settings": {"ipConfiguration": {"ipv4Enabled": True, "sslMode": "SOMETHING_NEW"}, "databaseFlags": [{"value": "a"}]}},
     {"tls": "?", "flags": "?"}),
    ("storage.sql_instances", "sqladmin.googleapis.com/Instance",
     {"settings": {"ipConfiguration": {"requireSsl": True, "sslMode": "SSL_MODE_UNSPECIFIED"}}}, {"tls": "ENCRYPTED_ONLY"}),
    ("storage.dataproc_clusters", "dataproc.googleapis.com/Cluster", {"config": {"encryptionConfig": {"kmsKey": "k"}}}, {"key": "k"}),
    ("storage.dataproc_clusters", "dataproc.googleapis.com/Cluster", {"clusterName": "c"}, {"key": "?"}),
    ("kubernetes.clusters", "container.googleapis.com/Cluster",
     {"networkConfig": {}, "controlPlaneEndpointsConfig": {"ipEndpointsConfig": {"authorizedNetworksConfig": {"enabled": True, "cidrBlocks": [{"cidrBlock": "::/0"}]}}},
      "masterAuth": {"username": "admin"}, "databaseEncryption": {"state": "ALL_OBJECTS_ENCRYPTION_ENABLED"},
      "workloadIdentityConfig": {"workloadPool": "p"}, "nodePools": [{"config": {}}, {"config": {"workloadMetadataConfig": {"mode": "GCE_METADATA"}}}]},
     {"private_nodes": False, "authorized_networks": True, "authorized_ranges": ("::/0",), "password": True, "secrets_encrypted": True,
      "workload_identity": False}),
    ("kubernetes.clusters", "container.googleapis.com/Cluster",
     {"masterAuth": {}, "masterAuthorizedNetworksConfig": {"cidrBlocks": [{"cidrBlock": "192.0.2.0/24"}]}, "databaseEncryption": {"state": "UNKNOWN"},
      "nodePools": "odd", "workloadIdentityConfig": {"workloadPool": "p"}},
     {"authorized_networks": False, "authorized_ranges": ("192.0.2.0/24",), "password": "?", "secrets_encrypted": "?", "workload_identity": "?"}),
    ("kubernetes.clusters", "container.googleapis.com/Cluster", {"name": "c"},
     {"private_nodes": "?", "authorized_networks": "?", "legacy_authorization": "?", "client_certificate": "?",
      "workload_identity": False, "secrets_encrypted": "?", "logs": "?"}),
    ("kubernetes.clusters", "container.googleapis.com/Cluster",
     {"loggingConfig": {}, "databaseEncryption": {"state": "SOMETHING_NEW"}, "masterAuth": {},
      "controlPlaneEndpointsConfig": {"ipEndpointsConfig": {"authorizedNetworksConfig": {"enabled": True}}},
      "workloadIdentityConfig": {"workloadPool": 3}},
     {"logs": (), "secrets_encrypted": "?", "authorized_networks": True, "client_certificate": "?", "workload_identity": "?"}),
    ("keys_and_secrets.keys", "cloudkms.googleapis.com/CryptoKey", {"rotationPeriod": "1.5s", "nextRotationTime": "soon"},
     {"rotation_seconds": 1, "next_rotation": "?", "destroy_seconds": "?"}),
    ("dns.zones", "dns.googleapis.com/ManagedZone", {"visibility": "private"}, {"public": False, "signed": False}),
    ("dns.zones", "dns.googleapis.com/ManagedZone", {"dnssecConfig": {"state": "perhaps"}}, {"public": True, "signed": "?"}),
    ("dns.zones", "dns.googleapis.com/ManagedZone", {"visibility": 3, "dnssecConfig": {"defaultKeySpecs": [3]}},
     {"public": "?", "signed": "?", "algorithms": "?"}),
    ("dns.zones", "dns.googleapis.com/ManagedZone", {"name": "z"}, {"public": True, "signed": False}),
    ("dns.zones", "dns.googleapis.com/ManagedZone", {"dnssecConfig": {"kind": "x"}}, {"public": True, "signed": "?"}),
    ("logs.sinks", "logging.googleapis.com/LogSink",
     {"name": "s", "destination": "d", "exclusions": [{"filter": "a"}, {"filter": "b", "disabled": True}]},
     {"filter": "", "exclusions": ("a",), "with_children": False, "enabled": True}),
    ("logs.sinks", "logging.googleapis.com/LogSink", {"exclusions": [{}], "disabled": "odd"}, {"exclusions": "?", "enabled": "?"}),
    ("logs.sinks", "logging.googleapis.com/LogSink", {"exclusions": "odd"}, {"exclusions": "?"}),
    ("logs.alert_policies", "monitoring.googleapis.com/AlertPolicy",
     {"conditions": [{"conditionMatchedLog": {"filter": "a"}}, {"conditionAbsent": {"filter": "b"}}]},
     {"enabled": "?", "log_filters": ("a",), "metric_filters": ("b",), "channels": ()}),
    ("logs.alert_policies", "monitoring.googleapis.com/AlertPolicy",
     {"conditions": [{"conditionMonitoringQueryLanguage": {"query": "fetch global | metric 'logging.googleapis.com/user/a-b' | group_by []"}},
                     {"conditionPrometheusQueryLanguage": {"query": "rate(logging_googleapis_com:user_c[5m]) > 0"}}]},
     {"metric_filters": ('metric.type="logging.googleapis.com/user/a-b"', 'metric.type="logging.googleapis.com/user/c"'), "log_filters": ()}),
    ("kubernetes.clusters", "container.googleapis.com/Cluster", {"privateClusterConfig": {"enablePrivateEndpoint": True}}, {"public_control_plane": False}),
    ("kubernetes.clusters", "container.googleapis.com/Cluster", {"privateClusterConfig": {"enablePrivateEndpoint": "odd"}}, {"public_control_plane": "?"}),
    ("kubernetes.clusters", "container.googleapis.com/Cluster",
     {"controlPlaneEndpointsConfig": {"ipEndpointsConfig": {"enablePublicEndpoint": False}}}, {"public_control_plane": False}),
    ("networks.firewall_rules", "compute.googleapis.com/FirewallPolicy",
     {"rules": [{"action": "apply_security_profile_group", "match": {"layer4Configs": [{"ipProtocol": "all"}]}}]}, {"allows": True}),
    ("networks.firewall_rules", "compute.googleapis.com/FirewallPolicy",
     {"rules": [{"action": "something_new", "match": {"layer4Configs": [{"ipProtocol": "all"}]}}]}, {"allows": "?"}),
    ("logs.alert_policies", "monitoring.googleapis.com/AlertPolicy", {"conditions": "odd"}, {"log_filters": "?"}),
    ("networks.subnetworks", "compute.googleapis.com/Subnetwork", {"name": "s"}, {"flow_logs": None, "purpose": "PRIVATE"}),
    ("networks.subnetworks", "compute.googleapis.com/Subnetwork", {"logConfig": {"enable": "odd"}}, {"flow_logs": "?"}),
    ("kubernetes.clusters", "container.googleapis.com/Cluster", {"nodePools": [{"management": {}}, {}], "networkConfig": {"datapathProvider": "ADVANCED_DATAPATH"}},
     {"shielded_nodes": "?", "network_policies": True, "node_accounts": ("default",), "upgraded": False}),
    ("kubernetes.clusters", "container.googleapis.com/Cluster", {"nodePools": [{"config": {"serviceAccount": 1}, "management": {"autoUpgrade": True}}, {}]},
     {"network_policies": "?", "node_accounts": "?", "upgraded": "?"}),
    ("kubernetes.clusters", "container.googleapis.com/Cluster", {"nodePools": "odd"}, {"node_accounts": "?", "upgraded": "?"}),
    *(("kubernetes.clusters", "container.googleapis.com/Cluster",
       {"networkConfig": {"defaultEnablePrivateNodes": of_cluster}, "nodePools": [{}, {"networkConfig": {"enablePrivateNodes": of_pool}}]},
       {"private_nodes": meant}) for of_cluster, of_pool, meant in ((True, False, False), (True, True, True), (False, True, False), (True, "odd", "?"))),
    ("kubernetes.clusters", "container.googleapis.com/Cluster",
     {"controlPlaneEndpointsConfig": {"ipEndpointsConfig": {"enabled": False, "authorizedNetworksConfig": {"gcpPublicCidrsAccessEnabled": True}}}},
     {"public_control_plane": False, "open_to_google_cloud": True}),
    ("kubernetes.clusters", "container.googleapis.com/Cluster", {"masterAuthorizedNetworksConfig": {"enabled": True}}, {"open_to_google_cloud": "?"}),
    *(("kubernetes.clusters", "container.googleapis.com/Cluster", {"databaseEncryption": {"state": "ENCRYPTED", "currentState": f"CURRENT_STATE_{now}"}},
       {"secrets_encrypted": meant}) for now, meant in (("ENCRYPTED", True), ("ENCRYPTION_ERROR", False), ("DECRYPTION_PENDING", "?"))),
    *(("networks.subnetworks", "compute.googleapis.com/Subnetwork", {"logConfig": {"enable": on, "flowSampling": rate}}, {"flow_logs": meant})
      for on, rate, meant in ((True, 0.5, True), (True, 0.0, False), (True, "odd", "?"), (True, 7, "?"), (False, 1, False))),
    *(("load_balancing.backend_services", "compute.googleapis.com/BackendService", {"protocol": "HTTP", "logConfig": {"enable": on, "sampleRate": rate}},
       {"logs": meant}) for on, rate, meant in ((True, 1, True), (True, 0, False), (False, 1, False))),
    ("kubernetes.clusters", "container.googleapis.com/Cluster", {"networkPolicy": {}}, {"node_accounts": (), "upgraded": True, "network_policies": False}),
    *(("applications.endpoints", "run.googleapis.com/Service", data, {"reached_from": reached, "asks_who_calls": asks}) for data, reached, asks in (
        ({}, "?", "?"), ({"metadata": {}}, "everywhere", True), ({"metadata": {"annotations": "odd"}}, "?", "?"),
        ({"metadata": {"annotations": {"run.googleapis.com/ingress": "sideways", "run.googleapis.com/invoker-iam-disabled": "true"}}}, "?", False),
        ({"metadata": {"annotations": {"run.googleapis.com/ingress": "internal"}}}, "inside", True),
        ({"ingress": "INGRESS_TRAFFIC_INTERNAL_ONLY", "invokerIamDisabled": "odd"}, "inside", "?"), ({"ingress": "NEW"}, "?", True))),
    *(("applications.endpoints", "cloudfunctions.googleapis.com/Function", data, {"reached_from": reached, "asks_who_calls": True}) for data, reached in (
        ({}, "?"), ({"serviceConfig": {"ingressSettings": "ALLOW_INTERNAL_AND_GCLB"}}, "load balancers"))),
    *(("applications.repositories", "artifactregistry.googleapis.com/Repository", {"vulnerabilityScanningConfig": config}, {"scanned": scanned}) for config, scanned in (
        ({}, "?"), ({"enablementState": "SCANNING_UNSUPPORTED"}, None), ({"enablementState": "NEW"}, "?"))),
    ("applications.caches", "redis.googleapis.com/Instance", {"transitEncryptionMode": "NEW"}, {"tls": "?", "password": False, "key": ""}),
    ("compute.instances", "compute.googleapis.com/Instance", {"canIpForward": True}, {"forwards": True}),
    ("networks.networks", "compute.googleapis.com/Network", {"name": "n"}, {"legacy": "?", "policies_first": False, "policy": ""}),
    ("networks.networks", "compute.googleapis.com/Network", {"networkFirewallPolicyEnforcementOrder": "NEVER"}, {"policies_first": "?"}),
    ("networks.firewall_rules", "compute.googleapis.com/FirewallPolicy",
     {"rules": [{"match": {"srcNetworkType": "INTRA_VPC"}, "targetSecureTags": ["odd"]}]},
     {"sources": (), "other_sources": True, "targets": "?", "networks": ()}),
    ("networks.firewall_rules", "compute.googleapis.com/FirewallPolicy",
     {"rules": [{"match": {"srcNetworkContext": "UNSPECIFIED", "srcIpRanges": "odd"}}]}, {"sources": "?", "other_sources": False}),
    ("networks.networks", "compute.googleapis.com/Network", {"name": "n", "autoCreateSubnetworks": False}, {"legacy": False}),
    ("networks.firewall_rules", "compute.googleapis.com/Firewall", {"allowed": [{"ports": ["22"]}], "direction": "SIDEWAYS", "disabled": "odd"},
     {"enabled": "?", "inbound": "?", "allows": True, "sources": ("0.0.0.0/0",), "priority": 1000}),
    ("networks.firewall_rules", "compute.googleapis.com/Firewall", {"denied": [{"IPProtocol": "all"}], "sourceTags": ["a"]},
     {"allows": False, "sources": (), "other_sources": True}),
    ("networks.firewall_rules", "compute.googleapis.com/Firewall", {"sourceRanges": "odd"}, {"sources": "?", "allows": "?"}),
    ("networks.firewall_rules", "compute.googleapis.com/Firewall", {"targetTags": ["b"], "targetServiceAccounts": ["a"]}, {"targets": ("a", "b")}),
    ("networks.firewall_rules", "compute.googleapis.com/Firewall", {"targetTags": "odd"}, {"targets": "?"}),
    ("networks.firewall_rules", "compute.googleapis.com/FirewallPolicy", {"rules": [{"action": "allow", "match": {"srcIpRanges": ["0.0.0.0/0"]}}]},
     {"passages": "?"}),
    ("networks.firewall_rules", "compute.googleapis.com/FirewallPolicy",
     {"rules": [{"direction": "INGRESS", "action": "allow", "match": {"srcFqdns": ["a"], "layer4Configs": [{}]}}]},
     {"sources": (), "other_sources": True, "allows": True, "priority": "?", "network": ""}),
    ("load_balancing.certificates", "compute.googleapis.com/SslCertificate", {"type": "MANAGED"}, {"managed": True, "expires": None}),
    ("load_balancing.certificates", "compute.googleapis.com/SslCertificate", {"type": "SELF_MANAGED"}, {"managed": False, "expires": "?"}),
    ("load_balancing.certificates", "compute.googleapis.com/SslCertificate", {"type": "SELF_MANAGED", "expireTime": "2027-01-01T00:00:00"},
     {"expires": "?"}),
    ("iam.custom_roles", "iam.googleapis.com/Role", {"title": "Empty"}, {"permissions": "?", "stage": "ALPHA"}),
    ("org_policies.contacts", "essentialcontacts.googleapis.com/Contact", {"email": "a@example.org", "validationState": "SOMETHING_NEW"}, {"valid": "?"}),
    ("org_policies.policies", "orgpolicy.googleapis.com/Policy", {"spec": {}}, {"rules": (), "inherits": False, "resets": False}),
    ("api_keys.keys", "apikeys.googleapis.com/Key", {"restrictions": {"serverKeyRestrictions": {}, "apiTargets": [{}]}, "createTime": "x"},
     {"callers": "any", "services": "?", "made": "?"}),
    *(("api_keys.keys", "apikeys.googleapis.com/Key", {"restrictions": {name: {member: allowed}}, "createTime": "x"}, {"callers": callers})
      for name, member, allowed, callers in (
          ("serverKeyRestrictions", "allowedIps", ["192.0.2.1"], "server"), ("serverKeyRestrictions", "allowedIps", ["192.0.2.1", "0.0.0.0/0"], "any"),
          ("serverKeyRestrictions", "allowedIps", ["::/0"], "any"), ("serverKeyRestrictions", "allowedIps", ["2001:db8::/32"], "server"),
          ("browserKeyRestrictions", "allowedReferrers", ["*"], "any"), ("browserKeyRestrictions", "allowedReferrers", ["https://*/*"], "any"),
          ("browserKeyRestrictions", "allowedReferrers", ["*.com/*"], "any"), ("browserKeyRestrictions", "allowedReferrers", ["*.example.org/*"], "browser"),
          ("iosKeyRestrictions", "allowedBundleIds", ["org.example.app"], "ios"), ("androidKeyRestrictions", "allowedApplications", [], "any"),
          ("androidKeyRestrictions", "allowedApplications", [{"packageName": "org.example"}], "android"))),
    ("service_accounts.keys", "iam.googleapis.com/ServiceAccountKey", {"keyType": "SOMETHING_NEW"}, {"managed_by": "?", "account": "?", "disabled": False}),
]  # fmt: skip


@pytest.mark.parametrize(("collector", "kind", "data", "expected"), CASES)
def test_silence_is_a_default_only_where_it_is_documented(
    collector: str, kind: str, data: dict[str, Any], expected: dict[str, Any]
) -> None:
    found = seen(f"gcp.{collector}", kind, {"etag": "x", **data})
    missing = missing_fields(found)
    assert {name: "?" if name in missing else getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("collector", "kind", "data"),
    [
        ("org_policies.policies", "orgpolicy.googleapis.com/Policy", {"name": "x", "dryRunSpec": {}}),
        ("api_keys.keys", "apikeys.googleapis.com/Key", {"deleteTime": "2026-11-01T00:00:00Z"}),
        ("logs.buckets", "logging.googleapis.com/LogBucket", {"lifecycleState": "DELETE_REQUESTED"}),
        ("storage.dataproc_clusters", "dataproc.googleapis.com/Cluster", {"virtualClusterConfig": {}}),
    ],
)
def test_what_has_no_effect_any_more_is_not_listed(collector: str, kind: str, data: dict[str, Any]) -> None:
    place = Estate("gcp/x", "organizations/900", Shown(estate.asset(kind, "projects/x/things/thing", data)), scope="")
    assert not list(COLLECTORS[f"gcp.{collector}"](place))


@pytest.mark.parametrize("metadata", [{"annotations": {}}, {}])
def test_annotations_of_a_service_that_was_cut_off_are_not_all(metadata: dict[str, Any]) -> None:
    shown = seen(
        "gcp.applications.endpoints", "run.googleapis.com/Service", {"metadata": metadata}, assetExceptions=[{"exceptionType": "TRUNCATION"}]
    )  # fmt: skip
    assert missing_fields(shown).keys() == {"reached_from", "asks_who_calls"}


@pytest.mark.parametrize("rules", [None, [], "odd"])
def test_a_firewall_policy_without_rules_is_not_shown_whole(rules: Any) -> None:
    shown = estate.asset(
        "compute.googleapis.com/FirewallPolicy", "locations/global/firewallPolicies/1", {"rules": rules, "name": "1"}
    )
    place = Estate("gcp/x", "organizations/900", Shown(shown), scope="")
    with pytest.raises(InventoryError, match="does not say all rules"):
        list(COLLECTORS["gcp.networks.firewall_rules"](place))


def test_a_deny_policy_of_which_nobody_knows_where_it_holds_is_a_gap() -> None:
    lost = estate.asset("iam.googleapis.com/PolicyV2", estate.deny_policy("projects/1", "x"), {"kind": "DenyPolicy"})
    place = Estate("gcp/x", "organizations/900", Shown({**lost, "ancestors": []}), scope="")
    with pytest.raises(InventoryError, match="does not say where"):
        list(COLLECTORS["gcp.denials.denials"](place))


def test_policies_and_assets_without_what_makes_them_are_refused() -> None:
    place = Estate(
        "gcp/x",
        "organizations/900",
        Shown({"name": "//x/y", "assetType": "x.googleapis.com/Y", "ancestors": []}),
        scope="",
    )
    with pytest.raises(InventoryError, match="without its policy"):
        list(COLLECTORS["gcp.iam.policies"](place))
    nameless = Estate(
        "gcp/x",
        "organizations/900",
        Shown({"name": "", "assetType": "compute.googleapis.com/Disk", "ancestors": []}),
        scope="",
    )
    with pytest.raises(InventoryError, match="without a name"):
        list(nameless.assets(Listing(RESOURCE, ("compute.googleapis.com/Disk",))))
    with pytest.raises(InventoryError, match="no page"):
        require_promised(b'{"assets": "odd"}')


def test_a_policy_that_was_cut_off_or_stands_nowhere_is_not_observed() -> None:
    nothing: dict[str, Any] = {"bindings": [], "auditConfigs": []}
    cut = {
        **estate.POLICIES[0],
        "assetExceptions": [{"exceptionType": "TRUNCATION"}],
        "ancestors": [],
        "iamPolicy": nothing,
    }
    (found,) = COLLECTORS["gcp.iam.policies"](Estate("gcp/x", "organizations/900", Shown(cut), scope=""))
    assert missing_fields(found).keys() == {"bindings", "audits", "container"}


@pytest.mark.parametrize(("modes", "meant"), [([""], None), (["", "GCE_METADATA"], False), (["GKE_METADATA"], True)])
def test_a_pool_that_was_cut_off_hides_no_cluster(modes: list[str], meant: bool | None) -> None:
    pools = [{"config": {"workloadMetadataConfig": {"mode": each} if each else {}}} for each in modes]
    data = {"workloadIdentityConfig": {"workloadPool": "p"}, "nodePools": pools}
    cut_off = {"assetExceptions": [{"exceptionType": "TRUNCATION"}]}
    found: Any = seen("gcp.kubernetes.clusters", "container.googleapis.com/Cluster", data, **cut_off)
    assert (None if "workload_identity" in missing_fields(found) else found.workload_identity) is meant


def test_the_estate_is_seen_as_it_is() -> None:
    shop = world().found("gcp_container")["projects/123"]
    assert (shop.name, shop.above, shop.labels) == (
        "example-shop",
        (estate.FOLDER, estate.ORGANIZATION),
        {"stage": "production"},
    )
    assert world().found("gcp_container")[estate.ORGANIZATION].customer == "C0example"
    lab = world().found("gcp_iam_policy")["//cloudresourcemanager.googleapis.com/projects/124"]
    assert {each.condition for each in lab.bindings} == {"", "request.time.getHours() < 17"}
    assert sorted(lab.persons()) == ["ada@example.org"] * 3 + ["eve@example.com"] * 2
    contact = world().found("gcp_essential_contact")[
        f"//essentialcontacts.googleapis.com/{estate.ORGANIZATION}/contacts/1"
    ]
    assert list(contact.persons()) == ["security@example.org"]


def test_firewall_policies_are_seen_with_their_rules_and_where_they_hang() -> None:
    policies = {each.name: each for each in world().found("gcp_firewall_policy").values()}
    assert {name: (each.region, each.attached) for name, each in policies.items()} == {
        "base": ("", (estate.FOLDER,)),
        "remote": ("", ("//compute.googleapis.com/projects/example-lab/global/networks/old",)),
        "near": ("europe-west1", ()),
    }
    rules = {each.name: each for each in world().found("gcp_firewall_rule").values()}
    base, passing = rules["base, rule 0"], rules["base, rule 1"]
    assert (base.sources, base.passages[0].ports, base.container) == (("35.235.240.0/20",), ("22",), estate.FOLDER)
    assert (base.policy, base.allows, base.passes_on) == (policies["base"].id, True, False)
    assert (passing.allows, passing.passes_on) == (False, True)
    assert rules["remote, rule 0"].targets == ("tagValues/1",)
    assert rules["remote, rule 1"].sources == ("0.0.0.0/0", "::/0")
    assert rules["near, rule 0"].networks == policies["remote"].attached
    networks = {each.name: each for each in world().found("gcp_network").values()}
    assert {name: each.policies_first for name, each in networks.items()} == {
        "shop": False, "default": False, "old": True,
    }  # fmt: skip
    assert networks["old"].policy.endswith("/projects/example-lab/global/firewallPolicies/remote")


@pytest.mark.parametrize(
    ("data", "hidden"),
    [
        ({"sourceRanges": ["10.0.0.0/8", "everywhere"], "allowed": [{"IPProtocol": "tcp", "ports": ["22"]}]}, {"sources"}),
        ({"sourceRanges": ["10.0.0.0/8"], "allowed": [{"IPProtocol": "tcp", "ports": ["ssh"]}]}, {"ports"}),
    ],
)  # fmt: skip
def test_ranges_and_ports_that_are_none_are_not_observed(data: dict[str, Any], hidden: set[str]) -> None:
    rule: Any = seen(
        "gcp.networks.firewall_rules", "compute.googleapis.com/Firewall", {"network": "n", "name": "r", **data}
    )
    assert missing_fields(rule).keys() | missing_fields(rule.passages[0]).keys() == hidden


@pytest.mark.parametrize("associations", [[{"attachmentTarget": "somewhere/1"}], ["odd"]])
def test_a_firewall_policy_that_hangs_where_nobody_knows_is_not_observed(associations: Any) -> None:
    shown = estate.asset(
        "compute.googleapis.com/FirewallPolicy", "locations/global/firewallPolicies/1",
        {"associations": associations, "policySource": "NEW", "rules": [{"targetResources": ["x"], "targetType": "NEW"}]},
    )  # fmt: skip
    policy, rule = COLLECTORS["gcp.networks.firewall_rules"](
        Estate("gcp/x", "organizations/900", Shown(shown), scope="")
    )
    assert missing_fields(policy).keys() == {"attached", "system"}
    assert {"networks", "targets", "allows", "passes_on"} <= missing_fields(rule).keys()


def test_reading_says_why_something_is_not_there() -> None:
    data = Data({"a": 1.5, "b": True, "c": {"x": 1}})
    for found in (
        data.number("a"),
        data.number("b"),
        data.text("a"),
        data.texts("c"),
        data.labels("a"),
        data.time("a"),
    ):
        assert type(found).__name__ == "Unobserved"
    assert data.labels("c") == {"x": "1"}
    assert last("https://x/zones/z/") == "z"
    assert when("2027-02-01T00:00:00.000-08:00").astimezone(UTC).isoformat() == "2027-02-01T08:00:00+00:00"
    with pytest.raises(ValueError):
        when("2027-02-01T00:00:00")
    assert Asset({"name": "//x/y"}).short == "y"


@pytest.mark.parametrize(
    "wrong",
    [
        {"scope": "123"}, {"scope": "projects/UPPER"}, {"scope": "folders/name"},
        {"scope": "projects/example-shop", "exclude": {"projects": ["projects/123"]}},
        {"scope": "organizations/1", "include": {"projects": ["example-shop"]}},
        {"scope": "organizations/1", "include": {"folders": ["production"]}},
        {"scope": "organizations/1", "impersonate": "ada@example.org"},
        {"scope": "organizations/1", "unknown": ""},
    ],
)  # fmt: skip
def test_settings_that_mean_nothing_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Settings(**wrong)


def test_a_source_has_the_name_that_it_is_given() -> None:
    assert Settings(scope="organizations/1").source == "gcp/organizations-1"
    assert Settings(scope="projects/example.org:my-shop", name="").source == "gcp/projects-example.org.my-shop"
    assert Settings(scope="organizations/1", name="acme").source == "gcp/acme"


def test_the_example_of_the_configuration_says_every_default() -> None:
    text = (Path(__file__).parents[3] / "config.example.yaml").read_text(encoding="utf-8")
    block = text.partition("  # gcp:\n")[2].partition("\n  # Services")[0]
    (shown,) = yaml.safe_load("\n".join(line.strip().removeprefix("#") for line in block.splitlines()))
    assert shown.keys() == Settings.model_fields.keys()
    assert Settings(**shown) == Settings(scope="organizations/123456789012")
