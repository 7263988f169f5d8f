"""``--verbose`` and ``NIR_LOG``: what ``episodes.logs`` tells, on stderr. stdout stays what it is, so that ``--json`` is one document."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from episodes.cli.output import notes
from episodes.config import LogLevel, log_level

_PACKAGES = ("episodes", "transcripts")


def level(verbose: int) -> LogLevel | None:
    """What is asked for: by ``--verbose``, so many times, else by ``NIR_LOG``; None where nothing is.

    Raises:
        Usage: ``NIR_LOG`` is no level.
    """
    if verbose:
        return LogLevel.INFO if verbose == 1 else LogLevel.DEBUG
    return log_level()


@contextmanager
def log_to_stderr(level: LogLevel) -> Iterator[None]:
    """While this lasts, records of this level and above are lines on stderr; one inside another changes nothing."""
    loggers = [logging.getLogger(name) for name in _PACKAGES]
    if any(isinstance(handler, _StderrHandler) for each in loggers for handler in each.handlers):
        yield
        return
    handler = _StderrHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    before = [each.level for each in loggers]
    for each in loggers:
        each.addHandler(handler)
        each.setLevel(level.upper())
    try:
        yield
    finally:
        for each, had in zip(loggers, before, strict=True):
            each.removeHandler(handler)
            each.setLevel(had)


class _StderrHandler(logging.Handler):
    """A line a record, above the bars where there are some; what a terminal would obey is shown instead."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write it; nobody stops working because it cannot be written."""
        try:
            notes().print(self.format(record), soft_wrap=True)
        except Exception:  # noqa: BLE001 - as logging does it everywhere
            self.handleError(record)
