"""The guard against server-side request forgery (SSRF): all that is fetched from the network goes through here.

What comes from outside (a feed, a page, a redirect, a manifest, a sitemap, a name server) may lead to the public internet only, by http or
https. Two doors use it, neither has another way out: ``articles.http`` for pages, and yt-dlp through the only request handler that
``sources.ytdlp_network`` leaves it.

    ip_addresses.py  pure: which IP addresses belong to the public internet
    hosts.py        which addresses may be asked, and through which proxy
    network.py      connections to addresses that were looked up once and checked, each step within what time is left
    deadline.py     the time of one fetch over all its hops
    client_pool.py  the HTTP clients, kept open
    client.py       one request: checked, sent, its answer still packed
    bodies.py       pure: bodies unpacked and counted, within limits of bytes and of pace

A name is resolved once for a connection, and the addresses that were checked are those that are connected to: a name server that answers
otherwise a moment later (DNS rebinding) changes nothing. Behind a proxy only what resolves here can be checked.
"""
