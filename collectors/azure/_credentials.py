"""Who looks: the credentials of azure-identity that the configuration names, in the cloud it names."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from azure.core.credentials import TokenCredential
from azure.identity import (
    AzureAuthorityHosts,
    AzureCliCredential,
    CertificateCredential,
    ClientSecretCredential,
    DefaultAzureCredential,
    EnvironmentCredential,
    ManagedIdentityCredential,
    WorkloadIdentityCredential,
)

from collectors.azure.settings import WayIn

ENDPOINTS = {
    "public": "https://management.azure.com",
    "china": "https://management.chinacloudapi.cn",
    "us_government": "https://management.usgovcloudapi.net",
}
AUTHORITIES = {
    "public": AzureAuthorityHosts.AZURE_PUBLIC_CLOUD,
    "china": AzureAuthorityHosts.AZURE_CHINA,
    "us_government": AzureAuthorityHosts.AZURE_GOVERNMENT,
}
AUTHORITY = "AZURE_AUTHORITY_HOST"
"""azure-identity's own variable with another authority; it is then not asked whether Microsoft knows that one."""


def credential(settings: WayIn, environment: Mapping[str, str] = os.environ) -> TokenCredential:
    """The credential of a way in. Asks nobody yet. Raises `ConfigurationError` for a secret that is not there, and what
    azure-identity raises for a certificate that cannot be read."""
    elsewhere = environment.get(AUTHORITY, "")
    authority: dict[str, Any] = {"authority": elsewhere or AUTHORITIES[settings.cloud]}
    if elsewhere:
        authority["disable_instance_discovery"] = True
    who: dict[str, Any] = {"client_id": settings.client_id} if settings.client_id else {}
    tenant: dict[str, Any] = {"tenant_id": settings.tenant} if settings.tenant else {}
    match settings.credential:
        case "cli":
            return AzureCliCredential(**tenant)
        case "environment":
            return EnvironmentCredential(**authority)
        case "managed_identity":
            return ManagedIdentityCredential(**who)
        case "workload_identity":
            return WorkloadIdentityCredential(**tenant, **who, **authority)
        case "certificate":
            password = settings.certificate_password.reveal(environment) if settings.certificate_password else None
            return CertificateCredential(
                settings.tenant, settings.client_id, certificate_data=Path(settings.certificate).read_bytes(),
                password=password, **authority,
            )  # fmt: skip
        case "secret":
            secret = settings.secret.reveal(environment) if settings.secret else ""
            return ClientSecretCredential(settings.tenant, settings.client_id, secret, **authority)
        case "default":
            names = ("managed_identity_client_id", "workload_identity_client_id")
            chosen = dict.fromkeys(names, settings.client_id) if settings.client_id else {}
            return DefaultAzureCredential(
                exclude_interactive_browser_credential=True, exclude_shared_token_cache_credential=True,
                **authority, **chosen,
            )  # fmt: skip
