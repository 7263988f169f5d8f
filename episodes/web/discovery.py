"""Documents for other programs: the sitemap, the OpenSearch description for browsers, robots.txt."""

from __future__ import annotations

from datetime import date
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from episodes.catalog import browsing
from episodes.database import reading
from episodes.help.topics import topics
from episodes.web import addresses
from episodes.web.feed import add, document
from episodes.web.settings import base_url, site
from transcripts.text import for_xml

router = APIRouter(include_in_schema=False)

#: Maximum URLs in one sitemap, by its protocol; half for episodes, half for articles, newest first.
MAX_URLS = 50_000
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"


@router.get("/sitemap.xml")
def sitemap(request: Request) -> Response:
    """Every page that is worth finding; as text and not as elements, since there may be fifty thousand of them."""
    home = base_url(request)
    with reading(site(request).engine) as session:
        episodes, articles = browsing.changes(session, MAX_URLS // 2 - 20)
    parts = [_page(home + path) for path in ("/", "/shows", "/episodes", "/articles", "/about", "/help")]
    parts += [_page(f"{home}/help/{name}") for name in topics()]
    parts += [_page(home + addresses.of_episode(key), changed) for key, changed in episodes]
    parts += [_page(home + addresses.of_article(number), changed) for number, changed in articles]
    text = f'<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="{SITEMAP}">{"".join(parts)}</urlset>\n'
    return Response(text, media_type="application/xml")


def _page(address: str, changed: date | None = None) -> str:
    day = f"<lastmod>{changed.isoformat()}</lastmod>" if changed else ""
    return f"<url><loc>{escape(for_xml(address))}</loc>{day}</url>\n"


@router.get("/opensearch.xml")
def opensearch(request: Request) -> Response:
    """Describe the search to browsers."""
    name, home = site(request).name, base_url(request)
    root = Element("OpenSearchDescription", {"xmlns": OPENSEARCH})
    add(root, "ShortName", name[:16])
    add(root, "LongName", name[:48])
    add(root, "Description", f"Search every episode and article: {name}"[:1024])
    add(root, "InputEncoding", "UTF-8")
    add(root, "Url", type="text/html", template=f"{home}/?q={{searchTerms}}")
    add(root, "Url", type="application/json", rel="results", template=f"{home}/api/search?q={{searchTerms}}")
    return Response(document(root), media_type="application/opensearchdescription+xml")


@router.get("/robots.txt")
def robots(request: Request) -> PlainTextResponse:
    """Allow pages, disallow searches."""
    return PlainTextResponse(
        f"User-agent: *\nDisallow: /results\nDisallow: /*?q=\nSitemap: {base_url(request)}/sitemap.xml\n"
    )
