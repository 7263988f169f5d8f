"""References by URL and video: all spellings of a URL are one key; the fewer references, the stronger."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.linking import ArticleCandidate, EpisodeText
from episodes.linking.references import references, url_keys_in
from episodes.urls import key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://www.bay.example/a/", "https://bay.example/a"),
        ("https://bay.example/a?utm_source=x&fbclid=1", "https://bay.example/a#top"),
        ("https://bay.example/a?_ga=1", "https://bay.example/a"),
        ("https://bay.example/a?at_medium=custom7", "https://bay.example/a"),
        ("https://bay.example/a?mkt_tok=eyJpIjoiT", "https://bay.example/a"),
        ("https://BAY.example/a/index.html", "https://bay.example/a"),
        ("https://bay.example/?b=2&a=1", "https://bay.example/?a=1&b=2"),
        ("https://youtu.be/NiRsample13?si=abc", "https://www.youtube.com/watch?t=3&v=NiRsample13"),
        ("https://www.youtube-nocookie.com/embed/NiRsample13", "https://m.youtube.com/shorts/NiRsample13"),
    ],
)
def test_spellings_of_one_url_have_one_key(one: str, other: str) -> None:
    assert key(one) == key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://bay.example/a", "https://bay.example/A"),
        ("https://bay.example/?p=1", "https://bay.example/?p=2"),
        ("https://youtu.be/NiRsample13", "https://youtu.be/NiRsample14"),
        ("https://youtube.com/channel/NiRsample13", "https://youtu.be/NiRsample13"),
    ],
)
def test_different_urls_have_different_keys(one: str, other: str) -> None:
    assert key(one) != key(other)


def test_urls_are_found_in_running_text() -> None:
    text = "Read it (https://bay.example/a), then <https://bay.example/b>. Or: https://youtu.be/NiRsample13!"

    assert url_keys_in(text) == ["bay.example/a", "bay.example/b", "video:NiRsample13"]


@given(st.text() | st.text("htps:/[]?&=#.", max_size=30).map("http://".__add__))
def test_no_text_raises_an_error(text: str) -> None:
    url_keys_in(text)
    assert isinstance(key(text), str)


def weight(videos: int, place: int = 0) -> float:
    episode = EpisodeText(1, video_id=f"NiRsample{place:02}")
    page = ArticleCandidate(1, video_ids=tuple(f"NiRsample{n:02}" for n in range(videos)))
    return references([episode], [page])[1, 1][0].weight


def test_the_more_videos_on_a_page_the_weaker_each() -> None:
    assert weight(1) == weight(2) > weight(4) > weight(10) > 0


def test_a_channel_shared_by_all_episodes_references_none() -> None:
    episodes = [EpisodeText(n, url="https://video.example/channel") for n in range(5)]

    assert not references(episodes, [ArticleCandidate(1, links=("https://video.example/channel",))])


@pytest.mark.parametrize(
    "tracking", ["_ga=1", "at_medium=x", "mkt_tok=x", "utm_source=x", "ref=tide.example", "xtor=RSS-5"]
)
def test_tracking_parameters_do_not_hide_an_article_in_a_description(tracking: str) -> None:
    episode = EpisodeText(1, description=f"The whole story: https://bay.example/bridge?{tracking}")
    page = ArticleCandidate(1, url="https://bay.example/bridge")

    assert [one.kind for one in references([episode], [page])[1, 1]] == ["address"]


def test_another_site_with_youtube_in_its_name_has_no_videos() -> None:
    page = ArticleCandidate(1, links=("https://notyoutube.com/watch?v=NiRsample13",))

    assert not references([EpisodeText(1, video_id="NiRsample13")], [page])
