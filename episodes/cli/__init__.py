"""The command line ``nir``. A command opens the catalog, calls the pipeline or reads, and prints the outcome.

    app.py                   the app and the order of its commands
    entry.py                 run the app, end the process with its exit code
    errors.py                errors as exit codes and lines on stderr
    signals.py               Ctrl-C, SIGTERM, broken pipe
    options.py               options that several commands share
    opening.py               settings and catalog, opened on demand
    output.py                JSON, tables, outcomes as they come
    terminal.py              safe printing of text from outside
    control_chars.py         control characters made visible (pure)
    manual.py                Markdown of the manual in the terminal
    progress.py              progress: bars on a terminal, plain lines elsewhere
    progress_bars.py         the bars
    pace.py                  speed and amount of work, in words
    verbosity.py             the log on stderr
    link_review.py           review of the proposed links, one key per link

The commands by module:

    demo_command.py          demo
    help_command.py          help
    shows_command.py         shows
    glossary_command.py      shows glossary
    update_command.py        update, retry, hear
    import_command.py        import
    articles_command.py      articles
    links_command.py         link, links
    decisions_command.py     confirm, reject, links undo, review, export and import
    search_command.py        search
    show_command.py          episodes, show, export, use
    serve_command.py         serve, mcp
    passages_command.py      passages
    marks_command.py         marks
    corrections_command.py   correct, corrections
    transcribe_command.py    transcribe
    maintenance_command.py   status, doctor, reindex, backup, restore

The entry point ``main`` is in this file. Heavy imports are inside functions: ``nir --help`` loads neither the database
nor torch, yt-dlp or a web framework. This file itself imports nothing, so that Ctrl-C is handled from the very first
moment.
"""

from __future__ import annotations


def main() -> None:
    """The entry point of ``nir``: run the app; every error becomes one line on stderr and an exit code."""
    import _signal  # type: ignore[import-not-found]  # built in: no file is read for it
    import os

    # While modules are still loading, a signal just ends the process: there is nothing to lose.
    usual = {_signal.SIGINT: _signal.default_int_handler, _signal.SIGTERM: _signal.SIG_DFL}
    ours = {number: how for number, how in usual.items() if _signal.getsignal(number) == how}
    try:
        for number in ours:
            _signal.signal(number, lambda number, _frame: os._exit(128 + number))
    except ValueError:  # not the main thread, to which signals never come
        ours = {}
    from episodes.cli.entry import run

    run(ours)
