"""The command line ``nir``: thin. A command opens the catalog, calls the pipeline or one read, and shows the outcome.

    __init__.py     ``main``
    app.py          the app, the order of the commands
    errors.py       the one place that turns errors into a line and an exit code
    stopping.py     Ctrl-C, a request to terminate, a pipe that nobody reads
    opening.py      settings and the catalog, opened on demand
    output.py       JSON, tables, outcomes as they come
    terminal.py     text from outside on a terminal; plain.py: what of it is shown
    progress.py     bars on a terminal, plain lines elsewhere
    *_command.py    the commands, by what they are about

Nothing heavy is imported above a function: ``nir --help`` loads neither the database nor torch, yt-dlp or a web framework. Here nothing
is imported at all, so that Ctrl-C in the very first moment already finds somebody who takes it.
"""

from __future__ import annotations


def main() -> None:
    """The entry point of ``nir``: runs the app; every error ends as one line on stderr and an exit code."""
    import _signal  # type: ignore[import-not-found]  # built in: nothing is read for it
    import os

    # While this is only being loaded there is nothing to lose, and nothing is said.
    usual = {_signal.SIGINT: _signal.default_int_handler, _signal.SIGTERM: _signal.SIG_DFL}
    ours = {number: how for number, how in usual.items() if _signal.getsignal(number) == how}
    try:
        for number in ours:
            _signal.signal(number, lambda number, _frame: os._exit(128 + number))
    except ValueError:  # not the main thread, to which signals never come
        ours = {}
    from episodes.cli.errors import run

    run(ours)
