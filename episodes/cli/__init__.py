"""The command line ``nir``: thin. A command opens the catalog, calls the pipeline or one read, and shows the outcome.

    app.py                   the app, the order of the commands
    entry.py                 runs the app, ends the process with its exit code
    errors.py                errors as exit codes and lines on stderr
    signals.py               Ctrl-C, a request to terminate, a pipe that nobody reads
    options.py               options that several commands have
    opening.py               settings and the catalog, opened on demand
    output.py                JSON, tables, outcomes as they come
    terminal.py              text from outside on a terminal
    manual.py                Markdown of the manual in the terminal
    control_chars.py         pure: what of it is shown
    progress.py              how far long work is: bars on a terminal, plain lines elsewhere
    progress_bars.py         the bars
    pace.py                  how fast a run is, and how far, in words
    verbosity.py             the log on stderr
    link_review.py           the proposed links, one key a link

The commands, by what they are about:

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
    show_command.py          show, export, episodes
    use_command.py           use
    serve_command.py         serve, mcp
    passages_command.py      passages
    marks_command.py         marks
    corrections_command.py   correct, corrections
    transcribe_command.py    transcribe
    maintenance_command.py   status, doctor, reindex, backup, restore

``main`` stands here.

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
    from episodes.cli.entry import run

    run(ours)
