"""Clients know what they may ask, answer like the SDK's own, and could not write if they tried."""

from __future__ import annotations

import pytest
from botocore.loaders import create_loader
from botocore.model import OperationModel, ServiceModel, Shape

from collectors.aws.clients import Clients
from collectors.aws.models import loader_of, shapes_of
from collectors.aws.operations import Read
from tests.collectors.aws.world import COLLECTORS

READS = frozenset(read for each in COLLECTORS.values() for read in each.permissions)


def test_a_client_has_the_methods_it_may_use_and_no_other() -> None:
    clients = Clients(hooks=lambda _: None, reads=[Read("kms", "ListKeys"), Read("sts", "GetCallerIdentity")])
    kms = clients.client("kms", "eu-west-1")
    assert set(kms.meta.method_to_api_mapping) == {"list_keys"}
    assert kms.can_paginate("list_keys")
    with pytest.raises(AttributeError):
        _ = kms.schedule_key_deletion
    clients.close()


def described(shape: Shape | None, seen: tuple[str, ...] = ()) -> object:
    """A shape with all it is made of, as parsers see it."""
    if shape is None or shape.name in seen:
        return shape and shape.name
    below = (*seen, shape.name)
    members = {name: described(each, below) for name, each in getattr(shape, "members", {}).items()}
    parts = [described(getattr(shape, part), below) for part in ("member", "key", "value") if hasattr(shape, part)]
    return shape.name, shape.type_name, shape.serialization, members, parts


def operation(model: dict[str, object], read: Read) -> OperationModel:
    return ServiceModel(model, read.service).operation_model(read.operation)


@pytest.mark.parametrize("service", ["kms", "s3", "rds", "secretsmanager", "iam"])
def test_narrow_models_say_of_an_operation_what_whole_ones_say(service: str) -> None:
    reads = [each for each in READS if each.service == service]
    narrow = loader_of(READS).load_service_model(service, "service-2")
    whole = create_loader().load_service_model(service, "service-2")
    assert narrow["metadata"] == whole["metadata"]
    for read in reads:
        one, other = operation(narrow, read), operation(whole, read)
        assert described(one.output_shape) == described(other.output_shape)
        assert described(one.input_shape) == described(other.input_shape)
        assert [each.name for each in one.error_shapes] == [each.name for each in other.error_shapes]
    assert set(shapes_of(service)) <= set(whole["shapes"])
