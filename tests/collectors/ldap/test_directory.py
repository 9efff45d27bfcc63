"""Directories on a real slapd: what is seen, what is refused, and that the two are never mixed up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from ldap3 import Connection

from collectors.ldap import Settings, _connection, equivalent, least_privilege
from collectors.ldap.asking import Entry, Extent, Page, Search, below, parent, same
from collectors.ldap.locks import Locks
from collectors.ldap.policies import DATABASES, DEFAULT, OVERLAYS, SUFFIX, default_policies
from collectors.ldap.source import Directory, moment
from collectors.ldap.users import Account, is_enabled, users
from core.model import Exchange, Unit
from core.resource import Unobserved
from tests.collectors.ldap.conftest import ADMINS, COLLECTORS, NOW, PEOPLE, POLICY, Corp, Plant, replayed
from tests.slapd import BASE, POLICY_OVERLAY, READER, READS_ALL, person

NO_ACCESS = f'by dn.exact="{READER}" none by * none'


def refused(*attributes: str) -> tuple[str, ...]:
    return (f"to attrs={','.join(attributes)} {NO_ACCESS}", READS_ALL)


def test_accounts(corp: Corp) -> None:
    seen = corp.look("users")
    assert seen.gap is None
    assert seen.principal == READER
    assert {name: (each["service"], each["enabled"]) for name, each in seen.found.items()} == {
        "annexa": (True, True), "ada": (False, True), "bob": (False, True), "eve": (False, False), "new": (False, True),
    }  # fmt: skip
    ada, bob = seen.found["ada"], seen.found["bob"]
    assert (ada["name"], ada["email"], ada["expires"]) == ("Ada", "ada@example.org", None)
    assert ada["last_sign_in"] == datetime(2026, 11, 1, 8, tzinfo=UTC)
    assert bob["password_changed"] == datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert seen.found["new"]["last_sign_in"] is None
    assert {each["sign_ins_recorded_since"] for each in seen.found.values()} == {bob["last_sign_in"]}


@pytest.mark.parametrize(
    ("attribute", "fields"),
    [
        ("cn", {"name"}),
        ("mail", {"email"}),
        ("createTimestamp", {"created"}),
        ("pwdAccountLockedTime", {"enabled"}),
        ("pwdLastSuccess", {"last_sign_in", "sign_ins_recorded_since"}),
        ("pwdChangedTime", {"password_changed"}),
    ],
)
def test_an_attribute_that_is_refused_is_not_one_that_is_absent(plant: Plant, attribute: str, fields: set[str]) -> None:
    seen = plant(access=refused(attribute)).look("users")
    for each in seen.found.values():
        assert {name for name, value in each.items() if str(value).startswith("? ")} == fields


@pytest.mark.parametrize(
    ("differs", "bases", "expected"),
    [
        ({}, [], (f"cn=gone,ou=policies,{BASE}",)),
        ({}, [f"ou=people,{BASE}"], f"? the policy cn=gone,ou=policies,{BASE} stands below none of our bases"),
        ({"access": refused("pwdPolicySubentry")}, [], "? pwdPolicySubentry is not shown to us"),
    ],
)
def test_policies_that_accounts_choose(
    plant: Plant, differs: dict[str, Any], bases: list[str], expected: object
) -> None:
    chooser = person("own", pwdPolicySubentry=f"cn=gone,ou=policies,{BASE}")
    seen = plant(entries=[*PEOPLE, chooser, POLICY], **differs).look("users", bases=bases)
    assert (seen.choice, seen.gap) == (expected, None)


def test_what_we_may_search_and_not_read_is_not_absent(plant: Plant) -> None:
    access = (f'to attrs=pwdAccountLockedTime by dn.exact="{READER}" search by * none', READS_ALL)
    seen = plant(access=access).look("users")
    assert seen.found["eve"]["enabled"] == "? pwdAccountLockedTime is not shown to us"
    assert seen.found["ada"]["enabled"] is True, "a filter showed that it has none"


def test_without_the_schema_nothing_is_known_to_be_absent(plant: Plant) -> None:
    access = (READS_ALL,)
    overlay = 'dn: olcDatabase={-1}frontend,cn=config\nobjectClass: olcDatabaseConfig\nobjectClass: olcFrontendConfig\nolcDatabase: {-1}frontend\nolcAccess: to dn.base="cn=Subschema" by * none\nolcAccess: to * by * read\n'
    seen = plant(access=access, frontend=overlay).look("users")
    assert seen.found["ada"]["expires"] == "? pwdEndTime is not shown to us"
    assert seen.found["ada"]["last_sign_in"] == "? authTimestamp is not shown to us"
    assert seen.found["ada"]["name"] == "Ada"


def test_branches_that_show_nothing_are_a_gap(plant: Plant) -> None:
    access = (f'to dn.children="ou=people,{BASE}" {NO_ACCESS}', READS_ALL)
    seen = plant(access=access).look("users")
    assert set(seen.found) == {"annexa"}
    assert seen.gap is not None
    assert seen.gap.reason == f"entries below ou=people,{BASE} are not shown to us"


@pytest.mark.parametrize("name", ["users", "groups", "policies"])
def test_a_base_that_is_not_ours_to_see_is_a_gap(corp: Corp, name: str) -> None:
    seen = corp.look(name, bases=["dc=elsewhere"])
    assert not seen.found
    assert seen.gap is not None
    assert seen.gap.reason.startswith("the server answers noSuchObject")
    assert "correct its name" in seen.gap.hint


def test_groups(corp: Corp, plant: Plant) -> None:
    people = corp.look("users").found
    assert corp.look("groups").found["admins"]["members"] == (people["ada"]["id"],)
    other = plant(access=refused("member", "cn"))
    (group,) = other.look("groups").found.values()
    assert (group["name"], group["members"]) == ("? cn is not shown to us", "? member is not shown to us")


STAFF = f"""\
dn: cn=staff,ou=groups,{BASE}
objectClass: posixGroup
cn: staff
gidNumber: 100
memberUid: ADA
memberUid: twin
memberUid: gone
"""
BOTH = f"""\
dn: cn=both,ou=groups,{BASE}
objectClass: groupOfNames
cn: both
member: CN=admins, ou=groups,{BASE}
member: uid=left,ou=people,{BASE}
"""


def test_members_are_named_as_what_they_are(plant: Plant) -> None:
    """By their ids; by the group's own word for whoever is not there, or may be one of two."""
    twins = [person("twin"), person("other", employeeNumber="7\nuid: Twin")]
    corp = plant(entries=[*PEOPLE, *twins, ADMINS, STAFF, BOTH])
    people, groups = corp.look("users").found, corp.look("groups").found
    assert groups["both"]["members"] == tuple(sorted([groups["admins"]["id"], f"uid=left,ou=people,{BASE}"]))
    assert set(groups["staff"]["members"]) == {people["ada"]["id"], "twin", "gone"}


OF_UNIX = [
    f"""\
dn: uid={name},ou=people,{BASE}
objectClass: account
objectClass: posixAccount
uid: {name}
cn: {name}
uidNumber: {number}
gidNumber: 100
homeDirectory: /home/{name}
"""
    for number, name in enumerate(("ann", "ben"), 1000)
]


@pytest.mark.parametrize(
    ("access", "staff", "admins"),
    [
        ((READS_ALL,), {"ada", "ann", "ben", "twin", "gone"}, {"ada"}),
        (refused("gidNumber"), "? gidNumber is not shown to us, which says whose primary group it is", {"ada"}),
        ((f'to dn.base="uid=ann,ou=people,{BASE}" attrs=gidNumber {NO_ACCESS}', READS_ALL), "? gidNumber", {"ada"}),
    ],
)
def test_a_primary_group_names_nobody(plant: Plant, access: tuple[str, ...], staff: object, admins: set[str]) -> None:
    corp = plant(entries=[*PEOPLE, *OF_UNIX, ADMINS, STAFF], access=access)
    names = {each["id"]: name for name, each in corp.look("users").found.items()}
    found = corp.look("groups").found
    members = {name: each["members"] for name, each in found.items()}
    assert {names[each] for each in members["admins"]} == admins
    if isinstance(staff, str):
        assert members["staff"].startswith(staff)
    else:
        assert {names.get(each, each) for each in members["staff"]} == staff


STAFF_ONLY = {"people": "(&(objectClass=person)(!(employeeType=guest)))"}


def test_a_filter_of_ones_own_tells_accounts_apart(plant: Plant) -> None:
    people = [person(name, employeeType=kind) for name, kind in (("ada", "staff"), ("bob", "guest"))]
    seen = plant(entries=people).look("users", **STAFF_ONLY)
    assert (set(seen.found), seen.gap) == ({"ada"}, None)


def test_a_filter_that_may_not_be_searched_is_a_gap(plant: Plant) -> None:
    """An account that a filter says neither yes nor no to is not in the answer."""
    seen = plant(access=refused("employeeType")).look("users", **STAFF_ONLY)
    assert not seen.found
    assert seen.gap is not None
    assert seen.gap.reason == "employeeType cannot be searched everywhere, which people asks for"


def test_policies(corp: Corp, plant: Plant) -> None:
    (policy,) = corp.look("policies").found.values()
    assert (policy["minimum_length"], policy["history"]) == (14, 6)
    assert (policy["wrong_guesses"], policy["locked_seconds"]) == (5, 900)
    assert policy["default"] is True
    careless = f"dn: cn=other,ou=policies,{BASE}\nobjectClass: applicationProcess\nobjectClass: pwdPolicy\ncn: other\npwdAttribute: userPassword\npwdMinLength: 14\npwdMaxFailure: 5\n"
    (policy,) = plant(entries=[careless], config_access="to * by * read").look("policies").found.values()
    assert policy["minimum_length"] == 0, "a length counts only where quality is looked at"
    assert policy["wrong_guesses"] == 0, "guesses count only where accounts are locked at all"
    assert policy["default"] is False


def test_a_policy_that_is_hidden_is_a_gap(plant: Plant) -> None:
    seen = plant(access=refused("objectClass")).look("policies")
    assert seen.gap is not None
    assert seen.gap.reason == "the directory enforces password policies and shows us none"


def test_rules_of_a_policy_that_are_hidden_are_not_zero(plant: Plant) -> None:
    corp = plant(access=refused("pwdMinLength", "pwdLockout"), config_access="to * by * read")
    (policy,) = corp.look("policies").found.values()
    assert policy["minimum_length"] == "? pwdMinLength is not shown to us"
    assert policy["wrong_guesses"] == "? pwdLockout is not shown to us"
    assert (policy["history"], policy["default"]) == (6, True)


def test_policies_that_nobody_enforces_are_none(plant: Plant) -> None:
    corp = plant(modules=(), overlays="", entries=[])
    assert (corp.look("policies").found, corp.look("policies").gap) == ({}, None)
    (server,) = corp.look("server").found.values()
    assert server["policies_enforced"] is False


@pytest.mark.parametrize(
    ("config_access", "enforced"),
    [("to * by * read", False), (f"to attrs=olcSuffix {NO_ACCESS}\nolcAccess: to * by * read", True)],
)
def test_a_module_that_no_database_uses_enforces_nothing(plant: Plant, config_access: str, *, enforced: bool) -> None:
    corp = plant(overlays="", config_access=config_access)
    assert bool(corp.look("policies").found) is enforced
    (server,) = corp.look("server").found.values()
    assert server["policies_enforced"] is enforced


DEFAULT_POLICY = f"cn=default,ou=policies,{BASE}"


class Answering(Directory):
    """A directory with these entries of cn=config, by the filter that finds them; elsewhere there is one account."""

    id, principal = "ldap/x", ""

    def __init__(self, answers: dict[str, dict[str, dict[str, tuple[str, ...]]]], bases: list[str], empty: str) -> None:
        self._answers = answers
        self._bases = tuple(bases)
        self._empty = empty

    def extent(self) -> Extent:
        return Extent(self._bases, "(objectClass=person)", ())

    def probe(self, name: str, base: str = "") -> str:
        raise AssertionError

    def pages(self, search: Search) -> Iterator[Page]:
        if search.base == "cn=config":
            found = self._answers.get(search.filter, {})
        else:
            found = {} if search.base == self._empty else {f"uid=ada,{search.base}": {}}
        yield Page(tuple(Entry(dn, said) for dn, said in found.items()), (), more=False)


@pytest.mark.parametrize(
    ("suffix", "overlay", "bases", "expected"),
    [
        ("o=other", "", [BASE], (DEFAULT_POLICY,)),
        ("o=other", "", [BASE, "o=other"], ("", DEFAULT_POLICY)),
        ("o=other", "", ["o=other"], ("",)),
        ("cn=accesslog", "", [BASE, "cn=accesslog"], (DEFAULT_POLICY,)),
        ("", "", [BASE], "? olcSuffix of olcdatabase={2}mdb,cn=config is not shown to us"),
        ("o=other", "", ["o=third"], "? which database holds o=third is not shown to us"),
        ("o=other", "{-1}frontend", [BASE, "o=other"], (DEFAULT_POLICY,)),
        (f"ou=people,{BASE}", "", [BASE], ("", DEFAULT_POLICY)),
        (
            f"ou=people,{BASE}",
            "",
            [f"ou=groups,{BASE}"],
            f"? the default policy {DEFAULT_POLICY} stands below none of our bases",
        ),
        (f"ou=people,{BASE}", "", [f"ou=a,ou=people,{BASE}"], ("",)),
    ],
)
def test_each_database_has_a_default_of_its_own(suffix: str, overlay: str, bases: list[str], expected: object) -> None:
    answers: dict[str, dict[str, dict[str, tuple[str, ...]]]] = {
        OVERLAYS: {
            f"olcOverlay={{0}}ppolicy,olcDatabase={overlay or '{1}mdb'},cn=config": {DEFAULT.lower(): (DEFAULT_POLICY,)}
        },
        DATABASES: {
            "olcDatabase={-1}frontend,cn=config": {},
            "olcDatabase={1}mdb,cn=config": {SUFFIX.lower(): (BASE,)},
            "olcDatabase={2}mdb,cn=config": {SUFFIX.lower(): (suffix,) if suffix else ()},
        },
    }
    directory = Answering(answers, bases, empty="cn=accesslog")
    found: Any = directory.look(lambda: default_policies(directory))
    assert (f"? {found.reason}" if isinstance(found, Unobserved) else found) == expected


def test_what_was_recorded_before_defaults_were_asked_of_each_database(corp: Corp) -> None:
    seen = corp.look("server")
    seen.recorder.exchanges[:] = [
        each for each in seen.recorder.exchanges if each.parameters.get("attributes") not in (DEFAULT, SUFFIX)
    ]
    (older,) = replayed(seen, "server").found.values()
    assert "was not asked for yet" in older["default_policies"]
    assert older["policies_enforced"] is True


def test_a_default_that_is_hidden_is_not_none(plant: Plant) -> None:
    corp = plant(config_access=f"to attrs=olcPPolicyDefault {NO_ACCESS}\nolcAccess: to * by * read")
    (policy,) = corp.look("policies").found.values()
    assert policy["default"] == "? the default policy is not shown to us"


STRICT = POLICY.replace("cn=default", "cn=strict").replace("cn: default", "cn: strict")
LENIENT = POLICY.replace("pwdLockout: TRUE\n", "")
NO_DEFAULT = POLICY_OVERLAY.replace(f"olcPPolicyDefault: cn=default,ou=policies,{BASE}\n", "")
ENDED = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("differs", "policy", "expected"),
    [
        ({}, POLICY, (False, False, ENDED)),
        ({}, LENIENT + "pwdLockout: FALSE\n", (True, False, ENDED)),
        ({}, LENIENT, (True, False, ENDED)),
        ({"overlays": NO_DEFAULT}, POLICY, (True, False, None)),
        ({"overlays": ""}, POLICY, (True, True, None)),
        ({"config_access": "to * by * none"}, POLICY, ("the server", "the server", "the server")),
        (
            {"access": refused("pwdLockout")},
            POLICY,
            ("pwdLockout of cn=default", "pwdLockout of cn=strict", "pwd"),
        ),
        ({"access": refused("pwdPolicySubentry")}, POLICY, ("pwdPolicySubentry", "pwdPolicySubentry", "pwd")),
    ],
)
def test_locks_and_ends_count_as_the_policy_says(
    plant: Plant, differs: dict[str, Any], policy: str, expected: tuple[object, ...]
) -> None:
    """The server itself is asked whom it lets in."""
    secret = {"userPassword": "hers-alone-77d0"}
    locked = {**secret, "pwdAccountLockedTime": "000001010000Z"}
    people = [
        person("eve", **locked),
        person("own", **locked, pwdPolicySubentry=f"cn=strict,ou=policies,{BASE}"),
        person("old", **secret, pwdEndTime="20260101000000Z"),
    ]
    corp = plant(entries=[*people, policy, STRICT], **differs)
    found = corp.look("users").found
    told = found["eve"]["enabled"], found["own"]["enabled"], found["old"]["expires"]
    for name, said, wanted in zip(("eve", "own", "old"), told, expected, strict=True):
        if isinstance(wanted, str):
            assert wanted in str(said)
        else:
            assert said == wanted
            connection: Any = Connection(corp.server.plain, f"uid={name},ou=people,{BASE}", secret["userPassword"])
            assert connection.bind() is (said in (True, None))
            connection.unbind()


@pytest.mark.parametrize(("said", "enabled"), [("true", False), ("TRUE", False), ("false", True), (None, True)])
def test_accounts_of_389_are_switched_off_in_any_case_of_letters(corp: Corp, said: str | None, enabled: object) -> None:
    attributes: dict[str, tuple[str, ...]] = {} if said is None else {"nsaccountlock": (said,)}
    absent = {name: frozenset({"uid=ada"}) for name in ("pwdAccountLockedTime", "nsAccountLock")}
    directory = corp.source()
    assert isinstance(directory, Directory)
    assert is_enabled(Account(Entry("uid=ada", attributes), absent), Locks(directory)) is enabled


@pytest.mark.parametrize(
    ("differs", "expected"),
    [
        ({"globals": "olcTLSProtocolMin: 3.3"}, ((), "accepted", "1.0")),  # GnuTLS passes over it
        ({"globals": "olcTLSCipherSuite: NORMAL:-VERS-TLS1.0"}, ((), "accepted", "1.1")),
        ({"globals": "olcTLSCipherSuite: NORMAL:-VERS-TLS1.0:-VERS-TLS1.1"}, ((), "accepted", "1.2")),
        ({"globals": "olcSecurity: simple_bind=128"}, ((), "refused", "1.0")),
        ({"globals": "olcDisallows: bind_anon"}, ((), "accepted", "1.0")),
        ({"access": ("to * by * read",)}, ((BASE,), "accepted", "1.0")),
    ],
)
def test_what_strangers_meet(plant: Plant, differs: dict[str, object], expected: tuple[object, ...]) -> None:
    corp = plant(**differs)
    (seen,) = corp.look("server", corp.server.plain).found.values()
    assert (seen["anonymous_sees"], seen["cleartext_sign_in"], seen["tls_minimum"]) == expected
    assert (seen["policies_enforced"], seen["default_policies"]) == (True, (DEFAULT_POLICY,))


def test_more_people_than_one_answer_holds(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server gives others no more than 500."""
    monkeypatch.setattr(_connection, "PAGE_ENTRIES", 250)
    people = [person(f"p{number}") for number in range(600)]
    corp = plant(entries=people, database=f'olcLimits: dn.exact="{READER}" size.pr=unlimited size.prtotal=unlimited')
    seen = corp.look("users")
    assert (len(seen.found), seen.gap) == (601, None)
    listing = [each for each in seen.recorder.exchanges if "entryUUID" in each.parameters.get("attributes", "")]
    assert [(each.page, each.items) for each in listing] == [(1, 250), (2, 250), (3, 101)]


def test_a_limit_that_paging_does_not_lift_is_a_gap(plant: Plant) -> None:
    corp = plant(entries=[person(f"p{number}") for number in range(510)])
    seen = corp.look("users")
    assert not seen.found
    assert seen.gap is not None
    assert seen.gap.reason == "the server answers sizeLimitExceeded"
    assert "olcLimits" in seen.gap.hint


@pytest.mark.parametrize(
    ("settings", "reason", "hint"),
    [
        ({"password": {"env": "ANNEXA_TEST_WRONG"}}, "the server answers invalidCredentials", "correct bind_dn"),
        ({"authority": ""}, "gave no answer: self-signed certificate", "authority signed"),
        ({"password": {"env": "NOT_HERE"}}, "the environment variable NOT_HERE is not set", "set it"),
    ],
)
def test_who_cannot_sign_in_sees_nothing(
    corp: Corp, monkeypatch: pytest.MonkeyPatch, settings: dict[str, object], reason: str, hint: str
) -> None:
    monkeypatch.setenv("ANNEXA_TEST_WRONG", "not-the-password-81c2")
    for address in (corp.server.secure, corp.server.plain):
        seen = corp.look("users", address, **settings)
        assert seen.gap is not None
        assert not seen.found
        assert reason in seen.gap.reason
        assert hint in seen.gap.hint
        assert "not-the-password" not in repr(seen.recorder.exchanges)


def test_a_certificate_of_another_name_is_refused(corp: Corp) -> None:
    """It is of 127.0.0.1."""
    for address in (corp.server.secure, corp.server.plain):
        seen = corp.look("users", address.replace("127.0.0.1", "localhost"))
        assert seen.gap is not None
        assert "localhost" in seen.gap.reason
        assert "certificate" in seen.gap.reason


def test_nobody_listens(corp: Corp) -> None:
    seen = corp.look("server", "ldap://127.0.0.1:1")
    (server,) = seen.found.values()
    assert "gave no answer" in server["cleartext_sign_in"]
    seen = corp.look("users", "ldap://127.0.0.1:1")
    assert seen.gap is not None
    assert seen.gap.retryable


def test_a_part_that_is_kept_elsewhere_is_a_gap(plant: Plant) -> None:
    referral = f"dn: ou=abroad,{BASE}\nobjectClass: referral\nobjectClass: extensibleObject\nou: abroad\nref: ldap://192.0.2.1/ou=abroad,{BASE}\n"
    seen = plant(entries=[*PEOPLE, referral]).look("users")
    assert seen.gap is not None
    assert seen.gap.reason == f"a part of the directory is kept elsewhere: ldap://192.0.2.1/ou=abroad,{BASE}??sub"


def test_names_are_compared_as_directories_do() -> None:
    assert same("UID=Ada, OU=People,DC=example") == "uid=ada,ou=people,dc=example"
    assert parent("cn=Lovelace\\, Ada,ou=people,dc=example") == "ou=people,dc=example"
    assert below("uid=ada,ou=people,dc=example", "OU=People, DC=example")
    assert below("uid=ada", "")
    assert not below("uid=ada,ou=otherpeople,dc=example", "ou=people,dc=example")
    assert Entry("x", {"cn": ("a", "b")}).all("CN") == ("a", "b")


def test_a_time_is_a_time() -> None:
    assert moment("20260102030405Z") == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    with pytest.raises(Exception, match="'never' is not a time in UTC"):
        moment("never")


def test_what_the_reader_needs(plant: Plant) -> None:
    """The printed rules are enough: a server that has them and no others shows as much as one that shows all."""
    printed = least_privilege(each for collector in COLLECTORS.values() for each in collector.permissions)
    assert "userPassword" not in printed.partition("olcAccess")[2]
    lines = [line for line in printed.splitlines() if not line.startswith("#")]
    rules = "\n".join(lines).replace("\n  ", " ").splitlines()
    database, limits, config = (rule.partition(": ")[2] for rule in rules)
    sign_in = "to attrs=userPassword by anonymous auth by * none"
    corp = plant(
        access=(sign_in, database), config_access=config, database=f"olcLastBind: TRUE\nolcLimits: {limits}",
    )  # fmt: skip
    for name in COLLECTORS:
        seen = corp.look(name)
        assert seen.gap is None
        hidden = [value for each in seen.found.values() for value in each.values() if str(value).startswith("? ")]
        assert not hidden


def test_a_person_can_look_as_well(corp: Corp) -> None:
    seen = corp.look("users", corp.server.plain)
    unit = Unit(
        collector=users.id, version="", source="ldap/corp", scope="", principal=READER, started=NOW, finished=NOW,
        exchanges=(), gaps=(),
    )  # fmt: skip

    def shown(exchange: Exchange) -> str:
        return equivalent(unit, exchange)

    commands = [shown(each) for each in seen.recorder.exchanges]
    assert commands[0] == "", "nobody was asked"
    assert commands[1].startswith(f"ldapsearch -H {corp.server.plain} -LLL -ZZ -x -W -D {READER}")
    assert commands[1].endswith("-b '' -s base '(objectClass=*)' namingContexts supportedControl subschemaSubentry")
    probes = [shown(each) for each in corp.look("server").recorder.exchanges if each.operation == "ldap.probe"]
    assert any(each.endswith(f"-x -b {BASE} -z 1 '(objectClass=*)' 1.1") for each in probes)
    assert any(each.startswith("ldapwhoami -H ldap://127.0.0.1") for each in probes)


@pytest.mark.parametrize(
    "wrong", [{"url": "http://example.org"}, {"people": "objectClass=person"}, {"bind_dn": ""}, {"insecure": True}]
)
def test_settings_that_cannot_be(wrong: dict[str, object]) -> None:
    right = {"name": "corp", "url": "ldaps://ldap.example.org", "bind_dn": READER, "password": {"env": "X"}}
    Settings.model_validate(right)
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Settings.model_validate({**right, **wrong})
