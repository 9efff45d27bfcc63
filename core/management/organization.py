"""The organization: its scope, what bears on it, who answers for what, and the objectives it set itself. Pure.

Clauses 4.1 to 4.3, 5.3 and 6.2 of ISO/IEC 27001 ask for these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from core.management.events import name_of
from core.management.statements import twice


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """Who answers for one thing: the control, or the source, of this name."""

    name: str
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestedParty:
    """Somebody with a stake in the security of information, and what they need."""

    name: str
    needs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """An information security objective. Where `measure` names a figure that Annexa computes, its target is a bound;
    otherwise `target` says in words what is to be reached, and people judge it. `due`: by when."""

    id: str
    statement: str
    owner: str
    measure: str = ""
    at_least: int | None = None
    at_most: int | None = None
    target: str = ""
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """Who is managed here and how far that reaches. Empty texts: nobody has said."""

    name: str
    scope_statement: str
    issues: tuple[str, ...] = ()
    interested_parties: tuple[InterestedParty, ...] = ()
    objectives: tuple[Objective, ...] = ()
    control_owners: tuple[Owned, ...] = ()
    source_owners: tuple[Owned, ...] = ()

    @property
    def wrong(self) -> str:
        """What contradicts itself: no scope without a name, one owner for each thing."""
        if not self.name.strip():
            return "the organization has no name"
        for what, names in (
            ("objective", [each.id for each in self.objectives]),
            ("control", [each.name for each in self.control_owners]),
            ("source", [each.name for each in self.source_owners]),
        ):
            if name := twice(names):
                return f"the {what} {name} stands there twice"
        return ""

    def owner_of_control(self, control: str) -> str:
        """Who answers for a control: whoever is named for it, else for all whose number begins so; empty for nobody."""
        owners = {each.name: each.owner for each in self.control_owners}
        while control and control not in owners:
            control = control.rpartition(".")[0]
        return owners.get(control, "")

    def owner_of_source(self, source: str) -> str:
        """Who answers for a source: whoever is named for it, else for all of its provider; empty for nobody."""
        owners = {each.name: each.owner for each in self.source_owners}
        return owners.get(source) or owners.get(source.partition("/")[0], "")


ACTS: Mapping[str, type[Organization]] = {name_of(Organization): Organization}
