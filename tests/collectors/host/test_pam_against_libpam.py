"""Stacks made by chance, run by `pam_course` and by the real libpam: both must come to the same.

The module pam_debug says whatever its arguments tell it to, so nobody's password is asked for.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from collectors.host.pam import PamRule, parse_pam
from collectors.host.pam_course import follow

SAYS = ("success", "success", "auth_err", "user_unknown", "ignore", "perm_denied")
ACTIONS = ("ignore", "bad", "die", "ok", "done", "reset", "1", "2")
WORDS = ("required", "requisite", "sufficient", "optional")
USER = b"nobody"

Conversation = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p), ctypes.c_void_p
)


class _Talk(ctypes.Structure):
    _fields_ = (("conversation", Conversation), ("data", ctypes.c_void_p))


def _say_nothing(_count: int, _messages: object, _answers: object, _data: object) -> int:
    return 19  # PAM_CONV_ERR


_no_answer = Conversation(_say_nothing)


def _accepted(library: ctypes.CDLL, folder: Path, service: str) -> bool:
    """Whether libpam lets somebody in by the stack of a service in this folder."""
    handle, talk = ctypes.c_void_p(), _Talk(_no_answer, None)
    started = library.pam_start_confdir(
        service.encode(), USER, ctypes.byref(talk), str(folder).encode(), ctypes.byref(handle)
    )
    assert started == 0
    said = library.pam_authenticate(handle, 0)
    library.pam_end(handle, said)
    return bool(said == 0)


def _lines(chance: random.Random, folder: Path, depth: int) -> Iterator[str]:
    for _ in range(chance.randint(1, 5)):
        control = chance.choice(WORDS)
        if chance.random() < 0.5:
            control = (
                f"[success={chance.choice(ACTIONS)} ignore={chance.choice(ACTIONS)} default={chance.choice(ACTIONS)}]"
            )
        if depth < 2 and chance.random() < 0.2:
            yield f"auth {chance.choice(('substack', 'include'))} {folder}/part{depth}"
        else:
            yield f"auth {control} pam_debug.so auth={chance.choice(SAYS)}"


@pytest.fixture(scope="module")
def library() -> ctypes.CDLL:
    name = ctypes.util.find_library("pam")
    assert name, "libpam is not installed (tests/debian-packages.txt)"
    return ctypes.CDLL(name)


def test_both_come_to_the_same(library: ctypes.CDLL, tmp_path: Path) -> None:
    chance = random.Random(42)
    accepted = 0
    for number in range(200):
        folder = tmp_path / str(number)
        folder.mkdir()
        files: dict[str, str] = {}
        for depth, name in enumerate(("service", "part0", "part1")):
            files[name] = "\n".join(_lines(chance, folder, depth)) + "\n"
            (folder / name).write_text(files[name])
        real = _accepted(library, folder, "service")
        course = follow(
            parse_pam({f"/etc/pam.d/{name}": text for name, text in files.items()})["service"], "auth", _says
        )
        assert course.accepted is real, files
        accepted += real
    assert 20 < accepted < 180  # else chance told little


def _says(rule: PamRule) -> str:
    return rule.arguments["auth"]
