"""What is told of dealings with the outside world: standard ``logging``, silent until somebody listens.

Each module at the border has a logger of its own name, below ``episodes``. INFO has a line for each thing that was asked for, read or
written; DEBUG tells also how; WARNING and above what went wrong. On the command line ``--verbose`` and ``NIR_LOG`` show it on stderr
(``cli.verbosity``); a program of your own calls ``logging.basicConfig(level="INFO")``.

Whatever handler it has, a record has lost its passwords before that sees it. The handler that does nothing is added here and not where
the package begins: loading ``logging`` takes longer than ``nir --help`` has to, and Ctrl-C would not be heard meanwhile.
"""

from __future__ import annotations

import logging

from episodes.redaction import redact
from transcripts.text import storable

#: Without it Python writes warnings to stderr where nobody has set up logging.
_NOWHERE = logging.NullHandler()


def logger(name: str) -> logging.Logger:
    """The logger of a module, from its ``__name__``; its records are redacted."""
    logging.getLogger("episodes").addHandler(_NOWHERE)
    made = logging.getLogger(name)
    made.addFilter(_fit_to_keep)
    return made


def _fit_to_keep(record: logging.LogRecord) -> bool:
    """Without secrets, and without halves of characters, which no file and no stream takes: an address from outside may have any."""
    record.msg, record.args = storable(redact(record.getMessage())), None
    return True
