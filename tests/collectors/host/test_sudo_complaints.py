"""What sudo itself says on the way to an answer: a refusal, its own absence, or chatter."""

from __future__ import annotations

import pytest

from collectors.host.facts import Answer, root_fact
from collectors.host.source import MissingProgramError, NeedsRootError
from tests.twins import RecordedHost

FACT = root_fact("rules", "/usr/sbin/nft -s list ruleset")
CHATTER = "sudo: unable to resolve host web-1: Temporary failure in name resolution"


@pytest.mark.parametrize(
    "complaint",
    [
        "sudo: a password is required",
        "sh: 1: sudo: not found",
        "sh: line 1: sudo: command not found",
        "sh: sudo: not found",
        f"{CHATTER}\nsudo: a password is required",
    ],
)
@pytest.mark.parametrize("status", [0, 1, 127])
def test_a_refusal_and_the_lack_of_sudo_are_no_answer(complaint: str, status: int) -> None:
    """Else a host without sudo would seem to lack each program that needs root."""
    with pytest.raises(NeedsRootError):
        RecordedHost({FACT: Answer(b"", complaint, status)}).answer(FACT)


def test_a_program_that_is_not_there_is_told_apart() -> None:
    with pytest.raises(MissingProgramError):
        RecordedHost({FACT: Answer(b"", "sh: 1: /usr/sbin/nft: not found", 127)}).answer(FACT)


def test_what_sudo_says_before_it_goes_on_is_no_error_of_the_program() -> None:
    said = RecordedHost({FACT: Answer(b"rules", f"{CHATTER}\nfind: '/x': No such file or directory")}).answer(FACT)
    assert (said.output, said.error) == (b"rules", "find: '/x': No such file or directory")
