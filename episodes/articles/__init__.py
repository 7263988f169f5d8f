"""Read articles: a URL or a path becomes ``ArticleText`` values, one ``Read`` per item; a bad item stops nothing.

    read.py             the entry point: read("https://…" or a path) picks the reader
    recognise.py        what is at a URL: a WordPress site, a sitemap, a feed (autodiscovery), or one page
    listing.py          crawls a followed site's lists in resumable batches
    wordpress.py        WordPress's REST API: where it is, and its posts (pure)
    sitemaps.py         sitemaps and sitemap indexes -> URLs (pure)
    feeds.py            RSS and Atom -> entries, with full text if the feed has it (pure)
    feed_entry.py       an entry with full content -> ArticleText (pure)

    web_client.py       a polite HTTP client: robots.txt, rate limit per host, conditional requests
    robots.py           parses robots.txt (pure)
    rate_limiter.py     the rate limit per host
    http.py             fetches text pages through the guard; retry and backoff by Retry-After
    responses.py        HTTP status in words, Retry-After, gzip files (pure)
    charset.py          detects the charset: bytes -> text (pure)

    page.py             HTML of a page -> all articles on it
    split.py            splits a page that holds several articles
    containers.py       finds the elements that hold further articles
    part_urls.py        makes URLs for parts that have none (pure)
    article.py          a document that holds one article -> ArticleText
    main_content.py     removes navigation and the like, finds the article's element and its links
    extract.py          paragraphs of a document; the only module that imports trafilatura
    image_captions.py   puts image captions back where their images were
    structured_data.py  JSON-LD, meta properties, the canonical URL
    metadata.py         title, date, authors, site, dek from the head and the visible page
    videos.py           ids of embedded and linked videos
    markup.py           checks HTML before it is parsed: type, number of tags (pure)
    tree.py             HTML and XML -> lxml trees

    plain_text.py       plain text and Markdown, split at "Continue Reading"
    text_header.py      the lines below a title in plain text: dek, byline, date, URL (pure)
    json_lines.py       JSON lines

    boilerplate.py      recognises share buttons, newsletter boxes and the like (pure)
    text_comparison.py  equal and contained words, near duplicates by shingles (pure)

Each reader is a generator of ``Read``: an article, or an outcome that says why there is none. Errors about a whole URL
or file are ``ArticleError``. Only http.py uses the network (called by web_client.py, and by read.py for a single URL),
through ``episodes.guard``.
"""
