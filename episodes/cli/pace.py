"""Speed and amount of work, in words."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from episodes.values import Progress


class Pace:
    """The speed of transcription, measured from the first report on.

    ``clock`` returns seconds; ``times`` follows the speed.
    """

    def __init__(self, clock: Callable[[], float] = monotonic, times: str = " × real time") -> None:
        self.clock = clock
        self.times = times
        self.begun: float | None = None
        self.first = 0.0

    def amount(self, now: Progress) -> str:
        """Format progress: "12:30 of 1:15:00, 14 × real time, 4:28 left"; speed and time left only once known."""
        from episodes.cli.output import clock

        if self.begun is None:
            self.begun, self.first = self.clock(), now.done
        spent, transcribed = self.clock() - self.begun, now.done - self.first
        if spent <= 0 or transcribed <= 0:
            return amount(now)
        speed = transcribed / spent
        left = f", {clock((now.total - now.done) / speed)} left" if now.total else ""
        return f"{amount(now)}, {speed:{'.0f' if speed >= 100 else '.3g'}}{self.times}{left}"


def amount(now: Progress) -> str:
    """Format what is done: "0:30 of 1:15", "1.2 of 3.4 MB", "7 of 73"."""
    from episodes.cli.output import clock

    if now.unit == "s":
        return f"{clock(now.done)}{f' of {clock(now.total)}' if now.total else ''}"
    if now.unit == "B":
        return f"{now.done / 1e6:.1f}{f' of {now.total / 1e6:.1f}' if now.total else ''} MB"
    return f"{now.done:.0f}{f' of {now.total:.0f}' if now.total else ''}" if now.done or now.total else ""
