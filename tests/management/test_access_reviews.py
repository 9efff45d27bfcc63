"""Access reviews at work: who holds what since when, sheets that go out and come back, and what became of decisions."""

from __future__ import annotations

import copy
import csv
import io
import json
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from agent import app
from core.errors import AnnexaError
from core.management.access_review import HeldAccess
from core.model import Status
from core.resource import unobserved
from core.resources.host.accounts import Group as HostGroup
from core.resources.host.names import NameServices
from core.resources.host.sudo import SudoCommand, SudoGrant
from core.resources.idp import Group, RoleAssignment
from evidence_store.people.erasure import Decision as Erasing
from evidence_store.people.erasure import erase
from evidence_store.verification.verify import verify
from management.access_reviews import access, known
from management.access_sheets import COLUMNS
from management.access_status import status
from management.sealing import By
from runs.rules import in_force
from tests.checks.aws.identities import user as iam_user
from tests.checks.host.test_accounts import login
from tests.checks.people.test_people import CLOUD, CORP, HR, WEB
from tests.management.staff import ADA, BEGINNING, BO, EVE, TEXT, Staff, account, group

BY = By(name="Zoe", reason="the spring review")
DAY = timedelta(days=1)
HIDDEN: Any = unobserved("denied")


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Staff:
    """A store with two scans, which tests copy. Between them Ada was made a head, and Bo came to payments."""
    staff = Staff(tmp_path_factory.mktemp("scanned"))
    whole = staff.seen[CORP]["idp_group"]
    staff.seen[CORP]["idp_group"] = (group("payments", "g-heads"), group("heads"))
    staff.scan()
    staff.seen[CORP]["idp_group"] = whole
    staff.scan(DAY)
    return staff


@pytest.fixture
def staff(scanned: Staff, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Staff:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(scanned.folder, tmp_path, dirs_exist_ok=True)
    (tmp_path / "config.yaml").write_text(TEXT, encoding="utf-8")
    return Staff(tmp_path, now=scanned.now, count=scanned.count, seen=copy.deepcopy(scanned.seen))


Typed = Callable[..., str]


@pytest.fixture
def typed(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Type a command; what it prints."""

    def now() -> Any:
        staff.now += timedelta(seconds=1)
        return staff.now

    monkeypatch.setattr("runs.clock.now", now)

    def run(*arguments: str, ends: int = 0) -> str:
        said = CliRunner().invoke(app, ("access-review", *arguments), catch_exceptions=False, standalone_mode=False)
        if said.exception:
            raise said.exception
        assert (said.return_value or 0) == ends
        return said.output

    return run


def rows(staff: Staff) -> dict[tuple[str, str], HeldAccess]:
    with staff.desk() as desk:
        return {(each.access.account, each.access.right): each.access for each in access(desk).shown.rows}


def test_who_holds_what_and_since_when(staff: Staff) -> None:
    found = rows(staff)
    assert ("off", f"{CORP}:sign-in") not in found
    pay = found["ada", f"{CORP}:payments"]
    assert (pay.via, pay.since, pay.earlier) == (
        ("heads",),
        date(2026, 2, 1),
        False,
    )  # seen to come with the second scan
    buyers = found["ada", f"{CLOUD}:Buyers"]
    assert (buyers.since, buyers.earlier) == (date(2026, 1, 31), True)  # there when the store began
    admin = found["ada", f"{CORP}:Admin"]
    assert (admin.since, admin.earlier, admin.privileged) == (date(2025, 5, 1), False, True)  # the provider tells
    assert found["bo", f"{WEB}:docker"].privileged
    assert found["bo", f"{WEB}:sign-in"].since == date(2026, 1, 31)
    proposed = {key: (each.proposal.value, each.because) for key, each in found.items()}
    assert proposed["eve", f"{CORP}:sign-in"] == ("remove", "Eve left on 2026-01-01")
    assert proposed["zed", f"{CORP}:sign-in"] == ("remove", "no list of people names it")
    assert proposed["ada", f"{CORP}:payments"] == ("keep", "nothing speaks against it")


def test_what_evidence_proposes(staff: Staff) -> None:
    old = BEGINNING - 200 * DAY
    staff.seen[HR]["person"] = (
        *staff.seen[HR]["person"][:2], EVE,
        type(ADA)(**{
            **{name: getattr(ADA, name) for name in ADA.__dataclass_fields__ if name != "_missing"},
            "id": "20", "logins": ("both",), "email": "", "name": "", "department_since": date(2026, 2, 1),
        }),
        type(ADA)(**{
            **{name: getattr(ADA, name) for name in ADA.__dataclass_fields__ if name != "_missing"},
            "id": "21", "logins": ("both",), "email": "", "role_since": HIDDEN,
        }),
    )  # fmt: skip
    staff.seen[CORP] = {
        "idp_user": (
            account("ada", last_sign_in=old), account("bo", last_sign_in=None, created=old), account("both"),
            account("job", service=True), account("dim", login="bo2", email="bo@example.org", last_sign_in=HIDDEN),
            account("dark", enabled=HIDDEN, login=HIDDEN),
        ),
        "idp_group": (group("ovens", "u-both", "u-dark"),),
        "idp_role_assignment": (),
    }  # fmt: skip
    staff.seen[CLOUD] = {"aws_iam_user": (iam_user(name="bo", keys=(), password_last_used=None, created=old),)}
    staff.seen[WEB] = {"host_login": (login(id="job", name="job", system=True, last_login=HIDDEN),), "host_group": ()}
    staff.scan(2 * DAY)
    staff.now += DAY
    found = {key: (each.proposal.value, each.because) for key, each in rows(staff).items()}
    assert found["ada", f"{CORP}:sign-in"] == ("remove", "last used on 2025-07-15")
    assert found["bo", f"{CORP}:sign-in"] == ("remove", "never used since 2025-07-15")
    assert found["bo", f"{CLOUD}:sign-in"] == ("remove", "never used since 2025-07-15")
    assert found["both", f"{CORP}:sign-in"] == ("remove", "several people have it")
    assert found["job", f"{CORP}:sign-in"] == ("keep", "it belongs to a program")
    assert found["job", f"{WEB}:sign-in"][1].startswith("nobody can tell when it was used")
    assert found["bo2", f"{CORP}:sign-in"][1].startswith("nobody can tell when it was used: idp_user.last_sign_in")
    assert found["u-dark", f"{CORP}:sign-in"][1].startswith("nobody can tell whose it is: idp_user.login")
    with staff.desk() as desk:
        assert access(desk).shown.blind == {CORP: "idp_user.enabled was not observed: denied"}


def test_movers_are_proposed_and_named(staff: Staff, typed: Typed) -> None:
    moved = type(BO)(**{
        **{name: getattr(BO, name) for name in BO.__dataclass_fields__ if name != "_missing"},
        "role_since": date(2026, 2, 3), "department_since": date(2027, 1, 1),
    })  # fmt: skip
    staff.seen[HR]["person"] = (ADA, moved, EVE)
    staff.scan(3 * DAY)
    pay = rows(staff)["bo", f"{CORP}:payments"]
    assert (pay.proposal.value, pay.because) == (
        "remove", "held from before Bo came to present duties on 2026-02-03",
    )  # fmt: skip
    with staff.desk() as desk:
        said = {each.about: each.verdict.reason for each in status(desk) if each.check == "is_confirmed"}
    assert said[pay.id] == (
        "bo holds ldap/corp:payments since 2026-02-01; Bo has present duties since 2026-02-03, "
        "and no review has confirmed it since then"
    )
    assert "no review has confirmed it since then" in typed("status", ends=1)


def test_a_look_with_a_gap_is_no_break(staff: Staff) -> None:
    staff.gaps = {CORP: "denied"}
    staff.seen[CORP]["idp_group"] = (group("payments"),)
    staff.scan(DAY)
    staff.gaps = {}
    staff.seen[CORP]["idp_group"] = (group("payments", "u-bo"),)
    staff.scan(DAY)
    assert rows(staff)["bo", f"{CORP}:payments"].since == date(2026, 2, 1)
    staff.seen[CORP]["idp_group"] = (group("payments"),)
    staff.scan(DAY)
    staff.seen[CORP]["idp_group"] = (group("payments", "u-bo"), Group(id="odd", name="odd", members=HIDDEN))
    staff.scan(DAY)
    assert rows(staff)["bo", f"{CORP}:payments"].since == date(2026, 2, 5)  # it was gone, and came again


def test_rights_whose_beginning_no_provider_tells(staff: Staff) -> None:
    (admin,) = staff.seen[CORP]["idp_role_assignment"]
    assert isinstance(admin, RoleAssignment)
    untold = {name: getattr(admin, name) for name in ("id", "role", "privileged", "scope", "principal")}
    staff.seen[CORP]["idp_role_assignment"] = (
        RoleAssignment(**untold, principal_kind="user", since=HIDDEN, ends=None, eligible=False),
    )
    everything = SudoCommand(program="ALL", arguments="any", forbidden=False, keeps_off_pagers=False)
    rule = SudoGrant(
        id="%docker", principal="%docker", hosts=("ALL",), run_as=(), needs_password=True, no_exec=False,
        commands=(everything,),
    )  # fmt: skip
    staff.seen[WEB]["host_sudo_grant"] = (rule,)
    staff.scan(DAY)
    found = rows(staff)
    assert (found["ada", f"{CORP}:Admin"].since, found["ada", f"{CORP}:Admin"].earlier) == (date(2026, 1, 31), True)
    sudo = found["bo", f"{WEB}:sudo"]
    assert (sudo.privileged, sudo.via, sudo.since, sudo.earlier) == (True, ("docker",), date(2026, 2, 2), True)


def sheet(name: str) -> list[dict[str, str]]:
    with Path(name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def filled(found: list[dict[str, str]], **said: str) -> list[dict[str, str]]:
    """A sheet that is filled in by Ada, what is her own by Bo."""
    for each in found:
        by = "bo@example.org" if each["holder"] == "Adelheid" else "ADA Example" if each["holder"] == "x" else "ada"
        each |= {"decision": "keep", "decided by": by, "decided on": "2026-02-01", **said}
    return found


def saved(found: list[dict[str, str]], name: str = "filled.csv", separator: str = ",") -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, delimiter=separator)
    writer.writeheader()
    writer.writerows(found)
    Path(name).write_text(text.getvalue(), encoding="utf-8")
    return name


def test_a_review_goes_out_and_comes_back(staff: Staff, typed: Typed) -> None:
    text = typed("export")
    assert "AR-0001: 8 rows for ada@example.org, due 2026-03-03" in text
    assert sorted(each.name for each in Path().glob("AR-*")) == [
        "AR-0001.csv", "AR-0001.xlsx", "AR-0002.csv", "AR-0002.xlsx",
    ]  # fmt: skip
    book = load_workbook("AR-0001.xlsx").worksheets[0]
    cells = [[str(each.value or "") for each in line] for line in book.iter_rows()]
    assert cells == [list(COLUMNS), *([each[name] for name in COLUMNS] for each in sheet("AR-0001.csv"))]
    assert Path("AR-0001.csv").stat().st_mode & 0o077 == 0
    with pytest.raises(AnnexaError, match="AR-0001: ada@example.org has".replace(".", "\\.")):
        typed("export")
    answers = filled(sheet("AR-0001.csv"))
    for each in answers:
        if each["account"] == "eve":
            each |= {"decision": "Remove", "comment": "=1+1"}
        if each["right"] == f"{CORP}:Admin":
            each |= {"decision": "change", "change to": "Reader"}
    assert "AR-0001 is decided: 1 change, 6 keep, 1 remove" in typed("import", saved(answers, separator=";"))
    found = json.loads(typed("list", "--json"))
    assert [(each["id"], each["stage"], each["valid_until"]) for each in found] == [
        ("AR-0001", "decided", "2026-05-02"), ("AR-0002", "opened", None),
    ]  # fmt: skip
    told = json.loads(typed("show", "ar-0001", "--json"))
    eve = next(each for each in told["rows"] if each["account"] == "eve")
    assert (eve["decision"], eve["decided by"], eve["comment"]) == ("remove", "ada@example.org", "=1+1")
    assert [each["act"] for each in told["events"]] == ["opened", "decided"]
    assert "decided, for ada@example.org" in typed("show", "AR-0001")
    with staff.desk() as desk:
        attested = {each.id: each.said.title for each in in_force(desk.store, desk.configuration, None).attestations}
        assert verify(desk.store).problems == ()
    assert attested == {"AR-0001": f"Access review of {CLOUD}, {CORP}, {CORP}:Admin"}
    with pytest.raises(AnnexaError, match="is decided already"):
        typed("import", saved(answers))
    sealed = b"".join(each.read_bytes() for each in Path("store").rglob("*") if each.is_file())
    assert b"the access of" not in sealed
    for name in (b"Adelheid", b"ada@example.org", b"eve@example.org"):
        assert name not in sealed


def test_what_was_decided_is_followed(staff: Staff, typed: Typed) -> None:
    typed("export", "--owner", "ADA@example.org", "--due", "2026-02-10", "--reason", "after an incident")
    answers = filled(sheet("AR-0001.csv"))
    for each in answers:
        if each["account"] in ("eve", "zed"):
            each["decision"] = "remove"
    typed("import", saved(answers))
    staff.seen[CORP]["idp_user"] = tuple(each for each in staff.seen[CORP]["idp_user"] if each.id != "u-zed")
    staff.scan(9 * DAY)
    text = typed("status", "--all", ends=1)
    assert "eve was to lose ldap/corp:sign-in by 2026-02-08, as AR-0001 decided on 2026-02-01, and holds it" in text
    found = json.loads(typed("status", "--json", ends=1))
    said = {(each["check"], each["status"]): each["reason"] for each in found}
    assert said["is_removed", "pass"].startswith("zed was to lose")
    assert said["is_reviewed", "fail"] in {
        f"nobody is named who answers for {WEB}", f"nobody is named who answers for {WEB}:docker",
    }  # fmt: skip
    staff.gaps = {CORP: "denied"}
    staff.scan()
    assert "nobody can tell whether it has: denied" in typed("status", ends=3)
    staff.now += 5 * DAY
    with staff.desk() as desk:
        assert "it was last looked at on 2026-02-10" in access(desk).shown.blind[CLOUD]


def mistakes(typed: Typed, name: str) -> list[str]:
    with pytest.raises(AnnexaError) as refused:
        typed("import", name)
    assert all(each.hint for each in refused.value.each)
    return [str(each) for each in refused.value.each]


def test_every_mistake_in_a_sheet_is_told_with_its_line(staff: Staff, typed: Typed) -> None:
    typed("export", "--owner", "ada@example.org")
    answers = filled(sheet("AR-0001.csv"))
    changes: list[dict[str, str]] = [
        {"right": f"{CLOUD}:Sellers"},
        {"decision": "kepe"},
        {"decision": ""},
        {"decision": "change"},
        {"change to": "Reader"},
        {"decided by": ""},
        {"decided on": "1.2.2026"},
    ]
    answers = [each | change for each, change in zip(answers, [*changes, {}], strict=True)]
    missing = answers.pop()
    answers += [{**answers[0], "row": "r-0"}, dict(answers[6])]
    assert mistakes(typed, saved(answers)) == [
        "filled.csv: line 2: right was changed: it says what evidence shows",
        "filled.csv: line 3: kepe is no decision, did you mean keep?",
        "filled.csv: line 4: nothing is decided",
        "filled.csv: line 5: a change does not say into what",
        "filled.csv: line 6: keep says into what to change",
        "filled.csv: line 7: nobody has decided",
        "filled.csv: line 8: decided on is no day",
        "filled.csv: line 9: there is no row r-0 in AR-0001",
        "filled.csv: line 10: the row " + answers[6]["row"] + " stands in line 8 too",
        f"filled.csv: the row {missing['row']} about {missing['account']} and {missing['right']} is missing",
    ]
    own = filled(sheet("AR-0001.csv"))
    own[0] |= {"decided by": "Adelheid"}
    own[5] |= {"decided by": "Bo"}
    own[6] |= {"decided by": "bo@example.org"}
    own[7] |= {"decided by": "mallory"}
    own[1] |= {"decided on": "2026-01-01"}
    assert mistakes(typed, saved(own)) == [
        "filled.csv: line 2: is about the access of whoever decides on it: somebody else has to",
        "filled.csv: line 3: was decided on 2026-01-01, and asked on 2026-02-01",
        "filled.csv: line 7: is about the access of whoever decides on it: somebody else has to",
        "filled.csv: line 8: is decided by somebody who does not answer for it: ada@example.org does",
        "filled.csv: line 9: mallory is in no list of people",
    ]
    with staff.desk() as desk:
        assert [each.stage for each in known(desk).values()] == ["opened"]


def test_what_is_no_sheet(staff: Staff, typed: Typed) -> None:
    with pytest.raises(AnnexaError, match="is no sheet"):
        typed("import", "nothing.csv")
    for text, problem in (
        (b"\xff\xfe", "is not text in UTF-8"),
        (b"review,row\n", "there is no column owner, or several"),
        (",".join(COLUMNS).encode() + b'\n"AR', "the quotes do not match"),
        (",".join(COLUMNS).encode() + b"\n", "is about 0 reviews"),
        (",".join(COLUMNS).encode() + b"\nAR-0009" + b"," * len(COLUMNS) + b"\n", "there is no access review AR-0009"),
    ):
        Path("bad.csv").write_bytes(text)
        with pytest.raises(AnnexaError, match=problem):
            typed("import", "bad.csv")


def test_formulas_are_harmless_and_come_back(staff: Staff, typed: Typed) -> None:
    evil = "=cmd|'/c calc'!A1"
    staff.seen[CORP]["idp_group"] = (group(evil, "u-bo"),)
    staff.scan(DAY)
    text = TEXT.replace("payments", "x*")
    Path("config.yaml").write_text(text, encoding="utf-8")
    found = sheet_of(typed, evil)
    assert all(not cell.startswith(("=", "+", "-", "@")) for each in found for cell in each.values())
    typed("import", saved(filled(found, **{"decided on": "2026-02-02"})))


def sheet_of(typed: Typed, evil: str) -> list[dict[str, str]]:
    typed("export", "--owner", "ada@example.org")
    found = sheet("AR-0001.csv")
    assert any(each["right"] == f"{CORP}:{evil}" for each in found)
    return found


def test_reviews_are_withdrawn_and_listed(staff: Staff, typed: Typed) -> None:
    assert typed("list").startswith("No access was reviewed yet.")
    typed("export", "--json")
    then = json.loads(typed("list", "--json"))[-1]["leaf"]
    assert "AR-0001 is withdrawn" in typed("withdraw", "AR-0001", "--reason", "asked too early")
    assert json.loads(typed("withdraw", "AR-0002", "--reason", "the same", "--json"))["stage"] == "withdrawn"
    assert json.loads(typed("list", "--json")) == []
    assert [each["stage"] for each in json.loads(typed("list", "--all", "--json"))] == ["withdrawn", "withdrawn"]
    assert "opened" in typed("list", "--as-of", str(then))
    with pytest.raises(AnnexaError, match="there is no access review AR-0003, did you mean AR-000"):
        typed("show", "AR-0003")


def test_without_the_library_for_workbooks_there_is_csv(
    staff: Staff, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    staff.gaps = {CORP: "denied", HR: "line 9 has no id", WEB: "denied"}
    staff.scan()
    text = typed("export", "--owner", "ada@example.org")
    assert [line for line in text.splitlines() if "there may be more" in line] == [
        "  there may be more: ldap/corp: denied", "  there may be more: people/hr: line 9 has no id",
    ]  # fmt: skip
    assert [each.name for each in Path().glob("AR-*")] == ["AR-0001.csv"]
    assert json.loads(typed("list", "--json"))[0]["places"] == [CLOUD]  # what was not seen whole is not reviewed


def test_what_a_host_has_from_a_directory_is_said(staff: Staff, typed: Typed) -> None:
    staff.seen[WEB]["host_name_services"] = (NameServices(id=WEB, accounts=("sss",), groups=(), sudo_rules=()),)
    staff.scan()
    Path("config.yaml").write_text(TEXT.replace(f"{CLOUD}:*", "host/*:*"), encoding="utf-8")
    text = typed("export", "--owner", "ada@example.org")
    assert f"there may be more: {WEB}: accounts or rights also come from sss, and are looked at there" in text
    assert WEB in json.loads(typed("list", "--json"))[0]["places"]


def test_a_sheet_is_written_again(staff: Staff, typed: Typed) -> None:
    with pytest.raises(AnnexaError, match="nowhere: there is no such folder"):
        typed("export", "--output", "nowhere")
    typed("export", "--owner", "bo")
    first = Path("AR-0001.csv").read_bytes()
    Path("again").mkdir()
    assert typed("sheet", "AR-0001", "--output", "again").split() == ["again/AR-0001.csv", "again/AR-0001.xlsx"]
    assert Path("again/AR-0001.csv").read_bytes() == first
    own = {each["account"]: each["because"] for each in sheet("AR-0001.csv")}
    assert own == {
        "ada": "nothing speaks against it",
        "bo": "nothing speaks against it; it is the owner's own: somebody else decides",
    }
    assert json.loads(typed("sheet", "AR-0001", "--json"))["files"] == ["AR-0001.csv", "AR-0001.xlsx"]


def test_who_cannot_be_asked(staff: Staff, typed: Typed) -> None:
    with pytest.raises(AnnexaError, match="Mallory answers for no access that was seen"):
        typed("export", "--owner", "Mallory")
    Path("config.yaml").write_text("store: {folder: store, key: key}\n", encoding="utf-8")
    with pytest.raises(AnnexaError, match="nobody answers for any access that was seen"):
        typed("export")


def test_without_a_list_of_people_names_are_taken_as_they_are(staff: Staff, typed: Typed) -> None:
    shutil.rmtree("store")
    del staff.seen[HR]
    staff.scan()
    typed("export", "--owner", "ada@example.org")
    found = sheet("AR-0001.csv")
    assert {each["because"] for each in found} == {"no list of people is looked at"}
    names = {"decided by": "ada@example.org", "decided on": "2026-02-01"}
    typed("import", saved([each | {"decision": "keep"} | names for each in found]))


def test_a_review_is_read_after_an_erasure(staff: Staff, typed: Typed) -> None:
    typed("export")
    typed("import", saved(filled(sheet("AR-0001.csv"))))
    with staff.desk() as desk:
        names = ["eve@example.org", "eve", "Eve"]
        erase(desk.store, names, Erasing(reason="asked for", login="zoe", approver="Zoe"), staff.now)
        found = known(desk)["AR-0001"]
        assert found.counts
        assert "Eve" not in {row.holder for row in found.asked.rows}
        assert verify(desk.store).problems == ()


def test_nothing_is_privileged_by_name_alone_elsewhere(staff: Staff) -> None:
    staff.seen[WEB]["host_group"] = (
        HostGroup(id="staff", name="staff", gid=8, members=("bo",), members_who_log_in=("bo",)),
    )
    staff.scan(DAY)
    with staff.desk() as desk:
        assert f"{WEB}:staff" not in access(desk).places
        assert {each.verdict.status for each in status(desk) if each.check == "is_reviewed"} == {Status.FAIL}
