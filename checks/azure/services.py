"""Checks of services that programs call: Service Bus, Event Hubs, AI, search, configuration stores."""

from __future__ import annotations

from checks.azure.reachable import closed_unless_allowed
from checks.azure.versions import at_least_tls_12
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.azure.services import CalledService


@check(objective="workloads-use-short-lived-credentials", severity=Severity.MEDIUM)
def service_refuses_keys(service: CalledService) -> Verdict:
    """A service that programs call takes no keys.

    Who has a key is nobody in the logs, and stays until the key is changed.

    Remediation: Let programs sign in with Entra, then *Local authentication*: Disabled; `az resource update --set
    properties.disableLocalAuth=true`; `local_authentication_enabled = false` in Terraform.
    """
    if service.keys_work:
        return failed(f"{service.name} takes keys")
    return passed(f"{service.name} takes no keys")


@check(objective="cryptography-is-strong", severity=Severity.HIGH)
def service_demands_tls_12(service: CalledService) -> Verdict:
    """A service that programs send messages to demands TLS 1.2 or newer.

    Older versions are broken, and whoever is in between can make both sides use them.

    Remediation: *Configuration*, *Minimum TLS version*; `az servicebus namespace update --minimum-tls-version 1.2`,
    `az eventhubs namespace update`; `minimum_tls_version = "1.2"` in Terraform.
    """
    if service.minimum_tls is None:
        return not_applicable(f"of {service.name} no version of TLS can be demanded")
    return at_least_tls_12(service.name, service.minimum_tls)


@check(objective="networks-deny-by-default", severity=Severity.MEDIUM)
def service_is_closed_to_public_networks(service: CalledService) -> Verdict:
    """A service that programs call answers only networks that are meant to reach it.

    Where every network may ask, a leaked key is all that a thief needs.

    Remediation: *Networking*, *Selected networks* or *Disabled*; `public_network_access_enabled = false` in Terraform.
    """
    return closed_unless_allowed(service)
