"""What of a drift is asked for: some sources, checks or controls, or everything."""

from __future__ import annotations

from collections.abc import Iterable

from core.errors import AnnexaError, did_you_mean
from monitoring.rule_changes import RuleChange
from monitoring.sight_changes import ChangedGap
from runs.plugins import all_checks
from runs.rules import Rules
from runs.selection import DEFAULT_FRAMEWORK, Wish, matches, objectives_of, wanted


class Asked:
    """What the filters let through."""

    def __init__(self, wish: Wish, rules: tuple[Rules, Rules]) -> None:
        self.wish = wish
        known = {
            **{name: check.described for name, check in all_checks().items()},
            **rules[0].checks,
            **rules[1].checks,
        }
        self._checks: frozenset[str] | None = None
        if wish.checks or wish.controls:
            objectives = {each for control in wish.controls for each in objectives_of(control)}
            found = {name for name, check in known.items() if check.objective in objectives}
            for pattern in wish.checks:
                named = {name for name in known if matches(name, pattern)}
                if not named:
                    raise AnnexaError(
                        f"no check matches {pattern}{did_you_mean(pattern, known)}", "list them with: annexa checks"
                    )
                found |= named
            self._checks = frozenset(found)
        checks = all_checks()
        self._kinds = {kind for name in self._checks or () if name in checks for kind in checks[name].kinds}

    def source(self, name: str) -> bool:
        return wanted(name, self.wish.sources)

    def check(self, name: str) -> bool:
        return self._checks is None or name in self._checks

    def kind(self, name: str) -> bool:
        return self._checks is None or name in self._kinds

    def gap(self, gap: ChangedGap) -> bool:
        hides = self._checks is None or bool(self._kinds.intersection(gap.kinds))
        return hides and self.source(gap.source)

    def rule(self, rule: RuleChange) -> bool:
        return self._checks is None or not rule.check or rule.check in self._checks

    def control(self, framework: str, control: str) -> bool:
        """Conclusions rest on all sources and checks, so whoever asks for some gets none of them."""
        if self.wish.sources or self.wish.checks:
            return False
        asked = {each if ":" in each else f"{DEFAULT_FRAMEWORK}:{each}" for each in self.wish.controls}
        return not asked or f"{framework}:{control}" in asked

    def refuse_unknown_sources(self, known: Iterable[str]) -> None:
        names = sorted(known)
        for pattern in self.wish.sources:
            if not any(matches(name, pattern) for name in names):
                raise AnnexaError(
                    f"no source matches {pattern}{did_you_mean(pattern, names)}",
                    f"what was looked at: {', '.join(names) or 'nothing'}",
                )
