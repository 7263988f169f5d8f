"""Where episodes come from: sites and feeds through yt-dlp, and files of a back catalog.

    identity.py         pure: the name of an episode that is the same from every door, its key, and its file's stem
    ytdlp.py            the door to yt-dlp: listing, reading, captions, sound
    ytdlp_network.py    yt-dlp's way to the network: through the guard, and through no other program
    download_limits.py  how much it may take
    info_dict.py        pure: yt-dlp's dicts -> Listed, EpisodeInfo; they go no further
    merging.py          pure: what was read of an episode, put together with what its feed and the warnings said
    caption_tracks.py   pure: which of the caption tracks that a site offers are worth having
    order.py            pure: lists in an order that shows what is new early
    ytdlp_messages.py   yt-dlp's messages made plain, its errors made ours
    media_file.py       where the sound goes and whether it is whole
    decisions.py        pure: an episode, the time and the show's rule -> go on, wait, or leave it
    bulk.py             a path -> one Read an item; picks the reader
    info_json.py        folders of *.info.json with the subtitle and media files beside them
    json_lines.py       .jsonl, one episode a line
    csv_table.py        .csv, one episode a row
    feed_file.py        RSS and Atom
    records.py          pure: one line's or row's fields, checked -> EpisodeInfo
    html_to_text.py     pure: a feed's markup as text

Readers of many never stop at a bad item: it becomes a failed outcome with its file and line. Nothing here knows the catalog.
"""
