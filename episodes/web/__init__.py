"""The web pages and interfaces for programs: plain HTML that works without JavaScript, a JSON API, a feed. Read-only.

    server.py              run it: the listening socket, accepted host names, uvicorn
    app.py                 build the application: routes, middleware, HEAD for every GET
    settings.py            what every request needs: catalog, media folder, public address
    errors.py              errors as pages and JSON documents, in one place

    security.py            security headers (CSP), host names, limits on the length of requests
    allowed_hosts.py       which Host headers are accepted, against DNS rebinding (pure)
    connection_limits.py   how many connections, how long each may take, which one is evicted (pure)
    connections.py         uvicorn's connections with these limits
    concurrency_limits.py  how many searches and pages run at once

    search_page.py         the search page and its results as a fragment
    search_params.py       search parameters from a query string (pure)
    results.py             hits as groups with matches and page links
    episode_page.py        the page of an episode: player, transcript, the articles beside it
    article_page.py        the page of an article
    list_pages.py          the pages to browse: shows, episodes, articles, about
    manual_pages.py        the pages /help
    transcript_lines.py    a transcript as lines (pure)
    article_paragraphs.py  an article's paragraphs, each with the moments when it was said (pure)
    highlighting.py        text and offsets as highlighted and plain pieces (pure)
    shown_links.py         which links readers see, and how their status is worded
    player.py              how an episode is played: its file, YouTube on click, a file on the web, a link
    plots.py               dates as coordinates of small charts (pure)
    addresses.py           URLs of this site's pages; which external ones may be links (pure)
    templating.py          Jinja2, its filters and globals
    templates/             the pages
    static/                style and scripts

    api.py                 the JSON API
    feed.py                /feed.xml with <podcast:transcript>
    media.py               an episode's media file, with range requests
    discovery.py           sitemap, OpenSearch, robots.txt
    json_ld.py             an episode as schema.org JSON-LD (pure)

Search as you type fetches the part of the page that a plain form would load as a whole (``/results``), in fifty lines
of script. htmx was considered and left out: 50 kB of third-party code for that one fetch, to be pinned, hashed and
updated.

Titles, transcripts and articles are untrusted input. Templates escape everything, highlights are offsets that become
``<mark>`` there, and no page has inline script or style, which the Content-Security-Policy forbids anyway.

Transcript and article are joined in one place (article_paragraphs.py): each paragraph lists the lines it was said in,
each line the paragraphs about it. Both are links, so the page works without JavaScript; ``beside.js`` highlights the
two together. A URL can hold a second, a paragraph and a query at once (``/e/ep-12?t=65&p=7-3&q=bridge``); that is what
``share.js`` copies.
"""
