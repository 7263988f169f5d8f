"""Jinja2 with autoescaping; missing values are errors. Filters and globals of the templates."""

from __future__ import annotations

from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from episodes.web.settings import site
from transcripts.clock import short_clock

HERE = Path(__file__).parent
STATIC = HERE / "static"


def page(
    request: Request, name: str, /, code: int = 200, headers: dict[str, str] | None = None, **values: object
) -> HTMLResponse:
    """Render a template as a response."""
    text = environment().get_template(name).render(site=site(request).name, path=request.url.path, **values)
    return HTMLResponse(text, code, headers)


@cache
def environment() -> Environment:
    """Load the templates, once."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(clock=short_clock, day=day, shortened=shortened, count=count, carried=carried)
    made.globals.update(asset=asset)
    return made


@cache
def asset(name: str) -> str:
    """Return the URL of a static file with a hash of its content, which lets browsers cache it forever."""
    return f"/static/{name}?v={sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


def day(moment: date | None) -> str:
    """Format a date: 4 September 2026."""
    return f"{moment.day} {moment:%B} {moment.year}" if moment else ""


def shortened(text: str, length: int = 120) -> str:
    """Shorten to one line, cut between words where possible."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    cut = line[:length]
    whole = cut.rpartition(" ")[0] or cut if line[length].isalnum() else cut
    return f"{whole.rstrip(' ,;:')}…"


def carried(text: str) -> str:
    """Shorten a name for a query string; no show has a longer one."""
    return text if len(text) <= 2000 else text[:2000]


def count(number: int, one: str, many: str = "") -> str:
    """Format a number with its noun: 1 result, 2 results."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
