"""``nir help``: the manual in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from episodes.cli.options import BEGINNING, AsJson

if TYPE_CHECKING:
    from episodes.help.topics import Topic

_INTRODUCTION = """# News in Review: help

`nir help TOPIC` explains one of these topics; the name of a command works, too. `nir COMMAND --help` lists the options of a command.
"""


def add_to(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("help", rich_help_panel=BEGINNING, epilog="Example: nir help search")(help_)


def _names(incomplete: str) -> list[str]:
    from episodes.help.topics import topics

    return [name for name in topics() if name.startswith(incomplete)]


def help_(
    topic: Annotated[
        list[str] | None,
        typer.Argument(metavar="TOPIC", help="A topic or a command. Default: list the topics.", autocompletion=_names),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Explain a topic, with examples; without a topic, list all topics."""
    found = _topic(" ".join(topic)) if topic else None
    if as_json:
        _print_json(found)
    elif found:
        _show_topic(found)
    else:
        _show_list()


def _print_json(found: Topic | None) -> None:
    from episodes.cli.output import print_json
    from episodes.documents import manual
    from episodes.help.topics import topics

    print_json(manual.WholeTopic.of(found) if found else [manual.Topic.of(topic) for topic in topics().values()])


def _topic(name: str) -> Topic:
    from episodes.errors import NoTopic
    from episodes.help.topics import find, nearest

    if found := find(name):
        return found
    close = " or ".join(f"`nir help {one}`" for one in nearest(name))
    meant = f"did you mean {close}? " if close else ""
    raise NoTopic(detail=f"there is no topic {name!r}; {meant}`nir help` lists all")


def _show_topic(topic: Topic) -> None:
    from episodes.cli.manual import show

    options = ", ".join(f"`nir {command} --help`" for command in topic.commands)
    show(topic.text + (f"\n\nAll options: {options}\n" if options else ""))


def _show_list() -> None:
    from episodes.cli.manual import show
    from episodes.help.topics import GROUPS, topics

    text = _INTRODUCTION
    for group, names in GROUPS.items():
        rows = "\n".join(f"| {name} | {topics()[name].summary} |" for name in names)
        text += f"\n## {group}\n\n| | |\n|---|---|\n{rows}\n"
    show(text)
