"""The command line ``nir``: thin. A command opens the catalog, calls the pipeline or one read, and shows the outcome.

    __init__.py     ``main``
    app.py          the app, the order of the commands
    errors.py       the one place that turns errors into a line and an exit code
    stopping.py     Ctrl-C, a request to terminate, a pipe that nobody reads
    opening.py      settings and the catalog, opened on demand
    output.py       JSON, tables, outcomes as they come
    terminal.py     text from outside on a terminal
    progress.py     bars on a terminal, plain lines elsewhere
    *_command.py    the commands, by what they are about

Nothing heavy is imported above a function: ``nir --help`` loads neither the database nor torch, yt-dlp or a web framework. Here nothing
is imported at all, so that Ctrl-C in the very first moment already finds somebody who takes it.
"""

from __future__ import annotations


def main() -> None:
    """The entry point of ``nir``: runs the app; every error ends as one line on stderr and an exit code."""
    from episodes.cli.stopping import stoppable

    with stoppable():
        from episodes.cli.errors import run

        run()
