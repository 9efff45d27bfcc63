"""Accounts that several people use."""

from __future__ import annotations

from datetime import datetime

from checks.host.members import listed
from checks.people.persons import NO_LIST, called, owners, word
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resources.host.accounts import Login
from core.resources.host.authorized_keys import AuthorizedKeys
from core.resources.people import Person


@check(objective="privileged-access-is-personal", severity=Severity.MEDIUM)
def login_is_opened_by_keys_of_one_person(
    login: Login, files: Population[AuthorizedKeys], people: Population[Person], *, as_of: datetime
) -> Verdict:
    """No account of a host is opened by SSH keys of several people.

    Of what is done in such an account nobody knows who did it. A key is somebody's when it opens an account, on any
    host, whose name is a login of theirs in a list of people.

    Remediation: Give each person an account of their own, and let them become the shared one with sudo, which notes who
    did.
    """
    if not people.sources:
        return not_applicable(NO_LIST)
    mine = [key.fingerprint for file in files.here if file.account == login.name for key in file.keys]
    if not mine:
        return not_applicable(f"no key opens {login.name}")
    found: dict[str, str] = {}
    for fingerprint in mine:
        for _, file in files.having(fingerprint, _fingerprints):
            for person in owners([word(file.account)], people, as_of.date()):
                found[person.id] = called(person)
    if len(found) > 1:
        return failed(f"{login.name} is opened by keys of {listed(sorted(found.values()))}")
    files.require_all(_fingerprints)
    whose = next(iter(found.values()), "nobody in a list of people")
    return passed(f"{login.name} is opened by {len(set(mine))} keys, of {whose}")


def _fingerprints(file: AuthorizedKeys) -> list[str]:
    return [key.fingerprint for key in file.keys]
