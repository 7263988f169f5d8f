"""``nir mcp``: the catalog for assistants, over stdin and stdout."""

from __future__ import annotations

import typer

EPILOG = """Needs the extra mcp: pip install 'news-in-review\\[mcp]'. An assistant starts it by itself; its settings name the command
nir with the argument mcp, and NIR_HOME where the catalog is not in its usual place."""


def add_to(app: typer.Typer) -> None:
    """Put the commands of this file into the app."""
    app.command("mcp", rich_help_panel="Reading", epilog=EPILOG)(mcp)


def mcp() -> None:
    """Let an assistant search and read the catalog (Model Context Protocol); nothing can be changed through it."""
    from episodes.assistants.server import server
    from episodes.cli.opening import catalog_to_read

    server(catalog_to_read()).run("stdio")
