"""Checks of who reaches the servers of PostgreSQL and MySQL, and accounts of Cosmos DB."""

from __future__ import annotations

from checks.azure.firewalls import NOWHERE, letting_everybody_in
from checks.azure.reachable import wide_ones
from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.resources.azure.databases import CosmosAccount, MysqlServer, PostgresqlServer


@check(objective="internet-exposure-is-intended", severity=Severity.CRITICAL)
def postgresql_is_not_open_to_everybody(server: PostgresqlServer, *, approved: tuple[str, ...] = ()) -> Verdict:
    """The firewall of a server of PostgreSQL lets in neither the whole internet nor the whole of Azure.

    Passwords are guessed from everywhere; and everybody can rent a machine in Azure. A range of more than 65,536
    addresses counts as the internet. Name rules that may stand in `approved`.

    Remediation: *Networking*: remove the rule, and *Allow public access from any Azure service*; `az postgres
    flexible-server firewall-rule delete`; `azurerm_postgresql_flexible_server_firewall_rule`.
    """
    return _open_to_few(server, approved)


@check(objective="internet-exposure-is-intended", severity=Severity.CRITICAL)
def mysql_is_not_open_to_everybody(server: MysqlServer, *, approved: tuple[str, ...] = ()) -> Verdict:
    """The firewall of a server of MySQL lets in neither the whole internet nor the whole of Azure.

    Passwords are guessed from everywhere; and everybody can rent a machine in Azure. A range of more than 65,536
    addresses counts as the internet. Name rules that may stand in `approved`.

    Remediation: *Networking*: remove the rule, and *Allow public access from any Azure service*; `az mysql
    flexible-server firewall-rule delete`; `azurerm_mysql_flexible_server_firewall_rule`.
    """
    return _open_to_few(server, approved)


@check(objective="networks-deny-by-default", severity=Severity.HIGH)
def cosmos_is_closed_to_public_networks(account: CosmosAccount) -> Verdict:
    """An account of Cosmos DB answers only networks that are meant to reach it.

    Where every network may ask, a leaked key is all that a thief needs; and everybody can rent a machine in Azure.

    Remediation: *Networking*, *Selected networks* or *Disabled*; `az cosmosdb update --public-network-access Disabled`;
    `public_network_access_enabled = false`, `ip_range_filter` in Terraform.
    """
    if not account.public:
        return passed(f"{account.name} does not answer public networks")
    if NOWHERE in account.ranges:
        return failed(f"{account.name} lets in all of Azure")
    if wide := wide_ones(account.ranges):
        return failed(f"{account.name} lets in {', '.join(wide)}")
    if account.ranges or account.chosen_networks:
        return passed(f"{account.name} answers only the networks that its rules name")
    return failed(f"{account.name} answers all networks")


def _open_to_few(server: PostgresqlServer | MysqlServer, approved: tuple[str, ...]) -> Verdict:
    if not server.public:
        return passed(f"{server.name} does not answer public networks")
    if wrong := letting_everybody_in(server.firewall, approved):
        return failed(f"the firewall of {server.name}: {'; '.join(wrong)}")
    return passed(f"none of {len(server.firewall)} rules of {server.name} lets in everybody")
