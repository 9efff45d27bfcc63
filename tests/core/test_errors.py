"""Errors carry what to do next."""

from __future__ import annotations

from core.errors import AnnexaError, did_you_mean


def test_an_error_has_a_sentence_a_hint_and_an_exit_status() -> None:
    error = AnnexaError("the gate is locked", "ask for the key")
    assert (str(error), error.hint, error.exit_status) == ("the gate is locked", "ask for the key", 2)
    assert AnnexaError("the gate is locked").hint == ""


def test_the_nearest_word_is_offered_when_one_is_near() -> None:
    assert did_you_mean("regoins", ["regions", "roles"]) == ", did you mean regions?"
    assert did_you_mean("xyz", ["regions", "roles"]) == ""
    assert did_you_mean("xyz", []) == ""
