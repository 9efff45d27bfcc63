"""Take away one right of the reader after the other, on a real slapd: no verdict may improve, and none vanish."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from ldap3 import MODIFY_REPLACE, Connection

import checks.idp
import checks.ldap
from collectors.ldap.permissions import ELSEWHERE
from core.engine import assess, collect
from core.model import REST_OF_POPULATION, Evidence, Status
from core.plugins import Check, Collector, discover
from tests.collectors.ldap.conftest import COLLECTORS, NOW, ORDINARY, POLICY, Corp
from tests.slapd import BASE, PASSWORD, READER, READS_ALL, person, slapd

ADMINISTRATOR = f"cn=admin,{BASE}"
EVERYTHING = f'to * by dn.exact="{ADMINISTRATOR}" manage by * read'
ACCESS = {
    "olcDatabase={-1}frontend,cn=config": "to * by * read",
    "olcDatabase={0}config,cn=config": EVERYTHING,
    "olcDatabase={1}mdb,cn=config": READS_ALL,
}
DATABASE = f"""\
olcLastBind: TRUE
olcLimits: dn.exact="{READER}" size.pr=unlimited size.prtotal=unlimited"""
BRANCHES = tuple(f"ou={name},{BASE}" for name in ("people", "services", "groups", "policies"))
DECLARED = {name for each in COLLECTORS.values() for name in each.permissions}
ATTRIBUTES = sorted(
    {*DECLARED, "objectClass", "entry", "namingContexts", "supportedControl", "attributeTypes"} - {*ELSEWHERE}
)
ATTRIBUTES.append("subschemaSubentry")
CHECKS = discover([checks.idp, checks.ldap], Check)
NOT_ASKED_HERE = {
    "idp.emergency.emergency_accounts_are_ready",
    "idp.emergency.emergency_accounts_cannot_be_phished",
    "idp.emergency.emergency_accounts_rest",
    "idp.orphans.user_is_in_the_primary_directory",
    "idp.users.guest_is_approved",
    "idp.users.invitation_is_answered",
}
"""Checks of notions that LDAP does not have, and those that wait for a setting."""
Verdicts = Mapping[tuple[str, str], Status]
"""By check and resource."""


class Refusing:
    """A directory whose rules can be changed while it runs."""

    def __init__(self, corp: Corp) -> None:
        self._corp = corp
        self._administration: Any = Connection(corp.server.plain, ADMINISTRATOR, PASSWORD, auto_bind=True)
        self._seen = self._look(COLLECTORS.values())
        self.everything = self._judged({})

    def refuse(self, what: str, attribute: str = "") -> Verdicts:
        """What the checks say when the reader may see all but this. What never asks for the attribute is not asked."""
        for database, ordinary in ACCESS.items():
            rules = [f'{what} by dn.exact="{READER}" none by * break', ordinary]
            changed = self._administration.modify(database, {"olcAccess": [(MODIFY_REPLACE, rules)]})
            assert changed, (what, database, self._administration.result)
        declared = attribute in DECLARED
        return self._judged(
            self._look(each for each in COLLECTORS.values() if not declared or attribute in each.permissions)
        )

    def _look(self, collectors: Iterable[Collector]) -> dict[str, Evidence]:
        source = self._corp.source(bases=list(BRANCHES))
        units = [collect(each, source, version="1", clock=lambda: NOW) for each in collectors]
        source.close()
        found = {each.kind: each for unit in units for each in unit.evidence}
        assert not [gap for each in found.values() for gap in each.gaps if "bug" in gap.hint]
        return found

    def _judged(self, changed: dict[str, Evidence]) -> Verdicts:
        seen = list({**self._seen, **changed}.values())
        return {
            (each.check, each.resource): each.verdict.status
            for check in CHECKS.values()
            for each in assess(check, seen, as_of=NOW, digest="").findings
        }


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Refusing]:
    careless = POLICY.replace("cn=default", "cn=careless").replace("cn: default", "cn: careless")
    frontend = (
        "dn: olcDatabase={-1}frontend,cn=config\nobjectClass: olcDatabaseConfig\n"
        "objectClass: olcFrontendConfig\nolcDatabase: {-1}frontend\nolcAccess: to * by * read\n"
    )
    chooser = person("own", pwdPolicySubentry=f"cn=careless,ou=policies,{BASE}")
    entries = [*ORDINARY.entries, chooser, careless.replace("pwdMinLength: 14\n", "")]
    layout = replace(ORDINARY, entries=entries, database=DATABASE, config_access=EVERYTHING, frontend=frontend)
    with slapd(tmp_path_factory.mktemp("refusing"), layout) as running, pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANNEXA_TEST_LDAP", PASSWORD)
        yield Refusing(Corp(running))


def test_the_directory_is_rich(refusing: Refusing) -> None:
    """A check that reaches no verdict there could not be seen to lose it."""
    judged = {check for (check, _), status in refusing.everything.items() if status in (Status.PASS, Status.FAIL)}
    kinds = {kind for each in COLLECTORS.values() for kind in each.kinds}
    assert {name for name, each in CHECKS.items() if each.subject.kind in kinds} - judged == NOT_ASKED_HERE


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_an_attribute_that_is_refused_makes_verdicts_unknown_and_nothing_else(
    refusing: Refusing, attribute: str
) -> None:
    wrong = complaints(refusing.everything, refusing.refuse(f"to attrs={attribute}", attribute))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("scope", ["subtree", "children"])
@pytest.mark.parametrize("base", [*BRANCHES, "cn=config", "cn=Subschema"])
def test_a_base_that_is_refused_makes_verdicts_unknown_and_nothing_else(
    refusing: Refusing, base: str, scope: str
) -> None:
    assert not (wrong := complaints(refusing.everything, refusing.refuse(f'to dn.{scope}="{base}"'))), "\n".join(wrong)


def test_a_server_that_says_nothing_of_itself_makes_verdicts_unknown_and_nothing_else(refusing: Refusing) -> None:
    assert not (wrong := complaints(refusing.everything, refusing.refuse('to dn.base=""'))), "\n".join(wrong)


def complaints(allowed: Verdicts, refused: Verdicts) -> list[str]:
    """What became of a verdict that must not become of it."""
    wrong = list[str]()
    for (check, resource), before in allowed.items():
        after = refused.get((check, resource), refused.get((check, REST_OF_POPULATION)))
        if after is not before and after is not Status.UNKNOWN:
            wrong.append(f"{check} of {resource} was {before} and is {after or 'gone'}")
    new = {key: status for key, status in refused.items() if key not in allowed and status is not Status.UNKNOWN}
    return wrong + [f"{check} of {resource} was not there and is {status}" for (check, resource), status in new.items()]
