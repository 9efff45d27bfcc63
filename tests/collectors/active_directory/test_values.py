"""Values, permissions and answers as their documents have them, without a server."""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from collectors.active_directory.accounts import DEPUTIES, AccountOf, SignIns, ciphers, type_of
from collectors.active_directory.apart import AskedApart
from collectors.active_directory.descriptors import (
    CONTROL_ACCESS,
    LIST_CONTENTS,
    READ_PROPERTY,
    WRITE_PERMISSIONS,
    descriptor,
)
from collectors.active_directory.domain import (
    COPY_SECRETS,
    QUOTA,
    RULING,
    _character,
    _copies_secrets,
    _quota,
    _takes_over,
    _unprotected,
)
from collectors.active_directory.groups import Groups
from collectors.active_directory.source import ROOT, Attribute, Domain, Reader, Shown, folded, unfolded
from collectors.active_directory.trusts import _trust
from collectors.active_directory.values import (
    days,
    dns_name,
    filetime,
    guid_text,
    named,
    relative_id,
    seconds,
    sid_text,
    whole,
)
from collectors.ldap.asking import DirectoryError, Entry, Extent, Page, Search
from core.resource import missing_fields
from core.resources.active_directory import AdAccount

WORLD, ADMINISTRATORS = "S-1-1-0", "S-1-5-32-544"
COPY_CHANGES = "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2"
SIDS = {
    WORLD: "010100000000000100000000",
    ADMINISTRATORS: "01020000000000052000000020020000",
    "S-1-5-10": "01010000000000050a000000",
}
ATTRIBUTE, SET = "f3a64788-5306-11d1-a9c5-0000f80367c1", "e48d0154-bcf8-11d1-8702-00c04fb96050"


def line(kind: int, rights: int, sid: str = WORLD, about: str = "", *, flags: int = 0, inherited: str = "") -> bytes:
    """One line of a descriptor (MS-DTYP, 2.4.4)."""
    body = struct.pack("<I", rights)
    if kind in (5, 6, 11, 12):
        body += struct.pack("<I", bool(about) + 2 * bool(inherited))
        body += b"".join(guid(each) for each in (about, inherited) if each)
    body += bytes.fromhex(SIDS[sid])
    return struct.pack("<BBH", kind, flags, len(body) + 4) + body


def guid(text: str) -> bytes:
    one, two, three, *rest = text.split("-")
    return struct.pack("<IHH", int(one, 16), int(two, 16), int(three, 16)) + bytes.fromhex("".join(rest))


def permissions(*lines: bytes, control: int = 0x8004, owner: str = "") -> str:
    body = b"".join(lines)
    grants = struct.pack("<BBHHH", 4, 0, len(body) + 8, len(lines), 0) + body
    head = struct.pack("<BBHIIII", 1, 0, control, 20 + len(grants) if owner else 0, 0, 0, 20)
    return base64.b64encode(head + grants + (bytes.fromhex(SIDS[owner]) if owner else b"")).decode()


def test_identifiers() -> None:
    assert sid_text(bytes.fromhex(SIDS[ADMINISTRATORS])) == ADMINISTRATORS
    assert sid_text(bytes.fromhex("010500000000000515000000010000000200000003000000f4010000")) == "S-1-5-21-1-2-3-500"
    assert relative_id("S-1-5-21-1-2-3-500") == 500
    assert guid_text(guid(ATTRIBUTE)) == ATTRIBUTE
    for wrong in (b"", b"\2" * 12, bytes.fromhex(SIDS[WORLD])[:-1]):
        with pytest.raises(DirectoryError):
            sid_text(wrong)
    with pytest.raises(DirectoryError):
        guid_text(b"short")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, None), ("0", None), (str(2**63 - 1), None),
        ("134396640000000000", datetime(2026, 11, 20, 16, tzinfo=UTC)),
        ("116444736000000019", datetime(1970, 1, 1, 0, 0, 0, 1, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_moments(text: str | None, expected: datetime | None) -> None:
    assert filetime(text) == expected


@pytest.mark.parametrize("text", ["-1", str(2**63 - 2), "soon"])
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(DirectoryError):
        filetime(text)


def test_spans() -> None:
    assert (seconds("-18000000000"), seconds(str(-(2**63))), seconds("0")) == (1800, 0, 0)
    assert (days("-36288000000000"), days("-1"), days("-864000000001"), days("-864010000000")) == (42, 0, 1, 2)
    assert whole("7") == 7


def test_names() -> None:
    known = named(f"<GUID={ATTRIBUTE.upper()}>;<SID=S-1-5-21-1-2-3-500>;CN=a;b,DC=x")
    assert (known.guid, known.sid, known.dn) == (ATTRIBUTE, "S-1-5-21-1-2-3-500", "CN=a;b,DC=x")
    assert named(f"<GUID={ATTRIBUTE}>;CN=a,DC=x").sid == ""
    assert named("CN=a,DC=x").guid == ""
    assert dns_name("DC=Corp, DC=example") == "corp.example"


@pytest.mark.parametrize(
    ("lines", "may"),
    [
        ((), False),
        ((line(0, READ_PROPERTY),), True),
        ((line(0, LIST_CONTENTS),), False),
        ((line(0, 0x80000000),), True),
        ((line(0, READ_PROPERTY, flags=8),), False),
        ((line(0, READ_PROPERTY, ADMINISTRATORS),), False),
        ((line(0, READ_PROPERTY, "S-1-5-10"),), False),
        ((line(5, READ_PROPERTY, about=ATTRIBUTE),), True),
        ((line(5, READ_PROPERTY, about=SET, inherited=ATTRIBUTE),), True),
        ((line(5, READ_PROPERTY, about=COPY_SECRETS),), False),
        ((line(5, READ_PROPERTY),), True),
        ((line(6, READ_PROPERTY, about=ATTRIBUTE), line(0, READ_PROPERTY)), False),
        ((line(0, READ_PROPERTY), line(1, READ_PROPERTY)), True),
        ((line(9, READ_PROPERTY),), False),
        ((line(10, READ_PROPERTY), line(0, READ_PROPERTY)), False),
        ((line(17, READ_PROPERTY), line(0, READ_PROPERTY)), True),
    ],
)
def test_who_may_read(lines: tuple[bytes, ...], may: bool) -> None:
    """The first line that speaks of it decides; a condition may deny, and allows nothing."""
    assert descriptor(permissions(*lines)).permits({WORLD}, READ_PROPERTY, (ATTRIBUTE, SET)) is may


def test_what_a_descriptor_says_beside() -> None:
    assert descriptor(permissions(control=0x8000)).permits({WORLD}, READ_PROPERTY), "no list keeps nobody out"
    assert descriptor(permissions(owner=ADMINISTRATORS)).owner == ADMINISTRATORS
    short = base64.b64encode(base64.b64decode(permissions(line(0, 1)))[:-3]).decode()
    for wrong in ("", "no base64", short, permissions(struct.pack("<BBH", 0, 0, 0))):
        with pytest.raises(DirectoryError):
            descriptor(wrong)


def test_who_may_copy_secrets() -> None:
    changes, secrets = (line(5, CONTROL_ACCESS, about=each) for each in (COPY_CHANGES, COPY_SECRETS))
    assert _copies_secrets(descriptor(permissions(changes))) == frozenset()
    assert _copies_secrets(descriptor(permissions(secrets))) == {WORLD}, "the other right may come through a group"
    assert _copies_secrets(descriptor(permissions(line(0, CONTROL_ACCESS, ADMINISTRATORS)))) == {ADMINISTRATORS}
    assert _copies_secrets(descriptor(permissions(line(0, WRITE_PERMISSIONS)))) == {WORLD}
    assert _copies_secrets(descriptor(permissions(owner=ADMINISTRATORS))) == {ADMINISTRATORS}, (
        "who may always change them"
    )
    assert _copies_secrets(descriptor(permissions(control=0x8000))) == {WORLD}, "no list keeps nobody out"


@pytest.mark.parametrize(
    ("lines", "who"),
    [
        ((line(9, WRITE_PERMISSIONS),), {WORLD}),
        ((line(10, WRITE_PERMISSIONS), line(0, WRITE_PERMISSIONS)), {WORLD}),
        ((line(1, WRITE_PERMISSIONS), line(0, WRITE_PERMISSIONS)), set()),
        ((line(0, WRITE_PERMISSIONS), line(1, WRITE_PERMISSIONS)), {WORLD}),
        ((line(1, WRITE_PERMISSIONS, ADMINISTRATORS), line(0, WRITE_PERMISSIONS)), {WORLD}),
    ],
)
def test_who_may_do_harm_is_taken_the_other_way_round(lines: tuple[bytes, ...], who: set[str]) -> None:
    """A condition may allow, and takes nothing away."""
    assert _copies_secrets(descriptor(permissions(*lines))) == who


def test_who_may_take_over_privileged_accounts() -> None:
    for right, things in RULING.items():
        for about in things:
            assert _takes_over(descriptor(permissions(line(5, right, about=about)))) == {WORLD}
        assert _takes_over(descriptor(permissions(line(0, right, ADMINISTRATORS)))) == {ADMINISTRATORS}
    harmless = (line(0, READ_PROPERTY), line(5, CONTROL_ACCESS, about=ATTRIBUTE), line(0, 0xF01FF, flags=8))
    assert _takes_over(descriptor(permissions(*harmless))) == frozenset()
    assert _takes_over(descriptor(permissions(owner=ADMINISTRATORS))) == {ADMINISTRATORS}


def test_characters_of_the_heuristics() -> None:
    assert (_character("", 7), _character("0000002", 7), _character("0000002", 8)) == ("0", "2", "0")
    assert _unprotected("0") == ()
    assert _unprotected("5") == ("Account Operators", "Print Operators")
    assert len(_unprotected("f")) == 4
    with pytest.raises(DirectoryError, match="names no groups"):
        _unprotected("x")


def shown(*lines: bytes, confidential: bool = False, **attributes: str) -> Shown:
    known = {"serviceprincipalname": Attribute((ATTRIBUTE, SET), confidential)}
    values: dict[str, tuple[str, ...]] = {name.lower(): (value,) for name, value in attributes.items()}
    if lines:
        values["ntsecuritydescriptor"] = (permissions(*lines),)
    return Shown(Entry("CN=x", values), Reader(frozenset({WORLD, "S-1-5-21-1-2-3-4"}), known))


def test_absent_is_not_hidden() -> None:
    may = line(0, READ_PROPERTY)
    assert shown(servicePrincipalName="HTTP/x").value("servicePrincipalName") == "HTTP/x"
    assert shown(may).value("servicePrincipalName") is None
    assert shown().value("msLAPS-PasswordExpirationTime") is None, "the schema knows no such attribute"
    own = line(0, READ_PROPERTY, "S-1-5-10")
    assert shown(own, objectSid="S-1-5-21-1-2-3-4").value("servicePrincipalName") is None, "we are that entry"
    for hidden in (shown(), shown(own), shown(line(0, LIST_CONTENTS)), shown(may, confidential=True)):
        with pytest.raises(DirectoryError):
            hidden.value("servicePrincipalName")


def test_a_quota_that_is_not_set_is_not_zero() -> None:
    none: Any = {QUOTA: "0"}
    assert _quota(shown(**none)) == 0
    with pytest.raises(DirectoryError, match="is not set, and what then holds is not documented"):
        _quota(shown(line(0, READ_PROPERTY)))


SIGN_INS: Any = None


@pytest.mark.parametrize(
    ("lines", "control", "admitted"),
    [
        ((line(0, 0xF01FF),), 0x8004, (WORLD,)),
        ((line(1, 0xF01FF),), 0x8004, ()),
        ((line(9, 0xF01FF, ADMINISTRATORS),), 0x8004, (ADMINISTRATORS,)),
        ((), 0x8004, ()),
        ((), 0x8000, (WORLD,)),
    ],
)
def test_who_may_act_for_others(lines: tuple[bytes, ...], control: int, admitted: tuple[str, ...]) -> None:
    values: dict[str, tuple[str, ...]] = {
        "objectguid": ("1",),
        "objectclass": ("user",),
        DEPUTIES.lower(): (permissions(*lines, control=control),),
    }
    assert of_an_account(values).admits_deputies == admitted


def of_an_account(values: dict[str, tuple[str, ...]]) -> AdAccount:
    found = AccountOf(Answering({}), Shown(Entry("CN=x", values), Reader(frozenset(), {})), SIGN_INS, service=False)
    return found.account(Groups(Answering({}), ()), AskedApart(Answering({}), "DC=x", "(a=*)", "a"))


@pytest.mark.parametrize(("owner", "shown"), [(ADMINISTRATORS, True), ("", False)])
def test_who_owns_an_account(owner: str, *, shown: bool) -> None:
    values: dict[str, tuple[str, ...]] = {"objectguid": ("1",), "objectclass": ("user",)}
    found = of_an_account({**values, "ntsecuritydescriptor": (permissions(owner=owner),)})
    assert ("owner" not in missing_fields(found)) is shown
    assert not shown or found.owner == ADMINISTRATORS


def test_descriptors_are_recorded_once_a_page() -> None:
    entries = tuple(Entry(f"CN={number}", {"ntsecuritydescriptor": (text,)}) for number, text in enumerate("aabab"))
    entries += (Entry("CN=none", {}),)
    short = folded(entries)
    assert [each.first("ntSecurityDescriptor") for each in short] == ["a", "=0", "b", "=0", "=2", None]
    assert unfolded(Page(short, (), more=False)).entries == entries


class Answering(Domain):
    """A domain that answers what it is told, by what is asked for."""

    id, principal = "active_directory/x", ""

    def __init__(self, answers: Mapping[str, dict[str, tuple[str, ...]]]) -> None:
        self._answers = answers

    def extent(self) -> Extent:
        raise AssertionError

    def probe(self, name: str, base: str = "") -> str:
        raise AssertionError

    def pages(self, search: Search) -> Iterator[Page]:
        said = self._answers.get(" ".join(search.attributes))
        yield Page((Entry("CN=Big", said),) if said is not None else (), (), more=False)


def test_long_lists_are_read_to_their_end() -> None:
    """As a domain cuts them after 1,500 values (MS-ADTS, 3.1.1.3.1.3.3); Samba gives all at once."""
    parts: dict[str, dict[str, tuple[str, ...]]] = {
        "member": {"cn": ("Big",), "member;range=0-1": ("a", "b")},
        "member;range=2-*": {"member;range=2-3": ("c", "d")},
        "member;range=4-*": {"member;range=4-*": ("e",)},
    }
    assert Answering(parts).entry("CN=Big", ("member",)).attributes == {"cn": ("Big",), "member": tuple("abcde")}
    del parts["member;range=4-*"]
    with pytest.raises(DirectoryError, match="shows a part of member only"):
        Answering(parts).entry("CN=Big", ("member",))
    with pytest.raises(DirectoryError, match="a part of member"):
        Answering({**parts, "member;range=4-*": {}}).entry("CN=Big", ("member",))


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({}, "there is no root"),
        ({"": {"schemanamingcontext": ("CN=Schema",)}}, "does not say who we are"),
        ({"": {"tokengroups": (WORLD,)}}, "schemaNamingContext"),
        ({"": {"tokengroups": (WORLD,), "schemanamingcontext": ("CN=Schema",)}}, "the schema is not shown"),
    ],
)
def test_what_the_domain_must_say_of_itself(answers: dict[str, Any], reason: str) -> None:
    root = " ".join(ROOT)
    with pytest.raises(DirectoryError, match=reason):
        Answering({name or root: said for name, said in answers.items()}).reader(("member",))


@pytest.mark.parametrize(
    ("kind", "flags", "expected"),
    [
        ("2", 0x0, ("external", False, False, False)),
        ("2", 0x4, ("external", True, False, False)),
        ("2", 0x8, ("forest", True, False, False)),
        ("2", 0x8 | 0x40, ("forest", False, False, False)),
        ("2", 0x8 | 0x10 | 0x800, ("forest", True, True, True)),
        ("2", 0x8 | 0x200 | 0x800, ("forest", True, False, False)),
        ("2", 0x4 | 0x800, ("external", True, False, False)),
        ("1", 0x20, ("parent or child", False, False, False)),
        ("3", 0x1, ("realm", True, False, False)),
    ],
)
def test_trusts(kind: str, flags: int, expected: tuple[str, bool, bool, bool]) -> None:
    """Flags of MS-ADTS, 6.1.6.7.9; SIDs are filtered between forests by default (MS-PAC, 4.1.2.2)."""
    found = _trust(Answering({}), trust(trustType=kind, trustAttributes=str(flags)))
    assert (found.type, found.filters_sids, found.selective, found.delegates_tickets) == expected
    assert (found.inbound, found.outbound, found.ciphers) == (False, True, ("AES128", "AES256"))


def test_a_trust_of_a_kind_that_we_do_not_know() -> None:
    found = _trust(Answering({}), trust(trustType="5", trustAttributes="0"))
    assert missing_fields(found).keys() == {"type", "filters_sids"}


def trust(**attributes: str) -> Shown:
    values = {
        "objectGUID": "1", "trustPartner": "x", "trustDirection": "2", "msDS-SupportedEncryptionTypes": "24",
        **attributes,
    }  # fmt: skip
    return Shown(Entry("CN=x", {name.lower(): (value,) for name, value in values.items()}), Reader(frozenset(), {}))


def test_what_an_account_is() -> None:
    def of(*classes: str, flags: str = "512") -> str:
        return type_of(Entry("CN=x", {"objectclass": classes, "useraccountcontrol": (flags,)}))

    assert of("top", "person", "user") == "user"
    assert of("top", "person", "user", "inetOrgPerson") == "user"
    assert of("top", "user", "computer") == "computer"
    assert of("top", "user", "computer", "msDS-GroupManagedServiceAccount") == "managed"
    assert of("top", "user", flags=str(0x800 | 0x20)) == "trust"


@pytest.mark.parametrize(
    ("head", "lag", "since"),
    [
        ({}, 14, True),
        ({"msDS-LogonTimeSyncInterval": "3"}, 3, True),
        ({"msDS-LogonTimeSyncInterval": "0"}, None, False),
        ({"msDS-Behavior-Version": "0"}, 14, False),
    ],
)
def test_what_is_known_of_sign_ins(head: dict[str, str], lag: int | None, since: bool) -> None:
    values = {"whenCreated": "20200102030405.0Z", "msDS-Behavior-Version": "7", **head}
    entry = Entry("DC=x", {name.lower(): (value,) for name, value in values.items()})
    found = SignIns(Answering({}), Shown(entry, Reader(frozenset(), {})))
    assert (found.lag_days.__class__ is int and found.lag_days) == (lag if lag is not None else False)
    assert (found.since.__class__ is datetime) is since
    if lag is None:
        with pytest.raises(DirectoryError, match="does not keep"):
            found.require()


def test_ciphers() -> None:
    assert (ciphers(None), ciphers("0"), ciphers(str(0x80000))) == (None, None, None)
    assert ciphers("31") == ("AES128", "AES256", "DES", "RC4")
    with pytest.raises(DirectoryError):
        ciphers("strong")
