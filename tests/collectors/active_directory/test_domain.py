"""A domain on a real controller: what is seen, what is refused, and that the two are never mixed up."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from collectors.active_directory import equivalent, least_privilege
from collectors.ldap import Settings as Directory
from collectors.ldap import open_sources as open_directories
from collectors.ldap.asking import DirectoryError
from collectors.ldap.source import Directory as AnyDirectory
from collectors.ldap.users import users as of_any_directory
from core.engine import collect
from core.model import Status
from core.settings import Secret
from tests.collectors.active_directory.conftest import CHECKS, COLLECTORS, NOW, Corp, World, again, judged, named
from tests.samba import BASE, OTHER, PASSWORD, PLAIN, READER
from tests.slapd import BASE as SLAPD_BASE
from tests.slapd import Layout, slapd

LATELY, LONG_AGO = datetime(2026, 11, 1, tzinfo=UTC), datetime(2025, 1, 2, tzinfo=UTC)
PLANTED = {
    ("accounts.password_expires", "bob"): Status.FAIL,
    ("accounts.password_expires", "ada"): Status.PASS,
    ("accounts.password_is_required", "bob"): Status.FAIL,
    ("accounts.identity_is_proven_first", "bob"): Status.FAIL,
    ("accounts.password_is_kept_as_hash", "bob"): Status.FAIL,
    ("accounts.tickets_are_made_with_aes", "svc-web"): Status.FAIL,
    ("accounts.tickets_are_made_with_aes", "svc-sql"): Status.PASS,
    ("accounts.tickets_are_made_with_aes", "dora"): Status.UNKNOWN,
    ("accounts.tickets_are_made_with_aes", "des"): Status.FAIL,
    ("accounts.tickets_are_made_with_aes", "shy"): Status.UNKNOWN,
    ("delegation.account_does_not_act_for_anybody", "WS2$"): Status.FAIL,
    ("delegation.account_does_not_act_for_anybody", "DC1$"): Status.PASS,
    ("delegation.delegation_is_narrow", "svc-web"): Status.FAIL,
    ("delegation.delegation_is_narrow", "svc-sql"): Status.FAIL,
    ("delegation.deputies_are_approved", "WS3$"): Status.FAIL,
    ("privileged.privileged_account_offers_no_service", "dora"): Status.FAIL,
    ("privileged.privileged_account_offers_no_service", "pria"): Status.PASS,
    ("privileged.privileged_account_offers_no_service", "ada"): Status.NOT_APPLICABLE,
    ("privileged.privileged_account_cannot_be_borrowed", "dora"): Status.FAIL,
    ("privileged.privileged_account_cannot_be_borrowed", "pria"): Status.PASS,
    ("privileged.privileged_account_cannot_be_borrowed", "nora"): Status.FAIL,
    ("privileged.privileged_person_is_protected", "nora"): Status.FAIL,
    ("privileged.privileged_person_is_protected", "pria"): Status.FAIL,
    ("privileged.mark_of_privilege_has_a_reason", "marked"): Status.FAIL,
    ("privileged.mark_of_privilege_has_a_reason", "Administrator"): Status.PASS,
    ("privileged.account_has_one_identity", "moved"): Status.FAIL,
    ("privileged.account_has_one_identity", "ada"): Status.PASS,
    ("privileged.members_are_approved", "Domain Admins"): Status.FAIL,
    ("privileged.members_are_approved", "Enterprise Admins"): Status.PASS,
    ("privileged.schema_admins_is_empty", "Schema Admins"): Status.FAIL,
    ("computers.computer_is_used", "WS1"): Status.PASS,
    ("computers.computer_is_used", "WS2"): Status.FAIL,
    ("computers.windows_gets_fixes", "WS1"): Status.PASS,
    ("computers.windows_gets_fixes", "WS2"): Status.FAIL,
    ("computers.windows_gets_fixes", "WS3"): Status.NOT_APPLICABLE,
    ("computers.local_password_is_replaced", "WS1"): Status.PASS,
    ("computers.local_password_is_replaced", "WS2"): Status.FAIL,
    ("computers.local_password_is_replaced", "DC1"): Status.NOT_APPLICABLE,
    ("domain.computers_are_added_by_administrators", "corp.example"): Status.FAIL,
    ("domain.strangers_cannot_search", "corp.example"): Status.FAIL,
    ("domain.old_compatibility_is_closed", "corp.example"): Status.PASS,
    ("domain.secrets_are_copied_by_controllers", "corp.example"): Status.PASS,
    ("domain.only_administrators_change_privileged_accounts", "corp.example"): Status.PASS,
    ("domain.operators_are_protected", "corp.example"): Status.FAIL,
    ("domain.deleted_accounts_can_be_brought_back", "corp.example"): Status.PASS,
    ("privileged.privileged_password_is_not_old", "dora"): Status.UNKNOWN,
    ("accounts.managed_password_is_handed_to_few", "gmsa$"): Status.FAIL,
    ("accounts.smart_card_key_is_replaced", "carla"): Status.FAIL,
    ("accounts.password_expires", "carla"): Status.NOT_APPLICABLE,
    ("accounts.machine_replaces_its_password", "WS1$"): Status.FAIL,
    ("privileged.owner_is_an_administrator", "DC1$"): Status.PASS,
    ("domain.functional_level_is_current", "corp.example"): Status.FAIL,
    ("domain.krbtgt_key_is_new", "corp.example"): Status.FAIL,
    ("domain.guest_is_switched_off", "corp.example"): Status.PASS,
    ("domain.built_in_administrator_rests", "corp.example"): Status.PASS,
    ("password_policies.policy_keeps_hashes_alone", "corp.example"): Status.PASS,
    ("password_policies.policy_keeps_hashes_alone", "lax"): Status.FAIL,
    ("password_policies.exception_is_not_weaker", "lax"): Status.FAIL,
    ("password_policies.guesses_are_counted_for_long", "corp.example"): Status.PASS,
    ("password_policies.guesses_are_counted_for_long", "lax"): Status.FAIL,
    ("trusts.trust_filters_identities", "other.example"): Status.FAIL,
    ("trusts.trust_filters_identities", "partner.example"): Status.PASS,
    ("trusts.trust_admits_who_was_chosen", "partner.example"): Status.PASS,
    ("trusts.trust_hands_out_no_tickets", "partner.example"): Status.FAIL,
    ("trusts.trust_uses_aes", "partner.example"): Status.PASS,
    ("trusts.trust_uses_aes", "other.example"): Status.UNKNOWN,
    ("server.passwords_need_tls", "active_directory/corp"): Status.PASS,
    ("server.strangers_see_nothing", "active_directory/corp"): Status.FAIL,
    ("users.account_is_used", "ada"): Status.PASS,
    ("users.account_is_used", "bob"): Status.FAIL,
    ("users.account_is_used", "eve"): Status.NOT_APPLICABLE,
    ("users.account_is_used", "temp"): Status.NOT_APPLICABLE,
}  # fmt: skip
"""What each planted fact comes to, by check and what it is about."""


def test_planted_facts_are_found(world: World) -> None:
    evidence = [each for seen in world.values() for each in seen.evidence]
    called = {
        (each.kind, resource.id): next(
            (said for field in ("login", "name", "partner") if (said := getattr(resource, field, ""))), resource.id
        )
        for each in evidence
        for resource in each.resources
    }
    found = {
        (check.partition(".")[2], called[(CHECKS[check].subject.kind, each)]): status
        for (check, each), status in judged(evidence).items()
    }
    assert {key: found.get(key) for key in PLANTED} == PLANTED


def test_nothing_is_left_out_with_the_rights_that_we_ask_for(world: World) -> None:
    assert {name: seen.unit.gaps for name, seen in world.items()} == dict.fromkeys(COLLECTORS, ())
    hidden = {
        (login, field)
        for kind in ("idp_user", "ad_account", "ad_computer")
        for login, said in named(world["principals"], kind).items()
        for field, value in said.items()
        if str(value).startswith("? ")
    }
    assert hidden == {("shy", "services")}, "which was denied"


def test_accounts(world: World) -> None:
    users = named(world["principals"], "idp_user")
    ada = users["ada"]
    assert (ada["name"], ada["email"], ada["enabled"], ada["expires"]) == ("Ada", "ada@example.org", True, None)
    assert (ada["last_sign_in"], ada["password_changed"], ada["sign_ins_lag_days"]) == (LATELY, LATELY, 14)
    assert users["temp"]["expires"] == LONG_AGO
    assert (users["carla"]["email"], users["bob"]["email"]) == ("carla@example.org", ""), "how she signs in"
    assert users["eve"]["password_changed"] is None, "pwdLastSet is 0"
    assert {login for login, said in users.items() if said["service"]} == {"krbtgt", "gmsa$", "svc-web", "svc-sql"}
    assert not {login for login in users if login.startswith(("WS", "DC"))}, "computers are no users"
    assert named(world["principals"], "ad_account")["gmsa$"]["type"] == "managed"
    people = named(world["principals"], "ad_account")
    assert people["moved"]["former_sids"] == (f"{OTHER}-1105",)
    assert people["WS3$"]["admits_deputies"] == ("S-1-5-11",)


def test_privileges_are_followed_through_groups(world: World) -> None:
    groups = named(world["principals"], "ad_privileged_group")
    members = {name: sorted(each.name for each in said["members"]) for name, said in groups.items()}
    assert members["Domain Admins"] == ["Administrator", "dora", "pria"], "nested, and as a primary group"
    assert members["Administrators"] == ["Administrator", "dora", "pria"]
    assert members["Server Operators"] == [f"{OTHER}-1106"]
    assert members["Print Operators"] == []
    direct = named(world["principals"], "idp_group")
    ids = {said["id"]: login for login, said in named(world["principals"], "ad_account").items()}
    ids |= {said["id"]: name for name, said in direct.items()}
    assert sorted(ids[each] for each in direct["Domain Admins"]["members"]) == ["Administrator", "Night Shift", "pria"]
    assert ids.keys() >= set(direct["Domain Users"]["members"])


def test_an_ordinary_account_sees_no_fine_grained_policy_and_knows_it(corp: Corp) -> None:
    seen = corp.look("password_policies", bind_dn=PLAIN)
    assert set(named(seen, "idp_password_policy")) == {"corp.example"}
    (gap,) = seen.unit.gaps
    assert gap.reason == "fine-grained password policies are not shown to us, so that there may be some"
    assert corp.look("domain", bind_dn=PLAIN).unit.gaps == corp.look("trusts", bind_dn=PLAIN).unit.gaps == ()


def test_what_hides_is_a_gap(corp: Corp) -> None:
    """A filter passes over what hides its class, and over what stands where we may not look."""
    seen = corp.look("principals", bind_dn=PLAIN)
    assert not {"shy", "locked-away"} & set(named(seen, "idp_user"))
    through = {login: said["privileged_through"] for login, said in named(seen, "ad_account").items()}
    assert all(str(each).startswith("? ") for each in through.values()), "what hides may be a group"
    (gap,) = seen.unit.gaps
    assert gap.reason in (
        f"CN=shy,CN=Users,{BASE} does not show us what it is", f"what stands in OU=Closed,{BASE} is not shown to us"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "reason", "hint"),
    [
        ({"bind_dn": "nobody@corp.example"}, "the server answers invalidCredentials", "correct bind_dn"),
        ({"authority": ""}, "gave no answer: ", "authority signed"),
    ],
)
def test_who_cannot_sign_in_sees_nothing(corp: Corp, settings: dict[str, str], reason: str, hint: str) -> None:
    seen = corp.look("principals", **settings)
    assert not any(each.resources for each in seen.evidence)
    (gap,) = seen.unit.gaps
    assert reason in gap.reason
    assert hint in gap.hint


def test_start_tls_is_as_good(corp: Corp, world: World) -> None:
    seen = corp.look("server", corp.server.plain)
    (server,) = named(seen, "ldap_server").values()
    assert server["cleartext_sign_in"] == "refused"
    assert server == next(iter(named(world["server"], "ldap_server").values()))


def test_a_wrong_password_without_tls_tells_nothing(corp: Corp, tmp_path: Path) -> None:
    """A server that looks at the password says so; of a controller that need not mean that it takes one."""
    with slapd(tmp_path, Layout(globals="olcTLSCipherSuite: NORMAL:-VERS-TLS1.0:-VERS-TLS1.1")) as other:
        source = corp.source(other.plain, authority=str(other.authority))
        assert source.probe("oldest TLS") == "1.2"
        with pytest.raises(DirectoryError, match="need not mean"):
            source.probe("cleartext", SLAPD_BASE)


def test_asked_as_any_directory_a_domain_is_not_believed_to_lack_what_it_hides(corp: Corp) -> None:
    """Its filters say that shy has no services, which are denied."""
    base = f"CN=Users,{BASE}"
    entry = Directory(
        name="x", url=corp.server.secure, bind_dn=READER, authority=str(corp.server.authority), bases=[base],
        password=Secret(env="ANNEXA_TEST_DOMAIN"), people="(sAMAccountName=shy)",
    )  # fmt: skip
    (source,) = open_directories([entry], [], lambda: NOW)
    assert isinstance(source, AnyDirectory)
    entries = list(source.search(base, "(&(sAMAccountName=shy)(!(servicePrincipalName=*)))", ("servicePrincipalName",)))
    assert [each.attributes for each in entries] == [{}]
    assert source.absent(base, entry.people, ("servicePrincipalName",), entries) == {}
    seen = collect(of_any_directory, source, version="", clock=lambda: NOW)
    assert "configure it below active_directory" in {gap.hint for gap in seen.unit.gaps}
    source.close()


def test_nobody_listens(corp: Corp) -> None:
    seen = corp.look("server", "ldaps://127.0.0.1:1")
    (server,) = named(seen, "ldap_server").values()
    assert "gave no answer" in server["tls_minimum"]
    (gap,) = corp.look("trusts", "ldaps://127.0.0.1:1").unit.gaps
    assert gap.retryable


def test_what_was_recorded_before_the_template_and_the_counting_were_asked_for(world: World) -> None:
    unit = world["domain"].unit
    kept = tuple(each for each in unit.exchanges if not each.parameters.get("base", "").startswith("CN=AdminSDHolder"))
    older = replace(world["domain"], unit=replace(unit, exchanges=kept))
    (said,) = named(again(older, "domain"), "ad_domain").values()
    assert "was not asked for yet when this was recorded" in said["changes_privileged"]
    assert said["unprotected"] == ("Account Operators",)
    policies = world["password_policies"]
    kept = tuple(
        each
        for each in policies.unit.exchanges
        if "observationwindow" not in each.parameters.get("attributes", "").lower()
    )
    older = again(replace(policies, unit=replace(policies.unit, exchanges=kept)), "password_policies")
    told = {name: each["counted_seconds"] for name, each in named(older, "ad_password_policy").items()}
    assert all("was not asked for yet" in each for each in told.values())
    assert told.keys() == {"corp.example", "lax"}
    principals = world["principals"]
    later = re.compile("userPrincipalName|msDS-GroupMSAMembership")
    kept = tuple(each for each in principals.unit.exchanges if not later.search(str(each.parameters)))
    older = again(replace(principals, unit=replace(principals.unit, exchanges=kept)), "principals")
    emails = {login: each["email"] for login, each in named(older, "idp_user").items()}
    assert emails["ada"] == "ada@example.org"
    assert "was not asked for yet" in emails["carla"]
    assert "was not asked for yet" in named(older, "ad_account")["gmsa$"]["password_handed_to"]
    assert not older.unit.gaps


def test_a_person_can_look_as_well(world: World) -> None:
    seen = world["principals"]
    commands = [equivalent(seen.unit, each) for each in seen.unit.exchanges]
    assert any(
        "-E '!1.2.840.113556.1.4.801=::MAMCAQU='" in each and "'(objectClass=user)'" in each for each in commands
    )
    assert all(PASSWORD not in each for each in commands)
    probes = [equivalent(world["server"].unit, each) for each in world["server"].unit.exchanges]
    assert any(each.startswith("openssl s_client -tls1 ") for each in probes)


def test_what_is_called_is_what_is_declared(world: World) -> None:
    """Both ways; and no password, key or secret is among it."""
    for name, seen in world.items():
        asked = {
            attribute.partition(";")[0]
            for each in seen.unit.exchanges
            if each.operation == "ldap.search"
            for attribute in each.parameters["attributes"].split()
        }
        assert asked == set(COLLECTORS[name].permissions), name
    declared = {each for collector in COLLECTORS.values() for each in collector.permissions}
    secrets = (
        "unicodePwd",
        "supplementalCredentials",
        "ms-Mcs-AdmPwd",
        "msLAPS-Password",
        "msLAPS-EncryptedPassword",
        "msDS-ManagedPassword",
        "msFVE-RecoveryPassword",
    )
    assert not {each.lower() for each in secrets} & {each.lower() for each in declared}
    printed = least_privilege(declared)
    assert "CN=Password Settings Container" in printed
    assert set(re.findall(r'/G "[^"]*:(\w+)"', printed)) == {"GR"}, "to read, and nothing else"
