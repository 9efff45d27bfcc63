"""What must be known before anything can be looked at: the subscriptions, and how far the identity can see in each.

It is asked in every scan and sealed like all evidence, what is left out and why included. What is then looked at
follows from what was sealed (`unfold`), and from nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from collectors.azure.exchanges import Line
from collectors.azure.reach import Extent, Permission, Reach
from collectors.azure.settings import Settings
from collectors.azure.source import TENANT, AzureSubscription, AzureTenant, Place
from core.model import Evidence
from core.resource import NotObservedError
from core.resources.azure.survey import Grant, Subscription
from core.source import Source, Survey

PLAN = ("include", "exclude")
"""The settings that say what to look at."""
UNSEEN = "the identity that looks cannot see it"


class TenantSurvey(Place, Survey):
    """A tenant before its subscriptions are known."""

    def __init__(self, name: str, line: Line, settings: Settings) -> None:
        super().__init__(name, line, "")
        self._settings = settings

    def told(self) -> Settings:
        """What the configuration wants to be looked at."""
        return self._settings

    def unfold(self, evidence: Sequence[Evidence], known: Collection[tuple[str, str]]) -> Iterator[Source]:
        extent = _extent(evidence, {scope for source, scope in known if source == self.id} - {"", TENANT})
        line = self.line_for(extent)
        yield AzureTenant(self.id, line, TENANT)
        for each in extent.reaches:
            yield AzureSubscription(self.id, line, each.subscription)

    def line_for(self, extent: Extent) -> Line:
        """The way to ask what lies within an extent."""
        del extent
        return self._line


def _extent(evidence: Sequence[Evidence], before: set[str]) -> Extent:
    """What a survey has shown. Where it could not see everything, what earlier scans looked at is asked as well."""
    shown = [each for one in evidence for each in one.resources if isinstance(each, Subscription)]
    reaches = {each.id: _reach(each) for each in shown if each.looked_at or (not each.visible and _wanted(each))}
    gaps = [gap.reason for one in evidence for gap in one.gaps]
    if gaps:
        for lost in before - {each.id for each in shown}:
            reaches[lost] = Reach(lost, blind="the survey did not show it", visible=False)
    blind = f"the subscriptions could not all be listed: {gaps[0]}" if gaps else ""
    return Extent(tuple(reaches[each] for each in sorted(reaches)), blind)


def _wanted(subscription: Subscription) -> bool:
    """Whether nothing but our own blindness leaves a subscription out."""
    return subscription.left_out == UNSEEN


def _reach(subscription: Subscription) -> Reach:
    if not subscription.visible:
        return Reach(subscription.id, blind=UNSEEN, visible=False)
    try:
        granted, denied = _permissions(subscription.granted), _permissions(subscription.denied)
    except NotObservedError as error:
        return Reach(subscription.id, blind=str(error))
    return Reach(subscription.id, granted, denied)


def _permissions(grants: Sequence[Grant]) -> tuple[Permission, ...]:
    return tuple(Permission(each.actions, each.not_actions) for each in grants)
