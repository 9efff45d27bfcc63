"""Our clients do around each operation what the SDK's own do."""

from __future__ import annotations

from copy import copy
from typing import Any

import pytest
from botocore.session import Session

from collectors.aws.customizations import Emitter, customized
from tests.collectors.aws.world import COLLECTORS

READS = {read for each in COLLECTORS.values() for read in each.permissions}
KINDS = (
    "creating-client-class", "before-parameter-build", "before-endpoint-resolution", "before-call", "request-created",
    "choose-signer", "before-sign", "before-parse", "after-call", "needs-retry",
)  # fmt: skip
"""What happens around an operation."""
OWN = Session()


def handlers(emitter: Any, event: str) -> list[object]:
    """Whom an emitter would tell of an event, in their order."""
    return list(emitter._emitter._handlers.prefix_search(emitter._alias_event_name(event)))


@pytest.mark.parametrize("service", sorted({read.service for read in READS}))
def test_nothing_is_missing_around_the_operations_we_ask(service: str) -> None:
    known = OWN.get_service_model(service).service_id.hyphenize()
    operations = {read.operation for read in READS if read.service == service}
    ours = copy(customized(known, operations))
    theirs = OWN.get_component("event_emitter")
    for event in (f"{kind}.{known}.{operation}" for kind in KINDS for operation in operations):
        assert handlers(ours, event) == handlers(theirs, event), event


def test_what_is_about_other_services_and_operations_is_left_out() -> None:
    ours = customized("kms", {"ListKeys"})
    assert handlers(ours, "before-call.glacier.ListVaults") == handlers(ours, "before-call.kms.ListKeys")
    assert not handlers(ours, "docs.request-params.s3.PutObject.complete-section")
    everything = customized("s3", ())
    assert len(handlers(everything, "before-parameter-build.s3.PutObject")) > len(
        handlers(customized("s3", {"ListBuckets"}), "before-parameter-build.s3.PutObject")
    )


def test_a_copy_has_handlers_of_its_own_and_no_other_names() -> None:
    first = Emitter()
    second = copy(first)

    def hear(**_: object) -> None:
        """Something happened."""

    second.register("before-send", hear)
    assert handlers(second, "before-send.kms") == [hear]
    assert handlers(first, "before-send.kms") == []
    assert second._alias_name_cache is first._alias_name_cache
