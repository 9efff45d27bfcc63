"""Checks of App Service, Kubernetes and registries of images."""

from __future__ import annotations

from checks.azure.logs import EVERYTHING, is_logged
from checks.azure.versions import at_least_tls_12
from core.model import Severity, Verdict, failed, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.azure.applications import ContainerRegistry, KubernetesCluster, WebApp
from core.resources.azure.logging import ResourceLogging


@check(objective="data-in-transit-is-protected", severity=Severity.HIGH)
def web_app_takes_https_only(app: WebApp) -> Verdict:
    """A web app answers over TLS only.

    The first request without TLS is enough for whoever is in between.

    Remediation: *Configuration*, *HTTPS Only*; `az webapp update --https-only true`; `https_only = true` in Terraform.
    """
    if app.https_only:
        return passed(f"{app.name} answers over TLS only")
    return failed(f"{app.name} answers without TLS as well")


@check(objective="cryptography-is-strong", severity=Severity.HIGH)
def web_app_demands_tls_12(app: WebApp) -> Verdict:
    """A web app demands TLS 1.2 or newer.

    Older versions are broken, and whoever is in between can make both sides use them.

    Remediation: *Configuration*, *Minimum Inbound TLS Version*; `az webapp config set --min-tls-version 1.2`;
    `minimum_tls_version = "1.2"` in Terraform.
    """
    return at_least_tls_12(app.name, app.minimum_tls)


@check(objective="data-in-transit-is-protected", severity=Severity.MEDIUM)
def web_app_takes_no_plain_ftp(app: WebApp) -> Verdict:
    """Nobody brings files to a web app without TLS.

    The password that changes the whole site goes over the network as it is.

    Remediation: *Configuration*, *FTP state*: FTPS only, or Disabled; `az webapp config set --ftps-state Disabled`;
    `ftps_state = "Disabled"` in Terraform.
    """
    match app.ftp.lower():
        case "disabled":
            return passed(f"{app.name} takes no FTP")
        case "ftpsonly":
            return passed(f"{app.name} takes FTP over TLS only")
        case "allallowed":
            return failed(f"{app.name} takes FTP without TLS")
        case _:
            return unknown(f"Azure says of {app.name} that FTP is {app.ftp}")


@check(objective="cryptography-is-strong", severity=Severity.MEDIUM)
def web_app_tools_demand_tls_12(app: WebApp) -> Verdict:
    """The site by which programs are brought to a web app demands TLS 1.2 or newer.

    Older versions are broken, and what goes over it is the program itself.

    Remediation: `az webapp config set --generic-configurations '{"scmMinTlsVersion": "1.2"}'`;
    `scm_minimum_tls_version = "1.2"` in Terraform.
    """
    return at_least_tls_12(app.name, app.minimum_tls_of_tools)


@check(objective="systems-are-hardened", severity=Severity.MEDIUM)
def web_app_is_not_debugged_remotely(app: WebApp) -> Verdict:
    """Nobody looks into a running web app from outside.

    A debugger reads and changes everything, and opens further ports for it.

    Remediation: *Configuration*, *Remote debugging*: Off; `az webapp config set --remote-debugging-enabled false`;
    `remote_debugging_enabled = false` in Terraform.
    """
    if app.debugged_remotely:
        return failed(f"{app.name} can be debugged from outside")
    return passed(f"{app.name} cannot be debugged from outside")


@check(objective="workloads-use-short-lived-credentials", severity=Severity.LOW)
def web_app_has_an_identity(app: WebApp) -> Verdict:
    """A web app has an identity in the directory.

    Without one it signs in elsewhere with passwords and keys that stand in its settings.

    Remediation: *Identity*, *System assigned*; `az webapp identity assign`; `identity` in Terraform.
    """
    if app.has_identity:
        return passed(f"{app.name} has an identity in the directory")
    return failed(f"{app.name} has no identity in the directory")


@check(objective="workloads-use-short-lived-credentials", severity=Severity.MEDIUM)
def web_app_takes_no_publishing_passwords(app: WebApp) -> Verdict:
    """Programs are brought to a web app by identities of the directory only.

    Its publishing password is everybody's, knows no second factor, and changes the whole site.

    Remediation: *Configuration*, *SCM Basic Auth Publishing Credentials* and *FTP Basic Auth*: Off; `az resource update
    --resource-type basicPublishingCredentialsPolicies --set properties.allow=false`;
    `webdeploy_publish_basic_authentication_enabled = false` in Terraform.
    """
    if app.passwords:
        return failed(f"{app.name} takes its publishing password by {' and '.join(app.passwords)}")
    return passed(f"{app.name} takes no publishing password")


@check(objective="use-is-logged", severity=Severity.MEDIUM)
def web_app_use_is_logged(app: WebApp, logging: Population[ResourceLogging]) -> Verdict:
    """Requests to a web app are written down, where the app itself cannot change it; of a function app its calls.

    Without it nobody can say what an attacker asked for.

    Remediation: *Diagnostic settings*, category *HTTP logs*, of a function app *Function Application Logs*; `az monitor
    diagnostic-settings create`; `azurerm_monitor_diagnostic_setting` with `AppServiceHTTPLogs` or `FunctionAppLogs`.
    """
    category = "FunctionAppLogs" if app.functions else "AppServiceHTTPLogs"
    return is_logged(app.name, app.id, logging, (category,), groups=(EVERYTHING,))


@check(objective="access-is-managed-centrally", severity=Severity.HIGH)
def cluster_knows_identities_of_the_directory_only(cluster: KubernetesCluster) -> Verdict:
    """People reach a Kubernetes cluster with identities of the directory and roles, and not with its own certificate.

    The certificate of the local administrator is nobody's, may do everything, and outlives whoever fetched it.

    Remediation: *Cluster configuration*, *Microsoft Entra ID authentication*; `az aks update --enable-aad
    --disable-local-accounts`; `local_account_disabled = true` in Terraform. Role-based access control is chosen when
    the cluster is made.
    """
    wrong = []
    if not cluster.roles:
        wrong.append("role-based access control is off")
    if not cluster.managed_sign_in:
        wrong.append("people do not sign in with the directory")
    if cluster.local_accounts:
        wrong.append("local accounts work")
    if wrong:
        return failed(f"{cluster.name}: {', '.join(wrong)}")
    return passed(f"{cluster.name} knows identities of the directory only, and roles")


@check(objective="administration-is-logged", severity=Severity.MEDIUM)
def cluster_administration_is_logged(cluster: KubernetesCluster, logging: Population[ResourceLogging]) -> Verdict:
    """What is asked of a cluster's API is written down.

    Without it nobody can say who changed what runs there.

    Remediation: *Diagnostic settings*, category *Kubernetes Audit* or *Kubernetes Audit Admin Logs*;
    `az monitor diagnostic-settings create`; `azurerm_monitor_diagnostic_setting` with `kube-audit-admin`.
    """
    return is_logged(cluster.name, cluster.id, logging, ("kube-audit", "kube-audit-admin"), any_of=True)


@check(objective="workloads-use-short-lived-credentials", severity=Severity.MEDIUM)
def registry_has_no_shared_administrator(registry: ContainerRegistry) -> Verdict:
    """A registry of images has no account that everybody shares.

    Its password pushes images that run in production, and nobody can say whose hand it was.

    Remediation: *Access keys*, *Admin user*: off; `az acr update --admin-enabled false`; `admin_enabled = false` in
    Terraform.
    """
    if registry.shared_administrator:
        return failed(f"{registry.name} has an account that everybody shares")
    return passed(f"{registry.name} has no account that everybody shares")


@check(objective="data-is-not-public", severity=Severity.HIGH)
def registry_shows_nothing_to_strangers(registry: ContainerRegistry) -> Verdict:
    """Nobody fetches images without signing in.

    Images hold programs, and often what they should not.

    Remediation: `az acr update --anonymous-pull-enabled false`; `anonymous_pull_enabled = false` in Terraform.
    """
    if registry.anonymous_pull:
        return failed(f"everybody may fetch images of {registry.name}")
    return passed(f"nobody fetches images of {registry.name} without signing in")
