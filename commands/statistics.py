"""What a scan cost, on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commands.output import count, say, size, table

if TYPE_CHECKING:
    from runs.statistics import Statistics


def show(cost: Statistics) -> None:
    """Print what a scan cost: in all, by stage, by operation."""
    processor = f"{cost.cpu_seconds:.1f} s of processor time"
    memory = f"{size(cost.peak_memory)} of memory at most"
    say("", f"Cost: {count(cost.calls, 'call')}, {cost.seconds:.1f} s, {processor}, {memory}", style="bold")
    if cost.retries:
        say(f"  asked again {count(cost.retries, 'time')}, after {cost.throttled} answers to slow down", style="yellow")
    table(
        ["Stage", "Seconds", "Processor"],
        [[each.stage, f"{each.seconds:.1f}", f"{each.cpu_seconds:.1f}"] for each in cost.stages],
    )
    say("")
    table(
        ["Provider", "Operation", "Calls", "Retries", "Throttled", "Errors", "Bytes", "Seconds"],
        [
            [
                each.provider,
                f"{each.service} {each.operation}".strip(),
                str(each.calls),
                str(each.retries),
                str(each.throttled),
                str(each.errors),
                size(each.bytes),
                f"{each.seconds:.1f}",
            ]
            for each in cost.operations
        ],
    )
