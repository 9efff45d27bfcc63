from __future__ import annotations

import pytest

from checks.host.names import directories_prove_who_they_are, sudo_rules_of_directories_are_reviewed
from core.model import Status
from core.resources.host.names import NameServices


def services(*names: str) -> NameServices:
    return NameServices(id="web-1", accounts=names, groups=(), sudo_rules=names)


@pytest.mark.parametrize(
    ("names", "proven", "reviewed"),
    [
        ((), Status.PASS, Status.NOT_APPLICABLE),
        (("sss",), Status.PASS, Status.PASS),
        (("sss", "ldap"), Status.PASS, Status.FAIL),
        (("nis",), Status.FAIL, Status.FAIL),
    ],
)
def test_directories(names: tuple[str, ...], proven: Status, reviewed: Status) -> None:
    assert directories_prove_who_they_are(services(*names)).status is proven
    assert sudo_rules_of_directories_are_reviewed(services(*names), reviewed=("sss",)).status is reviewed
