"""Make loggers for modules that talk to the outside world: standard ``logging``, silent by default.

Each such module has a logger named like itself, below ``episodes``. INFO has one line per request, read or write; DEBUG
adds how; WARNING and above report what went wrong. On the command line ``--verbose`` and ``NIR_LOG`` show the log on
stderr (``cli.verbosity``); your own program calls ``logging.basicConfig(level="INFO")``.

Passwords are removed from a record before any handler sees it. The ``NullHandler`` is added here and not in the
package's ``__init__``, because importing ``logging`` takes longer than ``nir --help`` may, and Ctrl-C would be ignored
meanwhile.
"""

from __future__ import annotations

import logging

from episodes.redaction import redact
from transcripts.text import storable

#: Without it Python writes warnings to stderr if logging is not configured.
_NOWHERE = logging.NullHandler()


def logger(name: str) -> logging.Logger:
    """Return the logger for a module's ``__name__``; its records are redacted."""
    logging.getLogger("episodes").addHandler(_NOWHERE)
    made = logging.getLogger(name)
    made.addFilter(_fit_to_keep)
    return made


def _fit_to_keep(record: logging.LogRecord) -> bool:
    """Redact a record, and drop lone surrogates (from untrusted URLs), which no file or stream can encode."""
    record.msg, record.args = storable(redact(record.getMessage())), None
    return True
