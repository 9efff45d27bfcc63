"""What counts before a firewall rule, and how much of the internet it leaves to that rule.

Policies of the organization come first, then those of folders from above, then what belongs to the network: the rules
of its firewall and its own policies, in the order that the network says. The first that lets in or denies decides;
`goto_next` leaves out the rest of its policy. What another rule lets in before is the finding of that rule: here it
takes nothing away.
https://cloud.google.com/firewall/docs/firewall-policies-rule-eval-order
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from checks.cloud.addresses import Span, is_much, network, span_of, without
from checks.gcp.containers import chain
from core.population import Population
from core.resource import NotObservedError, missing_fields
from core.resources.gcp.compute import FirewallPolicy, FirewallRule, Network, Passage
from core.resources.gcp.hierarchy import Container

CARRIES_TCP = ("tcp", "all", "6")
NETWORKS = "//compute.googleapis.com/projects/"
Spans = tuple[Span, ...]
Stage = tuple[FirewallRule, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """What of a range reaches a rule at most, which rules deny the rest, and which may deny more."""

    much: bool
    denying: frozenset[str]
    doubtful: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Firewalls:
    """All that decides together with a rule."""

    rules: Population[FirewallRule]
    policies: Population[FirewallPolicy]
    networks: Population[Network]
    containers: Population[Container]

    def places(self, rule: FirewallRule) -> tuple[str, ...]:
        """Where a rule counts: folders, organizations, ids of networks. Raises `NotObservedError`."""
        if not rule.policy:
            return tuple(_network(rule))
        policy = self.policies.here.get(rule.policy)
        return () if policy is None else policy.attached

    def container(self, place: str) -> Container | None:
        """The folder or organization itself, or the project of a network. Raises `NotObservedError`."""
        if not place.startswith(NETWORKS):
            return self.containers.here.get(place)
        network = self.networks.here.get(place)
        return None if network is None else self.containers.here.get(network.container)

    def before(self, rule: FirewallRule, place: str, container: Container) -> Iterator[Stage]:
        """The rules that count before this one, stage by stage. Raises `NotObservedError`."""
        for above in reversed(chain(container)):
            if above != place:
                yield from self._of_policies_on(above)
        network = self.networks.here.get(place) if place.startswith(NETWORKS) else None
        if network is not None:
            yield from self._before_in_network(rule, network)
        own = self.rules.here.having(rule.policy, by="policy") if rule.policy else self._of_network(place)
        yield tuple(each for _, each in own if _is_before(each, rule))

    def require_all(self) -> None:
        """Raises `NotObservedError` when a rule that counts before may have been hidden from us."""
        self.rules.here.require_all(by=_network)
        self.rules.here.require_all(by="policy")
        self.policies.here.require_all(by=_attached)

    def _before_in_network(self, rule: FirewallRule, network: Network) -> Iterator[Stage]:
        """Rules of policies in one region decide nothing for the whole network."""
        policies = tuple(self._of_policies_on(network.id))
        if not rule.policy:
            if (policies or network.policy) and network.policies_first:
                if not policies:
                    raise NotObservedError(f"the firewall policy of {network.name} was not listed")
                yield from policies
            return
        own = self.policies.here.get(rule.policy)
        if own is None or own.system:
            return
        if not network.policies_first:
            yield tuple(each for _, each in self._of_network(network.id))
        if own.region:
            yield from policies

    def _of_network(self, place: str) -> tuple[tuple[str, FirewallRule], ...]:
        return self.rules.here.having(place, by=_network)

    def _of_policies_on(self, place: str) -> Iterator[Stage]:
        for _, policy in self.policies.here.having(place, by=_attached):
            if not policy.region:
                yield tuple(each for _, each in self.rules.here.having(policy.id, by="policy"))


def left_to(rule: FirewallRule, source: str, port: int, place: str, stages: Iterable[Stage]) -> Left:
    """How much of a range (`0.0.0.0/0`) the rules before leave to a rule that opens a port of TCP."""
    whole = network(source)
    spans: Spans = (span_of(whole),)
    denying: set[str] = set()
    doubtful: list[str] = []
    for stage in stages:
        passed: Spans = ()
        for each in sorted(stage, key=_order):
            if _says_nothing(each, port, place):
                continue
            hidden = missing_fields(each)
            if hidden or any(missing_fields(one) for one in each.passages):
                if "allows" in hidden or not each.allows:
                    doubtful.append(each.name)
                    passed += spans if "passes_on" in hidden or each.passes_on else ()
                continue
            found = [span_of(one) for one in map(network, each.sources) if one.version == whole.version]
            if each.passes_on:
                passed += spans if each.other_sources else tuple(_common(spans, found))
            elif not each.allows and _is_sure(each, rule, place):
                rest = spans
                for span in found:
                    rest = tuple(without(rest, span))
                denying |= {each.name} if rest != spans else set()
                spans = rest
        spans = _merged((*spans, *passed))
    return Left(is_much(spans, whole.version), frozenset(denying), tuple(doubtful))


def opens(passage: Passage, port: int) -> bool:
    """Whether a passage carries a port of TCP."""
    if passage.protocol not in CARRIES_TCP:
        return False
    return not passage.ports or any(_holds(each, port) for each in passage.ports)


def _holds(ports: str, port: int) -> bool:
    first, _, final = ports.partition("-")
    return int(first) <= port <= int(final or first)


def _says_nothing(rule: FirewallRule, port: int, place: str) -> bool:
    """Whether a rule is known not to be about this: what nobody could read of it says nothing of that."""
    hidden = missing_fields(rule)
    return (
        ("enabled" not in hidden and not rule.enabled)
        or ("inbound" not in hidden and not rule.inbound)
        or (
            "networks" not in hidden
            and bool(rule.networks)
            and place.startswith(NETWORKS)
            and place not in rule.networks
        )
        or ("passages" not in hidden and not any(missing_fields(each) or opens(each, port) for each in rule.passages))
    )


def _is_sure(denying: FirewallRule, rule: FirewallRule, place: str) -> bool:
    """Whether a rule that denies does so for all machines that the other one counts for. Ranges of a network's rule
    count beside its tags; those of a policy's may have to hold together with what else it says."""
    machines = not denying.targets or (bool(rule.targets) and set(rule.targets) <= set(denying.targets))
    networks = (
        not denying.networks
        or place in denying.networks
        or (bool(rule.networks) and set(rule.networks) <= set(denying.networks))
    )
    return machines and networks and not (denying.policy and denying.other_sources)


def _is_before(other: FirewallRule, rule: FirewallRule) -> bool:
    """At the same priority denying counts first
    (https://cloud.google.com/firewall/docs/firewalls#priority_order_for_firewall_rules)."""
    return other.id != rule.id and ("priority" in missing_fields(other) or other.priority <= rule.priority)


def _order(rule: FirewallRule) -> int:
    """A rule of which nobody knows when it counts may count first."""
    return -1 if "priority" in missing_fields(rule) else rule.priority


def _network(rule: FirewallRule) -> Iterator[str]:
    """The id of the network that a rule belongs to; nothing for rules of policies."""
    if rule.network:
        yield NETWORKS + rule.network.partition("/projects/")[2]


def _attached(policy: FirewallPolicy) -> Iterator[str]:
    yield from policy.attached


def _common(spans: Spans, others: Iterable[Span]) -> Iterator[Span]:
    for first, last in others:
        for start, end in spans:
            if start <= last and first <= end:
                yield max(start, first), min(end, last)


def _merged(spans: Iterable[Span]) -> Spans:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)
