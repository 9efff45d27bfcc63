"""By what evidence was judged and read at two moments: checks, their settings, mappings, freshness and version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.model import Control, Framework
from evidence_store.questions.verdict_changes import JudgingChange
from evidence_store.records import ScanStarted
from runs.rules import Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """Something other than the world that changed. `before` and `after` are `None` where there was nothing.

    `what` is `check` (switched on or off), `check_digest`, `setting`, `severity`, `objective`, `mapping`,
    `freshness` or `agent_version`; `name` says which setting, control or mapping; `check` of which check.
    """

    what: str
    check: str = ""
    name: str = ""
    before: object = None
    after: object = None


def rule_changes(
    rules: tuple[Rules, Rules], began: Sequence[ScanStarted | None], judging: Sequence[JudgingChange]
) -> Iterator[RuleChange]:
    """What differs, from the rules of the start to those of the end."""
    old, new = rules
    versions = [each.agent_version if each else None for each in began]
    if versions[0] != versions[1]:
        yield RuleChange(what="agent_version", before=versions[0], after=versions[1])
    if old.stale_after != new.stale_after:
        before, after = (int(each.stale_after.total_seconds()) for each in rules)
        yield RuleChange(what="freshness", name="stale_after_seconds", before=before, after=after)
    for check in sorted(old.checks.keys() ^ new.checks.keys()):
        on = check in new.checks
        yield RuleChange(what="check", check=check, before=None if on else "on", after="on" if on else None)
    for check in sorted(old.checks.keys() & new.checks.keys()):
        was, became = old.checks[check].objective, new.checks[check].objective
        if was != became:
            yield RuleChange(what="objective", check=check, before=was, after=became)
    for each in judging:
        yield from _judged_otherwise(each)
    yield from _mappings(old.frameworks, new.frameworks)


def _judged_otherwise(judging: JudgingChange) -> Iterator[RuleChange]:
    before, after = judging.before, judging.after
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in sorted(before.keys() | after.keys()):
            was, became = before.get(name), after.get(name)
            if was != became:
                yield RuleChange(what="setting", check=judging.check, name=name, before=was, after=became)
    else:
        yield RuleChange(what=judging.what, check=judging.check, before=before, after=after)


def _mappings(old: Sequence[Framework], new: Sequence[Framework]) -> Iterator[RuleChange]:
    before, after = ({each.id: each for each in frameworks} for frameworks in (old, new))
    for name in sorted(before.keys() | after.keys()):
        if name in before and name in after:
            yield from _links(name, before[name].controls, after[name].controls)
        else:
            there = name in after
            yield RuleChange(what="mapping", name=name, before=None if there else name, after=name if there else None)


def _links(framework: str, old: Sequence[Control], new: Sequence[Control]) -> Iterator[RuleChange]:
    before, after = ({each.id: _spelt(each) for each in controls} for controls in (old, new))
    for name in sorted(before.keys() | after.keys()):
        was, became = before.get(name), after.get(name)
        if was != became:
            yield RuleChange(what="mapping", name=f"{framework}:{name}", before=was, after=became)


def _spelt(control: Control) -> list[str]:
    return sorted(f"{link.objective} ({link.share})" for link in control.links)
