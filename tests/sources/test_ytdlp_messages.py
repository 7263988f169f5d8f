"""What yt-dlp says, and what it means."""

from __future__ import annotations

import pytest

from episodes.errors import RateLimited
from episodes.sources.merging import merge_info
from episodes.sources.ytdlp_messages import is_rate_limited, plain_message


@pytest.mark.parametrize(
    "text",
    [
        "HTTP Error 429: Too Many Requests",
        "Video unavailable. This content isn't available, try again later.",
        "This content isn’t available, try again later",
        "Your account has been rate-limited by YouTube for up to an hour.",
        "Sign in to confirm you’re not a bot. Use --cookies-from-browser",
    ],
)
def test_texts_that_ask_for_a_pause(text: str) -> None:
    assert is_rate_limited(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "HTTP Error 404: Not Found",
        "This video isn't available",
        "Sign in to confirm your age",
        "Private video",
        "Unsupported URL: https://harbour.example/too-many-requests-for-the-ferry",
        "HTTP Error 404: Not Found (https://harbour.example/rate-limit)",
    ],
)
def test_texts_that_do_not(text: str) -> None:
    assert not is_rate_limited(text)


def test_messages_are_made_plain() -> None:
    raw = "ERROR: [youtube] Ab3-_efghij: Video unavailable; please report this issue on  https://github.com/x , filling out"

    assert plain_message(raw) == "Video unavailable"


def test_a_video_that_cannot_be_played_says_why() -> None:
    info = {"id": "Ab3-_efghij", "title": "One", "extractor_key": "Youtube", "formats": []}
    removed = merge_info(
        info,
        ["Video unavailable. It was removed", "No video formats found!", "Requested format is not available"],
        (),
        "u",
    )
    opened = merge_info({**info, "formats": [{}], "availability": "subscriber_only"}, ["only a warning"], (), "u")

    assert removed.extra["problem"] == "Video unavailable. It was removed"
    assert (opened.extra.get("playable"), opened.extra.get("problem")) == (True, None)
    with pytest.raises(RateLimited):
        merge_info(info, ["This content isn't available, try again later"], (), "u")
