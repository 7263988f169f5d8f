"""Guard against server-side request forgery (SSRF): every network request of the program goes through this package.

Feeds, pages, redirects, manifests, sitemaps and name servers are untrusted input. They may lead to the public internet
only, by http or https. Two callers use the guard, and neither has another way out: ``articles.http`` for pages, and
yt-dlp through the only request handler that ``sources.ytdlp_network`` leaves it.

    ip_addresses.py  pure: which IP addresses belong to the public internet
    hosts.py         checks a URL and its host's addresses; picks the proxy
    client.py        sends one request: checked, the response's body still to be read
    client_pool.py   the HTTP clients with their connection pools, kept open
    network.py       connects to addresses that were resolved once and checked (against DNS rebinding)
    deadline.py      one deadline for all hops of a fetch
    bodies.py        pure: decompresses bodies within limits of bytes (against zip bombs) and of rate

A host is resolved once for a connection, and the checked addresses are the ones connected to. A name server that
answers differently a moment later (DNS rebinding) changes nothing. Behind a proxy, only what resolves on this machine
can be checked.
"""
