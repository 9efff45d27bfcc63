"""Evaluating checks: verdicts a second on one core. Floor: an empty loop over the same resources.

Run as `python -m benchmarks.checks [--json]`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from benchmarks.measuring import Figure, best_seconds, report
from benchmarks.population import NOW, Account, Group, State, accounts, groups
from core.engine import assess, statuses
from core.model import Assessment, Evidence, Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resource import Resource

COUNT = 100_000
ROUNDS = 3
AIM = 150_000


@check(objective="sign-in-needs-mfa", severity=Severity.HIGH)
def account_has_a_second_factor(account: Account) -> Verdict:
    """Every account that may sign in has a second factor.

    A password alone can be guessed, bought or given away.

    Remediation: Enrol a second factor.
    """
    if account.state is State.LOCKED:
        return not_applicable(f"{account.name} is locked")
    if account.second_factor:
        return passed(f"{account.name} has a second factor")
    return failed(f"{account.name} has no second factor")


@check(objective="unused-access-is-removed", severity=Severity.MEDIUM)
def account_is_used(account: Account, *, as_of: datetime, most_days: int = 90) -> Verdict:
    """Nobody keeps an account that is not used.

    An account that nobody uses is one whose theft nobody notices.

    Remediation: Disable it.
    """
    last = account.last_sign_in  # a tenth of them hide it: reading it is `unknown`
    if last is None:
        return failed(f"{account.name} never signed in")
    if as_of - last > timedelta(days=most_days):
        return failed(f"{account.name} signed in last on {last:%Y-%m-%d}, more than {most_days} days before")
    return passed(f"{account.name} signed in on {last:%Y-%m-%d}")


@check(objective="keys-are-rotated", severity=Severity.MEDIUM)
def keys_are_young(account: Account, *, as_of: datetime, most_days: int = 365) -> Verdict:
    """Every active key is young.

    A key that is never changed works for ever for whoever copied it.

    Remediation: Rotate the keys.
    """
    old = [key.id for key in account.keys if key.active and as_of - key.created > timedelta(days=most_days)]
    if old:
        return failed(f"{account.name} has old keys: {', '.join(old)}")
    return passed(f"{account.name} has {len(account.keys)} keys, none older than {most_days} days")


@check(objective="privileges-are-few", severity=Severity.HIGH)
def privileged_account_has_a_second_factor(account: Account, known: Population[Group]) -> Verdict:
    """Members of privileged groups have a second factor.

    Their accounts open everything.

    Remediation: Enrol a second factor, or leave the group.
    """
    for name in account.groups:
        group = known.get(name)
        if group is not None and group.privileged and not account.second_factor:
            return failed(f"{account.name} is in {name} without a second factor")
    return passed(f"{account.name} has a second factor or no privileged group")


CHECKS = (account_has_a_second_factor, account_is_used, keys_are_young, privileged_account_has_a_second_factor)


def evidence(kind: str, resources: list[Account] | list[Group]) -> Evidence:
    """The whole population of a kind."""
    whole: tuple[Resource, ...] = tuple(resources)
    return Evidence(kind=kind, source="idp/example", scope="", collected_at=NOW, resources=whole)


def main() -> None:
    """Measure each check, and all together."""
    population = [evidence(Account.kind, accounts(COUNT)), evidence(Group.kind, groups())]
    resources = population[0].resources
    last: list[Assessment] = []

    def judge_all() -> None:
        last[:] = [assess(each, population, as_of=NOW, digest="") for each in CHECKS]

    def loop() -> None:
        for _ in CHECKS:
            for _resource in resources:
                pass

    verdicts = COUNT * len(CHECKS)
    judged, floor = best_seconds(judge_all, ROUNDS), best_seconds(loop, ROUNDS)
    counts = statuses(finding for each in last for finding in each.findings)
    about = {
        "resources": COUNT,
        "checks": f"{len(CHECKS)}: plain, with a date and a setting, over nested parts, with a join",
        "verdicts": ", ".join(f"{number:,} {status}" for status, number in counts.items() if number),
    }
    figure = Figure("verdicts", int(verdicts / judged), "an empty loop", int(verdicts / floor), AIM)
    report("Evaluating checks", about, [figure])


if __name__ == "__main__":
    main()
