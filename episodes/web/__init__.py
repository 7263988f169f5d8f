"""The reader's page and the interfaces beside it: plain HTML that works without JavaScript, JSON, a feed. It only reads.

    server.py              runs it: where it listens, what it warns of
    app.py                 puts the parts together; HEAD wherever GET is
    connection_limits.py   how many connections there may be, who has to go when there are too many (pure)
    connections.py         uvicorn's connections, known to the house
    concurrency_limits.py  who is worked for at once: searches, pages
    allowed_hosts.py       which names are answered (pure)
    security.py            headers, hosts, lengths: what holds for every answer
    errors.py              the one place where an error becomes a page or a JSON document
    settings.py            what every request needs: catalog, media folder, public address
    search_params.py       what a reader typed and chose, cut to what is answered (pure)
    results.py             hits -> what the search page shows
    highlighting.py        text and offsets -> pieces, marked or not (pure)
    player.py              how an episode can be played: YouTube on click, its own file, a link
    plots.py               days and months -> coordinates of small drawings (pure)
    search_page.py         the page of the search
    episode_page.py        the page of an episode: player, transcript, the article beside it
    article_page.py        the page of an article
    shown_links.py         which links are shown, and in what words
    transcript_lines.py    a transcript as lines (pure)
    article_paragraphs.py  an article as paragraphs, each with the moments at which it was said (pure)
    list_pages.py          the pages: shows, episodes, articles, about
    manual_pages.py        the pages /help
    media.py               an episode's own sound, by ranges
    api.py                 the JSON API
    feed.py                /feed.xml with <podcast:transcript>
    discovery.py           sitemap, OpenSearch, robots
    json_ld.py             schema.org's JSON-LD of an episode (pure)
    addresses.py           addresses of our own pages, and which foreign ones may be clicked (pure)
    templating.py          Jinja2, and the few words that templates have
    templates/             the pages
    static/                style and scripts

Search as you type fetches the part of the page that a plain form would have brought whole (``/results``): fifty lines of our own script.
htmx was considered and left out: it would be a third party's 50 kB for that one fetch, to be pinned, hashed and kept up.
Titles, transcripts and articles are hostile input: everything is escaped by the templates, highlights are offsets and become ``<mark>``
there, and no page has inline script or style, which the Content-Security-Policy forbids besides.

What was said and what was written are joined once, here: a paragraph knows the lines of the transcript that answer it, a line the
paragraphs. The page has both as links, so that one gets from either to the other without JavaScript; ``beside.js`` lights them up together.
An address may hold a second, a paragraph and a query at once (``/e/ep-12?t=65&p=7-3&q=bridge``): that is what is shared,
and what ``share.js`` copies.
"""
