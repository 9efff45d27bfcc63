"""Recordings from before a collector asked all that it asks now: what is new is unobserved or a gap, never a default."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import msgspec
import pytest

from collectors.azure import replay
from collectors.azure.operations import Query
from collectors.azure.replayed import LATER
from core.engine import Collected
from core.model import Exchange
from core.resource import missing_fields
from tests.collectors.azure.world import COLLECTORS, Unit, clock, run, world

COLUMNS: dict[str, tuple[set[str], set[str]]] = {
    "azure.compute.machines": ({"security", "secure_boot"}, {"security_type", "secure_boot"}),
    "azure.compute.disks": ({"public", "policy"}, {"public", "network_policy"}),
    "azure.backup.backup_items": ({"policy"}, {"policy"}),
    "azure.storage.accounts": ({"to_others"}, {"to_other_tenants"}),
    "azure.databases.cosmos_accounts": (
        {"public", "chosen", "ip_rules", "minimum_tls"},
        {"public", "chosen_networks", "ranges", "minimum_tls"},
    ),
    "azure.applications.clusters": (
        {"private", "ranges", "network_policy", "upgrades", "pools", "watched", "our_key"},
        {"private", "ranges", "network_policy", "upgrades", "public_pools", "watched", "our_key"},
    ),
    "azure.applications.registries": ({"public", "default_action", "ip_rules"}, {"public", "default_action", "ranges"}),
}
"""By collector, the columns that were asked for later, and the fields that are read from them."""
QUESTIONS: dict[str, set[str]] = {
    "azure.applications.web_apps": {"passwords"},
    "azure.sql.servers": {"firewall_ipv6", "threats"},
    "azure.sql.databases": {"auditing", "monitored"},
    "azure.databases.postgresql_servers": {"firewall", "settings"},
    "azure.databases.mysql_servers": {"firewall", "settings"},
}
"""By collector that asks more than it did, the fields that are read from what it did not ask."""


def recorded(name: str) -> Mapping[Unit, Collected]:
    return {unit: one for unit, one in world().everything.items() if unit[0] == name}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_that_was_not_asked_for_is_unobserved(name: str) -> None:
    later, fields = COLUMNS[name]
    (query,) = COLLECTORS[name].permissions
    assert isinstance(query, Query)
    older = replace(query, columns={key: place for key, place in query.columns.items() if key not in later})
    for unit, collected in recorded(name).items():
        bodies = dict(collected.bodies)
        exchanges = [_without(each, older, later, bodies) for each in collected.unit.exchanges]
        again = run(COLLECTORS[unit[0]], replay(collected.unit, exchanges, bodies, clock))
        assert again.unit.gaps == ()
        found = [each for one in again.evidence for each in one.resources]
        assert {each.id for each in found} == {each.id for one in collected.evidence for each in one.resources}
        assert all(fields <= missing_fields(each).keys() for each in found)


def _without(exchange: Exchange, older: Query, later: set[str], bodies: dict[str, bytes]) -> Exchange:
    if "query" not in exchange.parameters:
        return exchange
    said = msgspec.json.decode(bodies[exchange.response])
    said["data"] = [{key: value for key, value in row.items() if key not in later} for row in said["data"]]
    bodies[exchange.response] = msgspec.json.encode(said)
    return replace(exchange, parameters={**exchange.parameters, "query": older.text})


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_that_was_not_asked_leaves_its_fields_unobserved(name: str) -> None:
    for again in older(name):
        found = [each for one in again.evidence for each in one.resources]
        assert found
        assert all(QUESTIONS[name] <= missing_fields(each).keys() for each in found)
        assert all("was not asked yet" in gap.reason for gap in again.unit.gaps)


@pytest.mark.parametrize(
    "name", ["azure.sql.databases", "azure.applications.web_apps", "azure.logging.resource_logging"]
)
def test_what_was_not_listed_is_a_gap(name: str) -> None:
    assert all("was not asked yet" in again.unit.gaps[0].reason for again in older(name))


def older(name: str) -> Iterator[Collected]:
    """What a collector makes of its recordings without the questions that are new."""
    new = {str(read) for read in COLLECTORS[name].permissions if read in LATER}
    for collected in recorded(name).values():
        exchanges = [each for each in collected.unit.exchanges if each.operation not in new]
        yield run(COLLECTORS[name], replay(collected.unit, exchanges, collected.bodies, clock))
