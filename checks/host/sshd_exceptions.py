"""What holds for everybody who connects over SSH, and the exceptions that `Match` blocks make."""

from __future__ import annotations

from collections.abc import Callable

from core.model import Status, Verdict, failed
from core.resources.host.sshd import Sshd, SshdMatch, SshdOptions


def for_all(
    sshd: Sshd,
    options: SshdOptions,
    judge: Callable[[SshdOptions], Verdict],
    concerned: Callable[[SshdMatch], bool] = lambda _: True,
) -> Verdict:
    """The verdict on what holds for everybody, but a failure where a `Match` block makes a worse exception."""
    verdict = judge(options)
    if verdict.status is Status.FAIL:
        return verdict
    for match in sshd.matches:
        exception = judge(match.options)
        if concerned(match) and exception.status is Status.FAIL:
            return failed(f"{verdict.reason}, but with Match {match.criteria}: {exception.reason}")
    return verdict
