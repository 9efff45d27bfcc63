"""The command of Google's command line that asks what an exchange asked."""

from __future__ import annotations

import shlex

from collectors.gcp.asking import LIST
from collectors.rest_equivalent import equivalent as of_rest
from core.model import Exchange, Unit

KINDS = {"organizations": "--organization", "folders": "--folder", "projects": "--project"}


def equivalent(unit: Unit, exchange: Exchange) -> str:
    """`gcloud asset list --organization=… --content-type=resource …`; of the directory `curl`, with what
    `gcloud auth print-access-token` prints in the variable TOKEN (`core.provider.Equivalent`)."""
    if exchange.operation.startswith("GET "):
        return of_rest(unit, exchange)
    if exchange.operation != LIST:
        return ": the configuration says what to look at"
    asked = exchange.parameters
    kind, _, number = asked["parent"].partition("/")
    words = ["gcloud", "asset", "list", f"{KINDS[kind]}={number}"]
    words.append(f"--content-type={asked['contentType'].lower().replace('_', '-')}")
    if asked["assetTypes"]:
        words.append(f"--asset-types={','.join(asked['assetTypes'].split())}")
    return shlex.join([*words, "--page-size=1000", "--format=json"])
