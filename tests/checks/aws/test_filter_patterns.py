"""What filter patterns fit."""

from __future__ import annotations

import pytest

from checks.aws.filter_patterns import NotUnderstoodError, fits

EVENT = {
    "eventName": "DeleteTrail",
    "eventSource": "cloudtrail.amazonaws.com",
    "userIdentity": {"type": "Root", "sessionContext": None},
    "readOnly": False,
    "managementEvent": True,
    "bytes": 512,
    "version": "1.11",
    "tags": ["a", "b"],
}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ('{ $.eventName = "DeleteTrail" }', True),
        ("{$.eventName=DeleteTrail}", True),
        ("{ $.eventName = Delete* }", True),
        ('{ $.eventName = "*Trail" }', True),
        ('{ $.eventName = "deletetrail" }', False),
        ('{ $.eventName = "Trail" }', False),
        (r'{ $.eventName = "Delete\Trail" }', True),
        ('{ $.eventName != "CreateTrail" }', True),
        ('{ $.eventName != "Delete*" }', False),
        ("{ $.eventName = %^Delete(?:x)?% || $.eventName = %Trail$% }", True),
        ("{ $.eventName = %^Trail% }", False),
        (
            '{ ($.eventSource = cloudtrail.amazonaws.com) && (($.eventName = "A") || ($.eventName = DeleteTrail)) }',
            True,
        ),
        ('{ ($.eventSource = kms.amazonaws.com) && (($.eventName = "A") || ($.eventName = DeleteTrail)) }', False),
        ('{ $.eventName = "DeleteTrail" || $.eventName = "A" && $.eventName = "B" }', True),
        ('{ ($.eventName = "DeleteTrail" || $.eventName = "A") && $.eventName = "B" }', False),
        ('{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS }', True),
        ("{ $.userIdentity.type NOT EXISTS }", False),
        ("{ $.userIdentity.sessionContext IS NULL }", True),
        ("{ $.userIdentity.type IS NULL }", False),
        ("{ $.readOnly IS FALSE && $.managementEvent IS TRUE }", True),
        ("{ $.readOnly IS TRUE }", False),
        ("{ $.readOnly = false }", True),
        ("{ $.bytes > 500 && $.bytes >= 512 && $.bytes < 513 && $.bytes <= 512 }", True),
        ("{ $.bytes > 512 }", False),
        ("{ $.bytes = 512.0 }", True),
        ("{ $.bytes != 512 }", False),
        ("{ $.version > 1 }", True),
        ("{ $.eventName > 1 }", False),
        ("{ $.readOnly < 1 }", False),
        ("{ $.errorCode = * }", False),
        ('{ $.errorCode != "x" }', False),
        ("{ $.errorCode < 1 }", False),
        ('{ $.userIdentity = "Root" }', False),
        ('{ $.userIdentity.sessionContext != "x" }', False),
        ('{ $.tags[0] = "a" }', False),
        ('{ $.eventName.more = "a" }', False),
    ],
)
def test_tests_of_fields(pattern: str, expected: bool) -> None:
    assert fits(pattern, EVENT) is expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("", True),
        ("DeleteTrail", True),
        ("deletetrail", False),
        ("DeleteTrail Root", True),
        ("DeleteTrail StopLogging", False),
        ("?DeleteTrail ?StopLogging", True),
        ("?CreateTrail ?StopLogging", False),
        ("Root ?CreateTrail", True),
        ("Root -DeleteTrail", False),
        ('-"StopLogging"', True),
        ('"cloudtrail.amazonaws.com"', True),
        ("%Delete[A-Z]%", True),
    ],
)
def test_words(pattern: str, expected: bool) -> None:
    assert fits(pattern, EVENT) is expected


@pytest.mark.parametrize(
    "pattern",
    [
        "{",
        "{ }",
        "{ $.eventName }",
        "{ $.eventName = }",
        "{ $.eventName == A }",
        '{ eventName = "A" }',
        '{ $.eventName = "A }',
        '{ $.eventName = "A" $.eventName = "B" }',
        '{ ($.eventName = "A" }',
        '{ ($.eventName = "A"( }',
        '{ $.eventName && "A" }',
        '{ $.tags[*] = "a" }',
        '{ $.tags* = "a" }',
        "{ $.eventName IS EMPTY }",
        "{ $.eventName NOT NULL }",
        "{ $.eventName = %[% }",
        "[first, second]",
        '"\\"eventName\\":\\"DeleteTrail\\""',
        "%[%",
    ],
)
def test_what_cannot_be_read_says_so(pattern: str) -> None:
    with pytest.raises(NotUnderstoodError):
        fits(pattern, EVENT)
