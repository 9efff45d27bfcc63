"""Masking costs linear time whatever it reads, for what it reads may be made to cost more."""

from __future__ import annotations

import base64
import gzip
import time
from random import Random

import pytest

from core.redaction import CLEAN, redact
from tests.core.planted import KINDS, planted
from tests.core.test_redaction import HOSTILE

WORST = {
    "weak names": b"key=",
    "weak names and values": b"key=aaaaaaaaaaaaaaaaaaaa1.",
    "separators": b"password=,&;",
    "blocks of YAML": b"password: |\n  a\n",
    "deeper and deeper": b"password: |\n ",
    "manifests": b"kind: Secret\n",
    "data of manifests": b"data:\n  a: b\n",
    "lines of base64": b"A" * 76 + b"\n",
    "runs of base64": b"cGFzc3dvcmQ6IGh1bnRlcjI= ",
    "bombs": base64.b64encode(gzip.compress(b"a: b, " * 20_000, mtime=0)) + b" ",
    "elements": b"<password a='",
    "pairs": b'"value": "x", ',
    "types of Terraform": b'"type": "random_password", ',
    "programs": b"mysql curl zip snmpget -",
    "pipes": b"echo x | ",
    "users": b"user a with ",
    "codes": b"recovery codes:\nabc-def\n",
    "assertions": b"<Assertion ",
    "vaults": b"$ANSIBLE_VAULT;1.1;AES256\n0123456789abcdef ",
    "names of a limited length": b"a" * 63 + b" ",
    "all kinds, cut off": b" ".join(planted(kind, Random(1)).text.encode()[:20] for kind in KINDS),
}


def cost(data: bytes, size: int) -> float:
    """Seconds of this process, the better of two tries."""
    text = data * (size // len(data))
    spent = []
    for _ in range(2):
        CLEAN.forget()
        before = time.process_time()
        redact(text)
        spent.append(time.process_time() - before)
    return max(min(spent), 0.001)


@pytest.mark.parametrize("name", [*WORST, *HOSTILE])
def test_ten_times_the_bytes_cost_about_ten_times_the_work(name: str) -> None:
    data = {**WORST, **HOSTILE}[name]
    assert cost(data, 80_000) < 50 * cost(data, 8_000)  # quadratic work would be a hundred times as much


def test_a_megabyte_of_the_worst_costs_what_it_should() -> None:
    """Against the same bytes in pieces, so that a slow machine is slow in both."""
    data = b" ".join(WORST.values())
    pieces = 1_048_576 // len(data) // 8
    before = time.process_time()
    for _ in range(8):
        CLEAN.forget()
        redact(data * pieces)
    middle = time.process_time()
    redact(data * pieces * 8)
    assert time.process_time() - middle < 5 * max(middle - before, 0.01)
