"""Asking much of a JSON interface: many questions at once, how many there will be, and what several want to know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from itertools import islice
from typing import TypeVar

from collectors.rest_answers import UNAUTHORIZED, RestError
from core.recording import expect_answers

T = TypeVar("T")
R = TypeVar("R")
IN_A_ROW = 20
"""After how many refusals one after the other the rest is not asked for: then it is the same for all."""


def side_by_side(look: Callable[[T], R], things: Iterable[T], at_once: int = 8) -> Iterator[R]:
    """What `look` says of each thing, in their order, while some are asked at once.

    One that is refused hides no other, nor does a listing of things that breaks off hide what it has told: the first
    `RestError` is raised at the end, or at once when others would fare no better, or when many in a row are refused.
    """
    failure: RestError | None = None
    refused = 0

    def told() -> Iterator[T]:
        nonlocal failure
        try:
            yield from things
        except RestError as error:
            failure = failure or error

    remaining = told()
    with ThreadPoolExecutor(at_once) as pool:

        def begun(number: int) -> list[Future[R]]:
            # Each in a copy of this context, in which the unit's recorder travels.
            return [pool.submit(copy_context().run, look, each) for each in islice(remaining, number)]

        waiting = begun(at_once * 2)
        try:
            while waiting:
                try:
                    found = waiting.pop(0).result()
                except RestError as error:
                    failure, refused = failure or error, refused + 1
                    if error.retryable or error.kind or error.status == UNAUTHORIZED or refused == IN_A_ROW:
                        raise
                else:
                    refused = 0
                    yield found
                waiting += begun(1)
        finally:
            for each in waiting:
                each.cancel()
    if failure:
        raise failure


def counted(*listings: Iterable[T], questions: int = 1) -> tuple[Iterator[T], ...]:
    """What these list, of each of which so many questions will be asked. All are read first, so that whoever waits
    hears how many questions there are; one that breaks off raises its `RestError` after what it told."""
    read = [_as_far_as_told(each) for each in listings]
    expect_answers(sum(len(things) for things, _ in read) * questions)
    return tuple(_once_more(*each) for each in read)


def _as_far_as_told(listing: Iterable[T]) -> tuple[list[T], RestError | None]:
    things = list[T]()
    try:
        things.extend(listing)
    except RestError as error:
        return things, error
    return things, None


def _once_more(things: list[T], failure: RestError | None) -> Iterator[T]:
    yield from things
    if failure:
        raise failure


def remembered(read: Callable[[], T]) -> Callable[[], T]:
    """What is asked once, for whoever wants to know; or the error, for each of them."""
    try:
        value = read()
    except RestError as error:
        failure = error
    else:
        return lambda: value

    def refuse() -> T:
        raise failure

    return refuse
