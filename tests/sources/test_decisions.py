"""Take it, wait, or leave it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from episodes.errors import Usage
from episodes.sources.decisions import decide, title_matches
from episodes.values import CaptionTrack, EpisodeInfo, State

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
AN_HOUR = timedelta(hours=1)


def episode(**fields: object) -> EpisodeInfo:
    return EpisodeInfo("youtube:Ab3-_efghij", "Ab3-_efghij", "News in Review – Episode 55", **fields)  # type: ignore[arg-type] - any field


@pytest.mark.parametrize("status", ["", "not_live", "was_live"])
def test_what_is_there_is_taken(status: str) -> None:
    assert decide(episode(live_status=status, availability="public"), NOW) is None


@pytest.mark.parametrize(
    ("status", "release", "until"),
    [
        ("is_upcoming", NOW + timedelta(days=3), NOW + timedelta(days=3)),
        ("is_upcoming", NOW - timedelta(minutes=5), NOW + AN_HOUR),
        ("is_upcoming", None, NOW + AN_HOUR),
        ("is_live", NOW - AN_HOUR, NOW + AN_HOUR),
        ("post_live", None, NOW + AN_HOUR),
    ],
)
def test_what_is_to_come_waits(status: str, release: datetime | None, until: datetime) -> None:
    outcome = decide(episode(live_status=status, release_at=release), NOW)

    assert outcome
    assert (outcome.state, outcome.until, outcome.item) == (State.WAITING, until, "youtube:Ab3-_efghij")
    assert outcome.reason


@pytest.mark.parametrize("availability", ["private", "premium_only", "subscriber_only", "needs_auth"])
def test_what_is_closed_is_left_and_says_why(availability: str) -> None:
    outcome = decide(episode(availability=availability, extra={"problem": "Join this channel to get access"}), NOW)

    assert outcome
    assert outcome.state is State.SKIPPED
    assert "only" in outcome.reason or "private" in outcome.reason


def test_a_login_opens_what_is_closed() -> None:
    assert decide(episode(availability="subscriber_only", extra={"playable": True}), NOW) is None


@pytest.mark.parametrize(
    ("problem", "state"),
    [
        ("Video unavailable. This video has been removed by the uploader", State.SKIPPED),
        ("This video is no longer available because the account has been terminated", State.SKIPPED),
        ("The uploader has not made this video available in your country", State.SKIPPED),
        ("This video is DRM protected", State.SKIPPED),
        ("there is no audio to fetch", State.FAILED),
        ("The page needs to be reloaded", State.FAILED),
    ],
)
def test_what_cannot_be_played_is_final_or_may_come_back(problem: str, state: State) -> None:
    outcome = decide(episode(extra={"problem": problem}), NOW)

    assert outcome
    assert (outcome.state, outcome.reason) == (state, problem)


def test_captions_alone_are_enough() -> None:
    tracks = (CaptionTrack("en", "vtt", "https://a.example/1.vtt"),)

    assert decide(episode(captions=tracks, extra={"problem": "no formats"}), NOW) is None


def test_other_videos_of_the_channel_are_left_whatever_their_state() -> None:
    outcome = decide(episode(live_status="is_upcoming"), NOW, match="tide tables")

    assert outcome
    assert (outcome.state, outcome.until) == (State.SKIPPED, None)
    assert decide(episode(), NOW, match=r"^NEWS in review .* \d+$") is None


def test_an_expression_that_is_none_is_the_persons_mistake() -> None:
    with pytest.raises(Usage, match="no regular expression"):
        title_matches("News", "(")
