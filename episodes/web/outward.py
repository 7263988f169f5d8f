"""What other programs look for: the sitemap, the OpenSearch description that lets a browser ask us, robots.txt."""

from __future__ import annotations

from datetime import date
from xml.etree.ElementTree import Element

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from episodes.catalog import browsing
from episodes.database import reading
from episodes.web import addresses
from episodes.web.feed import add, document
from episodes.web.settings import base, site

router = APIRouter(include_in_schema=False)

#: Addresses that one sitemap may hold, by its protocol; half for each side, the newest.
MOST = 50_000
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"


@router.get("/sitemap.xml")
def sitemap(request: Request) -> Response:
    """Every page that is worth finding."""
    home, half = base(request), MOST // 2 - 5
    root = Element("urlset", {"xmlns": SITEMAP})
    for path in ("/", "/shows", "/episodes", "/articles", "/about"):
        _page(root, home + path, None)
    with reading(site(request).engine) as session:
        for episode in browsing.episodes(session, limit=half)[0]:
            _page(root, home + addresses.of_episode(episode.key), episode.updated_at.date())
        for article in browsing.articles(session, limit=half)[0]:
            _page(root, home + addresses.of_article(article.id or 0), article.updated_at.date())
    return Response(document(root), media_type="application/xml")


def _page(root: Element, address: str, changed: date | None) -> None:
    url = add(root, "url")
    add(url, "loc", address)
    if changed:
        add(url, "lastmod", changed.isoformat())


@router.get("/opensearch.xml")
def opensearch(request: Request) -> Response:
    """How a browser asks us."""
    name, home = site(request).name, base(request)
    root = Element("OpenSearchDescription", {"xmlns": OPENSEARCH})
    add(root, "ShortName", name[:16])
    add(root, "LongName", name[:48])
    add(root, "Description", f"Search everything said and written: {name}"[:1024])
    add(root, "InputEncoding", "UTF-8")
    add(root, "Url", type="text/html", template=f"{home}/?q={{searchTerms}}")
    add(root, "Url", type="application/json", rel="results", template=f"{home}/api/search?q={{searchTerms}}")
    return Response(document(root), media_type="application/opensearchdescription+xml")


@router.get("/robots.txt")
def robots(request: Request) -> PlainTextResponse:
    """Pages may be read by machines, searches need not."""
    return PlainTextResponse(
        f"User-agent: *\nDisallow: /results\nDisallow: /*?q=\nSitemap: {base(request)}/sitemap.xml\n"
    )
