"""``nir serve`` and ``nir mcp``: the catalog for readers, programs and assistants, read-only."""

from __future__ import annotations

from typing import Annotated

import typer

from episodes.cli.options import READING

MCP_EPILOG = """Needs the mcp extra: pip install 'news-in-review\\[mcp]'
Usually the assistant starts it; settings to copy: nir help assistants
Example: nir mcp"""


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file to the app."""
    app.command(
        "serve",
        rich_help_panel=READING,
        epilog="Examples:\nnir serve\nnir serve --port 8081 --address https://news.example",
    )(serve)
    app.command("mcp", rich_help_panel=READING, epilog=MCP_EPILOG)(mcp)


def serve(
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; 0.0.0.0 opens the page to your whole network.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port to listen on; 0: any free one.")] = 8080,
    address: Annotated[
        str, typer.Option("--address", metavar="URL", help="Public address, if a web server stands in front.")
    ] = "",
    allow_host: Annotated[
        list[str] | None,
        typer.Option("--allow-host", metavar="NAME", help="Another host name readers use; can be repeated."),
    ] = None,
) -> None:
    """Serve the web pages, the JSON API and the feed; read-only."""
    from episodes.cli.opening import catalog_to_read, settings
    from episodes.cli.output import console, notes
    from episodes.cli.verbosity import log_to_stderr
    from episodes.config import LogLevel
    from episodes.web.server import is_loopback, listen, run, site

    of = site(catalog_to_read(), settings(), host, address, allow_host or [])
    with listen(host, port) as listening:
        shown = f"[{host}]" if ":" in host else host
        console().print(f"http://{shown}:{listening.getsockname()[1]}/  (Ctrl-C stops)", markup=False)
        if not is_loopback(host):
            notes().print(
                "Anyone who can reach this machine can read the whole catalog: there is no password.", style="yellow"
            )
        with log_to_stderr(LogLevel.ERROR):  # whoever runs a server wants to see errors
            run(of, listening)


def mcp() -> None:
    """Let an AI assistant search and read the catalog (Model Context Protocol); read-only."""
    from episodes.assistants.server import server
    from episodes.cli.opening import catalog_to_read

    server(catalog_to_read()).run("stdio")
