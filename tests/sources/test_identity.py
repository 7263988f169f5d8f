"""The same episode has the same name from every door."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.sources import identity


@pytest.mark.parametrize(
    "address",
    [
        "https://www.youtube.com/watch?v=Ab3-_efghij",
        "https://www.youtube.com/watch?list=PLx&v=Ab3-_efghij&t=754s",
        "http://youtube.com/watch?v=Ab3-_efghij#t=5",
        "https://m.youtube.com/watch?v=Ab3-_efghij",
        "https://music.youtube.com/watch?v=Ab3-_efghij",
        "https://youtu.be/Ab3-_efghij?si=xyz",
        "youtu.be/Ab3-_efghij",
        "https://www.youtube.com/embed/Ab3-_efghij?rel=0",
        "https://www.youtube-nocookie.com/embed/Ab3-_efghij",
        "https://www.youtube.com/shorts/Ab3-_efghij",
        "https://www.youtube.com/live/Ab3-_efghij?feature=share",
        "https://www.youtube.com/v/Ab3-_efghij",
    ],
)
def test_every_form_of_a_youtube_address_is_the_video(address: str) -> None:
    assert identity.of_address(address) == "youtube:Ab3-_efghij"
    assert identity.of_feed("whatever-guid", "A feed", address) == "youtube:Ab3-_efghij"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://www.youtube.com/",
        "https://www.youtube.com/@harbourchannel",
        "https://www.youtube.com/playlist?list=PLAb3efghijk",
        "https://www.youtube.com/watch?v=short",
        "https://example.org/watch?v=Ab3-_efghij",
        "https://notyoutube.com/watch?v=Ab3-_efghij",
        "https://youtube.com.example.org/watch?v=Ab3-_efghij",
        "http://[::1",
    ],
)
def test_other_addresses_are_no_video(address: str) -> None:
    assert not identity.of_address(address).startswith("youtube:")


def test_a_youtube_feeds_guid_is_the_video() -> None:
    assert identity.of_feed("yt:video:Ab3-_efghij") == "youtube:Ab3-_efghij"


@pytest.mark.parametrize(
    "guid", ["https://example.org/?p=55", "tag:example.org,2024:55", "0f8fad5b-d9cb-469f-a165-70867728950e"]
)
def test_a_guid_of_its_own_needs_no_feed(guid: str) -> None:
    assert identity.of_feed(f" {guid}\n", "News in Review") == identity.of_feed(guid, "Renamed") == f"feed:{guid}"


@pytest.mark.parametrize("guid", ["1", "55", "ep55", "episode-55", "abc"])
def test_guids_that_any_feed_may_have_carry_the_feeds_title(guid: str) -> None:
    assert identity.of_feed(guid, "News in Review") == f"feed:news-in-review/{guid}"
    assert identity.of_feed(guid, "News in Review") != identity.of_feed(guid, "Tide Tables")


def test_an_item_without_guid_goes_by_its_address() -> None:
    assert identity.of_feed("", "News in Review", "https://example.org/55.mp3") == "url:example.org/55.mp3"


@pytest.mark.parametrize(
    "address",
    [
        "http://Example.ORG/a/55.mp3",
        "https://example.org:443/a/55.mp3",
        "https://user:secret@example.org/a/55.mp3",
        "https://example.org/a/55.mp3?utm_source=feed&fbclid=1#t=3",
    ],
)
def test_scheme_tracking_and_fragment_do_not_count(address: str) -> None:
    assert identity.of_address(address) == "url:example.org/a/55.mp3"


def test_what_tells_pages_apart_counts() -> None:
    addresses = [
        "https://example.org/a?id=1",
        "https://example.org/a?id=2",
        "https://example.org/A?id=1",
        "https://example.org:8080/a?id=1",
    ]

    assert len({identity.of_address(address) for address in addresses}) == 4


def test_a_line_with_only_an_id_belongs_to_its_show() -> None:
    assert identity.of_import("News in Review", "55") == "import:news-in-review:55"
    assert identity.of_import("", "55") == "import:55"


@pytest.mark.parametrize("entry_id", ["Ab3-_efghij", "recap-2022-07-27", "55", "_x", "a.b"])
def test_a_short_plain_id_is_the_key(entry_id: str) -> None:
    assert identity.key(f"x:{entry_id}", entry_id, "A title") == entry_id


@pytest.mark.parametrize("entry_id", ["", "-b3xyefghij", "https://example.org/?p=1", "a b", "é", "x" * 41, "..", "a/b"])
def test_else_the_key_is_the_title_and_a_hash(entry_id: str) -> None:
    key = identity.key(f"feed:{entry_id}", entry_id, "The Harbour’s new bridge!")

    assert key.startswith("the-harbours-new-bridge-")
    assert len(key.rpartition("-")[2]) == 6


def test_a_title_in_another_script_still_gives_a_key() -> None:
    assert identity.key("feed:a", "", "港の橋").startswith("episode-")
    assert identity.key("feed:a", "", "港の橋") != identity.key("feed:b", "", "港の橋")


@given(first=st.text(), second=st.text())
def test_names_of_files_are_safe_and_differ(first: str, second: str) -> None:
    stem = identity.file_stem(first)

    assert set(stem) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert 0 < len(stem) <= 72
    assert (stem == identity.file_stem(second)) == (first == second)


@given(address=st.text())
def test_no_address_makes_it_fail(address: str) -> None:
    assert identity.of_address(address).startswith(("url:", "youtube:"))
    assert isinstance(identity.file_name(address), str)


@given(guid=st.text(min_size=1).filter(str.strip), title=st.text())
def test_every_guid_has_one_identity_and_a_key(guid: str, title: str) -> None:
    name = identity.of_feed(guid, title)

    assert name == identity.of_feed(guid, title)
    assert identity.key(name, identity.short_id(name), title)
