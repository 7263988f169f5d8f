"""Articles in: an address or a path becomes ``ArticleText`` values, one ``Read`` an item, and a bad item stops nothing.

    read.py            the front door: read("https://…" or a path) chooses what to do
    recognise.py       what stands behind an address: a WordPress site, a sitemap, a feed, or just a page
    listing.py         a followed site's lists, batch by batch, and from where to go on
    wordpress.py       a WordPress site's posts by its REST interface (pure)
    sitemaps.py        sitemaps and indexes of them -> addresses (pure)
    feeds.py           RSS and Atom -> articles, whole where the feed carries them (pure)
    feed_entry.py      an article that a feed or an API carries whole -> ArticleText (pure)
    web_client.py      the web as one run asks it: robots.txt obeyed, one pace per host
    robots.py          what a robots.txt says (pure)
    rate_limiter.py    one polite pace per host
    http.py            the one HTTP door: pages of text, through the guard
    responses.py       what a server's answer means (pure)
    charset.py         bytes -> text (pure)
    page.py            the text of an HTML page -> its articles
    split.py           a page that holds several articles -> parts, each under its own address
    containers.py      where further articles stand on a page
    article.py         a document that holds one article -> ArticleText
    extract.py         the one door to trafilatura: a part -> paragraphs
    image_captions.py  images' captions, put where their images stood
    main_content.py    the element in which an article stands, and its links
    structured_data.py  what the head says: JSON-LD, properties, the canonical address
    metadata.py        title, date, authors, site, dek from the head and from what is seen
    videos.py          ids of embedded and linked videos
    markup.py          markup before it is parsed: how it begins, whether it is too much (pure)
    tree.py            HTML text -> lxml elements
    plain_text.py      plain text and Markdown, "Continue Reading" between articles
    text_header.py     the lines under a title in plain text: dek, byline, date, address (pure)
    json_lines.py      JSON lines
    part_urls.py       addresses made for parts that have none (pure)
    boilerplate.py     lines that belong to the site: share buttons, newsletter boxes (pure)
    text_comparison.py  equal and contained words, near duplicates by shingles (pure)

Each reader is a generator of ``Read``: its value is an article, or its outcome says why there is none. Only http.py (through
web_client.py, or read.py itself) reaches outside, through ``episodes.guard``; everything else is text in, values out. Errors that
concern a whole address or file are ``ArticleError``.
"""
