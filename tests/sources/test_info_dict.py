"""yt-dlp's dicts become episodes: shapes as YouTube, a feed and a page give them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.errors import BadItem
from episodes.sources.caption_tracks import caption_tracks
from episodes.sources.info_dict import episode_info, listed
from episodes.values import CaptionTrack

TIMEDTEXT = "https://www.youtube.com/api/timedtext?v=Ab3-_efghij&lang="


def formats(language: str, extra: str = "") -> list[dict[str, str]]:
    """One language as YouTube offers it."""
    kinds = ("json3", "srv1", "srv2", "srv3", "ttml", "srt", "vtt")
    return [{"ext": kind, "url": f"{TIMEDTEXT}{language}&fmt={kind}{extra}", "name": language} for kind in kinds]


def video(**changes: Any) -> dict[str, Any]:
    """A YouTube video as yt-dlp describes it, shortened."""
    info: dict[str, Any] = {
        "id": "Ab3-_efghij",
        "title": "News in Review – Episode 55: The harbour bridge",
        "description": "The council votes.\nhttps://harbour.example/bridge",
        "channel": "Harbour Channel",
        "channel_id": "UCxxxxxxxxxxxxxxxxxxxxxx",
        "uploader": "Harbour Channel",
        "duration": 3725,
        "view_count": 1200,
        "tags": ["harbour", "bridge"],
        "categories": ["News & Politics"],
        "webpage_url": "https://www.youtube.com/watch?v=Ab3-_efghij",
        "original_url": "https://youtu.be/Ab3-_efghij",
        "extractor": "youtube",
        "extractor_key": "Youtube",
        "timestamp": 1717196400,
        "upload_date": "20240531",
        "live_status": "not_live",
        "availability": "public",
        "language": "en",
        "thumbnail": "https://i.ytimg.com/vi/Ab3-_efghij/maxresdefault.jpg",
        "chapters": [{"start_time": 0.0, "end_time": 61.5, "title": "Opening"}],
        "formats": [{"format_id": "251", "url": "https://example.googlevideo.com/videoplayback"}],
        "subtitles": {"en": formats("en"), "live_chat": [{"ext": "json", "url": "https://www.youtube.com/watch?v=x"}]},
        "automatic_captions": {
            "en-orig": formats("en", "&kind=asr"),
            "en": formats("en", "&kind=asr"),
            "de": formats("en", "&kind=asr&tlang=de"),
        },
        "playlist_title": "Harbour Channel - Videos",
    }
    return {**info, **changes}


def test_a_video_is_described_whole() -> None:
    episode = episode_info(video())

    assert (episode.identity, episode.key) == ("youtube:Ab3-_efghij", "Ab3-_efghij")
    assert (episode.number, episode.published, episode.duration) == (55, date(2024, 5, 31), 3725.0)
    assert episode.url == episode.media == "https://www.youtube.com/watch?v=Ab3-_efghij"
    assert (episode.channel, episode.show, episode.language) == ("Harbour Channel", "", "en")
    assert (episode.live_status, episode.availability, episode.release_at) == ("not_live", "public", None)
    assert episode.thumbnail.endswith("maxresdefault.jpg")
    assert episode.extra["chapters"] == [{"start": 0.0, "end": 61.5, "title": "Opening"}]
    assert episode.extra["tags"] == ["harbour", "bridge"]
    assert "formats" not in episode.extra


def test_a_premiere_comes_out_when_it_is_released() -> None:
    at = datetime(2024, 6, 7, 23, 30, tzinfo=UTC)
    episode = episode_info(video(live_status="is_upcoming", release_timestamp=int(at.timestamp()), formats=[]))

    assert (episode.live_status, episode.release_at, episode.published) == ("is_upcoming", at, date(2024, 6, 7))


@pytest.mark.parametrize(
    ("fields", "day"),
    [
        ({"timestamp": None, "upload_date": "20240531"}, date(2024, 5, 31)),
        ({"release_date": "20230101"}, date(2023, 1, 1)),
        ({"timestamp": 1e30, "upload_date": "junk"}, None),
        ({"timestamp": None, "upload_date": None}, None),
    ],
)
def test_the_day_comes_from_whatever_is_known(fields: dict[str, Any], day: date | None) -> None:
    assert episode_info(video(**fields)).published == day


def test_the_number_of_the_title_comes_before_the_sites_own() -> None:
    assert episode_info(video(episode_number=3)).number == 55
    assert episode_info(video(title="The harbour bridge", episode_number=3)).number == 3
    assert episode_info(video(title="News in Review 55", series="News in Review")).number == 55


def test_manual_captions_come_before_automatic_ones_in_json3() -> None:
    assert episode_info(video()).captions == (
        CaptionTrack("en", "json3", f"{TIMEDTEXT}en&fmt=json3", automatic=False),
        CaptionTrack("en", "json3", f"{TIMEDTEXT}en&fmt=json3&kind=asr", automatic=True),
    )


def test_only_automatic_captions_and_no_translation() -> None:
    info = video(
        language="de", subtitles={}, automatic_captions={"de-orig": formats("de"), "en": formats("de", "&tlang=en")}
    )

    assert [(track.language, track.automatic) for track in caption_tracks(info)] == [("de-orig", True)]


def test_captions_in_a_kind_of_the_language_will_do() -> None:
    info = video(language=None, subtitles={"en-GB": formats("en-GB"), "cy": formats("cy")}, automatic_captions={})

    assert [track.language for track in caption_tracks(info)] == ["en-GB"]
    assert [track.language for track in caption_tracks(info, ("cy", "en"))] == ["cy", "en-GB"]


def test_a_video_that_tells_no_language_keeps_its_manual_captions() -> None:
    info = video(language=None, subtitles={"cy": formats("cy")}, automatic_captions={"fr": formats("fr")})

    assert [track.language for track in caption_tracks(info)] == ["cy"]


def test_formats_that_cannot_be_read_are_left() -> None:
    offered = [
        {"ext": "ttml", "url": "https://a.example/1"},
        {"url": "https://a.example/2.vtt?x=1"},
        {"ext": "vtt", "data": "WEBVTT"},
    ]
    info = video(subtitles={"en": offered}, automatic_captions={})

    assert caption_tracks(info) == (CaptionTrack("en", "vtt", "https://a.example/2.vtt?x=1"),)


def test_another_site_has_its_name_in_the_identity() -> None:
    episode = episode_info(
        video(id="12345", extractor="vimeo", extractor_key="Vimeo", webpage_url="https://vimeo.com/12345")
    )

    assert (episode.identity, episode.key) == ("vimeo:12345", "12345")


SMUGGLED = "https://cdn.example/audio.mp3#__youtubedl_smuggle=%7B%22force_videoid%22%3A+%22https%3A%2F%2Fharbour.example%2F%3Fp%3D55%22%7D"


def test_an_item_of_a_feed_is_known_by_its_guid() -> None:
    episode = episode_info(
        video(
            id="https://harbour.example/?p=55",
            extractor="generic",
            extractor_key="Generic",
            webpage_url=SMUGGLED,
            playlist_title="News in Review",
        )
    )

    assert episode.identity == "feed:https://harbour.example/?p=55"
    assert episode.key.startswith("news-in-review-episode-55-the-harbour-")
    assert episode.url == episode.media == "https://cdn.example/audio.mp3"
    assert episode.show == "News in Review"


def test_a_file_is_known_by_its_address_and_not_by_its_name() -> None:
    one = episode_info(
        video(id="audio", extractor="generic", extractor_key="Generic", webpage_url="https://cdn.example/1/audio.mp3")
    )
    other = episode_info(
        video(id="audio", extractor="generic", extractor_key="Generic", webpage_url="https://cdn.example/2/audio.mp3")
    )

    assert one.identity == "url:cdn.example/1/audio.mp3"
    assert one.identity != other.identity
    assert one.key != other.key


@pytest.mark.parametrize("field", ["id", "title"])
@pytest.mark.parametrize("value", [None, "", "  ", [], {}])
def test_without_id_or_title_it_is_no_episode(field: str, value: object) -> None:
    with pytest.raises(BadItem, match=f"no {field} in it"):
        episode_info(video(**{field: value}))


def test_what_no_database_stores_is_taken_out() -> None:
    episode = episode_info(video(title="Bri\0dge \ud800", tags=["a\0b"], view_count=float("nan")))

    assert episode.title == "Bridge \ufffd"
    assert (episode.extra["tags"], episode.extra["view_count"]) == (["ab"], None)


ENTRY = {
    "_type": "url",
    "ie_key": "Youtube",
    "id": "Ab3-_efghij",
    "url": "https://www.youtube.com/watch?v=Ab3-_efghij",
    "title": "One",
}


def test_a_flat_entry_has_the_identity_of_what_it_leads_to() -> None:
    entry = listed(ENTRY, {"title": "Harbour Channel"})

    assert entry
    assert (entry.identity, entry.title, entry.hint) == (episode_info(video()).identity, "One", {})
    assert listed({"ie_key": "Vimeo", "id": "12345", "url": "https://vimeo.com/12345"}, {}).identity == "vimeo:12345"  # type: ignore[union-attr] - it is one
    assert listed({"title": "nothing to read"}, {}) is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda values: (
        st.lists(values, max_size=3)
        | st.dictionaries(st.sampled_from(["en", "url", "ext", "start_time", "title"]), values, max_size=3)
    ),
    max_leaves=8,
)


@given(changes=st.dictionaries(st.sampled_from(sorted(video())), json_values))
def test_fields_of_any_type_are_survived(changes: dict[str, Any]) -> None:
    try:
        episode = episode_info(video(**changes))
    except BadItem:
        return
    assert episode.identity
    assert episode.key
    assert episode.title
