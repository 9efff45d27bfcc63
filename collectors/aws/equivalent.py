"""The command of the AWS command line that asks what an exchange asked."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping

from botocore import xform_name
from botocore.model import ServiceModel

from collectors.aws.models import shared_loader
from collectors.aws.source import GLOBAL
from collectors.aws.survey import CONFIGURATION
from core.model import Exchange, Unit

COMMAND_NAMES = {"config": "configservice", "codedeploy": "deploy"}
"""What the command line calls a service, where that is not the name the SDK has for it."""


def equivalent(unit: Unit, exchange: Exchange) -> str:
    """`aws iam get-account-summary --output json` (`core.provider.Equivalent`)."""
    if exchange.operation == CONFIGURATION[0]:
        return ": the configuration says what to look at"
    service, _, operation = exchange.operation.partition(":")
    words = ["aws", COMMAND_NAMES.get(service, service), xform_name(operation, "-")]
    asked = {name: value for name, value in exchange.parameters.items() if name not in ("region", "for")}
    if asked:
        words += ["--cli-input-json", json.dumps(_plain(service, operation, asked), sort_keys=True)]
    region = exchange.parameters.get("region") or unit.scope
    if region and region != GLOBAL:
        words += ["--region", region]
    if exchange.page:
        words.append("--no-paginate")
    return shlex.join([*words, "--output", "json"])


def _plain(service: str, operation: str, written: Mapping[str, str]) -> dict[str, object]:
    """Parameters as they were before they were written down (`exchanges.written`): text stays text."""
    model = ServiceModel(shared_loader().load_service_model(service, "service-2"), service)
    shape = model.operation_model(operation).input_shape
    known = shape.members if shape is not None else {}
    return {
        name: value if name not in known or known[name].type_name == "string" else json.loads(value)
        for name, value in written.items()
    }
