"""``nir serve`` and ``nir mcp``: the catalog for readers, programs and assistants; it only reads."""

from __future__ import annotations

from typing import Annotated

import typer

from episodes.cli.options import READING

MCP_EPILOG = """Needs the extra mcp: pip install 'news-in-review\\[mcp]'. An assistant starts it by itself; its settings name the command
nir with the argument mcp, and NIR_HOME where the catalog is not in its usual place."""


def add_to(app: typer.Typer) -> None:
    """Put the commands of this file into the app."""
    app.command("serve", rich_help_panel=READING, epilog="Example: nir serve --port 8080")(serve)
    app.command("mcp", rich_help_panel=READING, epilog=MCP_EPILOG)(mcp)


def serve(
    host: Annotated[
        str, typer.Option("--host", help="Where to listen; 0.0.0.0 lets everybody in your network read.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Where to listen; 0: any free one.")] = 8080,
    address: Annotated[
        str, typer.Option("--address", metavar="URL", help="How readers reach it, where a web server stands before it.")
    ] = "",
    allow_host: Annotated[
        list[str] | None,
        typer.Option("--allow-host", metavar="NAME", help="Another name by which readers call it; may be repeated."),
    ] = None,
) -> None:
    """Serve the page for readers, the JSON API and the feed; nothing can be changed through it."""
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
                "Whoever reaches this machine can read the whole catalog: there is no password.", style="yellow"
            )
        with log_to_stderr(LogLevel.ERROR):  # who runs a server wants to know
            run(of, listening)


def mcp() -> None:
    """Let an assistant search and read the catalog (Model Context Protocol); nothing can be changed through it."""
    from episodes.assistants.server import server
    from episodes.cli.opening import catalog_to_read

    server(catalog_to_read()).run("stdio")
