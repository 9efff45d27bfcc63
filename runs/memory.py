"""How this process asks the system for memory."""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress

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

    A scan makes millions of small objects and hardly a circle; looking for them took a fifth of the time of a big one.
    """
    gc.set_threshold(200_000, 50, 100)
