"""``--verbose`` and ``NIR_LOG``: log records of this project on stderr; stdout stays free for ``--json``."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from episodes.cli.output import notes
from episodes.config import LogLevel, log_level

_PACKAGES = ("episodes", "transcripts")


def level(verbose: int) -> LogLevel | None:
    """Return the log level set by ``--verbose`` (given this many times), else by ``NIR_LOG``; None if neither is.

    Raises:
        Usage: ``NIR_LOG`` is not a level.
    """
    if verbose:
        return LogLevel.INFO if verbose == 1 else LogLevel.DEBUG
    return log_level()


@contextmanager
def log_to_stderr(level: LogLevel) -> Iterator[None]:
    """Log records from this level on to stderr while the context lasts; a nested call changes nothing."""
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
    """Writes one line per record, above progress bars; control characters are made visible."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record; a failed write never stops the command."""
        try:
            notes().print(self.format(record), soft_wrap=True)
        except Exception:  # noqa: BLE001 - as everywhere in logging
            self.handleError(record)
