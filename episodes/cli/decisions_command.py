"""``nir confirm``, ``reject``, ``links undo|review|export|import``: a person's decisions on links, which are final."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from episodes.cli.links_command import PANEL, links
from episodes.cli.options import AsJson

IDS = typer.Argument(metavar="ID...", help="Link numbers, as listed by `nir links`.")


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file to the app; those of ``nir links`` register themselves."""
    app.command("confirm", rich_help_panel=PANEL, epilog="Examples:\nnir confirm 3 4\nnir confirm --above 0.7")(confirm)
    app.command("reject", rich_help_panel=PANEL, epilog="Example: nir reject 5")(reject)


def confirm(
    link_ids: Annotated[list[int] | None, IDS] = None,
    above: Annotated[
        float | None,
        typer.Option("--above", min=0, max=1, help="Also confirm all proposed links with at least this confidence."),
    ] = None,
) -> None:
    """Confirm links; no later run changes them."""
    from episodes.catalog import links as catalog
    from episodes.cli.opening import catalog_to_read
    from episodes.database import reading
    from episodes.errors import Usage

    if not link_ids and above is None:
        raise Usage("nir confirm", "give link numbers or --above")
    chosen = list(link_ids or [])
    if above is not None:
        with reading(catalog_to_read()) as session:
            proposed = catalog.listed(session, status="proposed")
            chosen += [one.link.id or 0 for one in proposed if one.link.confidence >= above]
    _decide_all(chosen, "confirmed")


def reject(link_ids: Annotated[list[int], IDS]) -> None:
    """Reject links; no later run makes them again."""
    _decide_all(link_ids, "rejected")


def _decide_all(link_ids: list[int], status: str) -> None:
    from episodes.cli.opening import open_catalog, settings
    from episodes.cli.output import console
    from episodes.cli.progress import progress
    from episodes.pipeline.link_decisions import decide
    from episodes.pipeline.run import Run
    from episodes.values import LinkStatus

    with progress() as tell:
        states = decide(Run(open_catalog(), settings(), report=tell), link_ids, LinkStatus(status))
    for link_id, state in zip(link_ids, states, strict=True):
        console().print(f"link {link_id}: {status}{' already' if state == 'unchanged' else ''}")
    if not link_ids:
        console().print("no proposed link has that confidence")


def _align_confirmed() -> None:
    """Align the links that now hold, and drop the alignments of those that no longer do."""
    from episodes.cli.opening import open_catalog, settings
    from episodes.cli.progress import progress
    from episodes.pipeline.aligning import align_all
    from episodes.pipeline.run import Run

    with progress() as tell:
        align_all(Run(open_catalog(), settings(), report=tell))


@links.command("undo", epilog="Example: nir links undo 3")
def undo(link_ids: Annotated[list[int], IDS]) -> None:
    """Undo a confirmation or rejection; the next [bold]nir link[/] decides again."""
    from episodes.catalog import links as catalog
    from episodes.cli.opening import open_catalog
    from episodes.cli.output import console
    from episodes.database import writing

    with writing(open_catalog()) as session:
        states = [catalog.take_back(session, link_id) for link_id in link_ids]
    for link_id, state in zip(link_ids, states, strict=True):
        console().print(f"link {link_id}: {'nothing to undo' if state == 'unchanged' else 'open again'}")


@links.command("review", epilog="Example: nir links review")
def review() -> None:
    """Review the proposed links with their closest passages side by side, one key per link.

    Keys: y yes, n no, s skip, u undo, o open both in the browser, q quit.
    """
    from episodes.cli.link_review import Review
    from episodes.cli.opening import now, open_catalog

    Review(open_catalog(), now).run()
    _align_confirmed()


@links.command("export", epilog="Example: nir links export -o decisions.jsonl")
def export(
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Output file; default: stdout.")] = None,
) -> None:
    """Export your decisions as JSON lines, for another catalog."""
    import json

    from episodes.cli.opening import catalog_to_read, settings
    from episodes.cli.output import check_output, open_output
    from episodes.pipeline.link_decisions import decisions
    from episodes.pipeline.run import Run

    check_output(output)
    found = decisions(Run(catalog_to_read(), settings()))
    with open_output(output) as stream:
        stream.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in found)


@links.command("import", epilog="Example: nir links import decisions.jsonl")
def import_decisions(
    file: Annotated[Path, typer.Argument(help="A file written by `nir links export`.")],
    as_json: AsJson = False,
) -> None:
    """Import decisions from another catalog; for each pair the newest wins."""
    from episodes.cli.opening import open_catalog, settings
    from episodes.cli.output import report
    from episodes.pipeline.link_decisions import import_decisions
    from episodes.pipeline.run import Run

    report(import_decisions(Run(open_catalog(), settings()), file), as_json=as_json)
