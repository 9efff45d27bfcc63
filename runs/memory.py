"""How this process asks the system for memory."""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress

from runs.plugins import all_checks

M_ARENA_MAX = -8
"""The parameter of mallopt(3) that says how many heaps there may be."""


def share_one_heap() -> None:
    """Have all threads take memory from one heap.

    glibc gives threads heaps of their own and keeps what each has freed: with hundreds of short threads that is a fifth
    of all memory. It spares them waiting for each other, which Python has them do anyway. Other libraries have no such
    parameter and are left alone.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def collect_seldom() -> None:
    """Have the garbage collector look for circles less often.

    Scans and verification make millions of small objects and hardly a circle; looking for them took a fifth of the time
    of a big scan.
    """
    gc.set_threshold(200_000, 50, 100)


def settle() -> None:
    """Leave what is there now out of the collector's rounds: for whoever scans again and again, once all is loaded that
    stays. Two rounds over checks and libraries alone took as long as a small scan."""
    all_checks()
    gc.collect()
    gc.freeze()


def give_back() -> None:
    """Let go of circles, and give the system what is free: what a scan held is needed again by its report."""
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
