"""Read episodes: from sites and feeds through yt-dlp, and from the files of a back catalog.

    identity.py         pure: an episode's identity, the same from every source; its short key and its file's stem

    ytdlp.py            lists, metadata, captions and audio of the sites that yt-dlp supports
    ytdlp_session.py    yt-dlp opened: options, cookies, rate limit, errors
    ytdlp_lists.py      channels, playlists and feeds, lazily
    ytdlp_network.py    yt-dlp with the guard against SSRF as its only way out; which downloaders may run
    ytdlp_handler.py    its request handler: requests, redirects and cookies through the guard
    ytdlp_responses.py  its responses: bodies within their limits
    ytdlp_errors.py     yt-dlp's errors -> the catalog's; the backoff after a rate limit
    ytdlp_messages.py   the table of yt-dlp's sentences that have no class or field
    download_limits.py  how many bytes and seconds yt-dlp may take
    info_dict.py        pure: yt-dlp's dicts -> Listed, EpisodeInfo; the dicts go no further
    caption_tracks.py   pure: which caption tracks to keep, the best format of each language
    order.py            pure: lists newest first, tabs interleaved, duplicates removed
    merging.py          pure: what yt-dlp, its warnings and the feed report of one episode, merged
    media_file.py       where the audio goes, how it is downloaded, whether it is complete
    decisions.py        pure: an episode, the time and the show's rule -> take it, wait, or skip it

    bulk.py             a path -> one Read per item; picks the reader
    info_json.py        folders of *.info.json with the subtitle and media files beside them
    json_lines.py       .jsonl, one episode per line
    csv_table.py        .csv, one episode per row
    feed_file.py        RSS and Atom
    records.py          pure: validate the fields of a line or row -> EpisodeInfo
    html_to_text.py     pure: HTML in feeds as plain text

Readers of many items never stop at a bad one: it becomes a failed outcome with its file and line. Nothing here uses the
catalog.
"""
