"""``nir shows glossary``: the names a show mentions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from episodes.cli.options import AsJson
from episodes.cli.shows_command import shows

if TYPE_CHECKING:
    from episodes.pipeline.correcting import Glossary

ADD = typer.Option("--add", metavar="NAME", help="Add a name; can be repeated.")
REMOVE = typer.Option("--remove", metavar="NAME", help="Remove a name; can be repeated.")
IMPORT = typer.Option(
    "--import", metavar="FILE", help="Add the names in a text file, one per line; # starts a comment."
)

#: Maximum size of a list of names, in bytes.
LARGEST = 2**24


def add_to(_: typer.Typer) -> None:
    """Add the command of this file to those of ``nir shows``."""
    shows.command("glossary", epilog="Example: nir shows glossary 1 --add Tafolla --add 'Ilse Varga'")(glossary)


def glossary(
    show: Annotated[str, typer.Argument(help="Number, title or address, as listed by `nir shows`.")],
    add: Annotated[list[str] | None, ADD] = None,
    remove: Annotated[list[str] | None, REMOVE] = None,
    file: Annotated[Path | None, IMPORT] = None,
    as_json: AsJson = False,
) -> None:
    """List or change the names a show mentions, spelled as they should be written.

    Whisper is told to expect them, and near misses are corrected.
    [bold]nir corrections[/] lists each correction.
    """
    from episodes.cli.opening import open_catalog, settings
    from episodes.cli.output import print_json
    from episodes.cli.progress import progress
    from episodes.pipeline import correcting
    from episodes.pipeline.run import Run

    names = [*(add or []), *(_lines(file) if file else [])]
    with progress(quiet=as_json) as tell:
        run = Run(open_catalog(), settings(), report=tell)
        changes = names or remove
        found = (
            correcting.change_glossary(run, show, add=names, remove=remove or [])
            if changes
            else correcting.glossary_of(run, show)
        )
    if as_json:
        from episodes.documents.shows import Glossary as GlossaryDocument

        return print_json(GlossaryDocument.of(found))
    _show(found)
    return None


def _lines(file: Path) -> list[str]:
    from episodes.errors import BadItem, FileRefused
    from episodes.files.reading import read_all

    try:
        with file.open("rb") as names:
            text = read_all(names, LARGEST, file).decode("utf-8-sig")
    except FileRefused as error:
        raise BadItem(file, error.detail) from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadItem(file, str(error)) from error
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return [line for line in lines if line]


def _show(found: Glossary) -> None:
    from episodes.cli.output import console, notes

    for name in found.names:
        console().print(name, markup=False)
    if not found.names:
        console().print(f"{found.show} has no names yet. Add one: nir shows glossary SHOW --add NAME", markup=False)
    if found.added or found.removed:
        done = f"{len(found.added)} added, {len(found.removed)} removed"
        looked = f"{found.checked.episodes} episodes checked, {found.checked.segments} segments changed"
        notes().print(f"{done}; {looked}: nir corrections", style="dim")
