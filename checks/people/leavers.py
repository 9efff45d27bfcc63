"""What people leave behind."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from checks.people.accounts import Accounts
from checks.people.closing import judged_closed
from checks.people.persons import called, has_left, left, never_came, observed_words
from core.model import Severity, Verdict, not_applicable
from core.plugins import check
from core.population import Population
from core.resources.aws.iam import IamUser
from core.resources.aws.iam_credentials import ServiceCredential, SshKey
from core.resources.host.accounts import AccountEnd, Login
from core.resources.host.authorized_keys import AuthorizedKeys
from core.resources.host.names import NameServices
from core.resources.host.sshd import Sshd
from core.resources.idp import User
from core.resources.people import Person


@check(objective="leavers-lose-access", severity=Severity.HIGH)
def leaver_has_no_open_account(  # noqa: PLR0913, PLR0917 - each kind of account is a join of its own
    person: Person,
    people: Population[Person],
    users: Population[User],
    iam_users: Population[IamUser],
    logins: Population[Login],
    keys: Population[AuthorizedKeys],
    servers: Population[Sshd],
    ends: Population[AccountEnd],
    services: Population[NameServices],
    ssh_keys: Population[SshKey],
    credentials: Population[ServiceCredential],
    *,
    as_of: datetime,
    grace_hours: int = 0,
) -> Verdict:
    """Who has left can sign in nowhere.

    Former members know the systems and have nothing to lose there, and nobody misses an account that its owner no
    longer uses. The last day still counts, in UTC, and then the `grace_hours`; a failure says the moment from which the
    hours since leaving count. Who never came, because the list ends their work before it began, has left. Open is an
    account that is switched on and has not ended; a user of AWS with a password, an active access key or certificate,
    or a credential for one service, SSH keys of CodeCommit among them; and an account of a host with a shell whose
    password is not locked or that an SSH key opens. An account that is also somebody's who is still here is that one's.

    Remediation: Switch the account off, end its sessions, and hand over what it owned. Let the end of employment do so
    by itself everywhere.
    """
    if not has_left(person, (as_of - timedelta(hours=grace_hours)).date()):
        last = f"stays until {person.end}" if person.end else "has no last day"
        return not_applicable(f"{called(person)} {last}")
    accounts = Accounts(users, iam_users, logins, keys, servers, ends, services, as_of, ssh_keys, credentials)
    if not accounts.sources:
        return not_applicable("no accounts are looked at")
    own = [each for each in accounts.of(observed_words(person)) if not each.is_of_somebody_here(people, as_of.date())]
    return judged_closed(_left(person, grace_hours), person, own, accounts, people)


def _left(person: Person, grace_hours: int) -> str:
    """That somebody left, and the moment from which on there should be no access."""
    if person.end is None or never_came(person):
        return left(person)
    end = datetime.combine(person.end, time(), UTC) + timedelta(days=1, hours=grace_hours)
    return f"{left(person)}, access was to end by {end:%Y-%m-%d %H:%M} UTC"
