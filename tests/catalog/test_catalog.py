"""Writes are idempotent, stored rows are found, and people's decisions stay: on SQLite and PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from episodes import models
from episodes.catalog import articles, episodes, links, outcomes, overview, shows, transcripts
from episodes.database import reading, writing
from episodes.errors import NotFound, Usage
from episodes.values import (
    ArticleText,
    CaptionTrack,
    EpisodeInfo,
    Evidence,
    LinkStatus,
    Outcome,
    ParagraphKind,
    ParagraphText,
    State,
    Verdict,
)
from transcripts import words

NOW = datetime(2026, 5, 4, 18, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
BRIDGE = EpisodeInfo(
    "youtube:NiRsample12",
    "NiRsample12",
    "News in Review – Episode 12: The harbour bridge",
    url="https://www.youtube.com/watch?v=NiRsample12",
    number=12,
    published=date(2026, 5, 1),
    duration=75.5,
    captions=(CaptionTrack("en", "vtt", "https://example.org/12.vtt"),),
    extra={"tags": ["bridge"], "nested": {"a": [1, None]}},
)
ARTICLE = ArticleText(
    "https://example.org/bridge",
    "Council votes for the bridge",
    (ParagraphText("The council voted."), ParagraphText("It was close.", ParagraphKind.QUOTE)),
    published=date(2026, 5, 2),
    authors=("A. Writer",),
    video_ids=("NiRsample12",),
)


def said(*texts: str, source: words.Source = words.Source.WHISPER, model: str = "base.en") -> words.Transcript:
    segments = [
        words.Segment(n * 3.0, n * 3.0 + 2.5, text, speaker="Host" if n % 2 else None) for n, text in enumerate(texts)
    ]
    return words.Transcript(
        tuple(segments), source, model if source == words.Source.WHISPER else "", "en", duration=30.25
    )


def put_bridge(session: Session) -> int:
    return episodes.put(session, BRIDGE, now=NOW)[0].id or 0


def test_an_episode_put_twice_is_unchanged(engine: Engine) -> None:
    with writing(engine) as session:
        first, state = episodes.put(session, BRIDGE, now=NOW)
        again, second_state = episodes.put(session, BRIDGE, now=LATER)

    assert (state, second_state) == (State.DONE, State.UNCHANGED)
    assert again.id == first.id
    assert again.updated_at == NOW
    assert again.extra == {"tags": ["bridge"], "nested": {"a": [1, None]}}


def test_what_a_source_does_not_tell_is_kept(engine: Engine) -> None:
    with writing(engine) as session:
        put_bridge(session)
        poorer = EpisodeInfo(BRIDGE.identity, BRIDGE.key, "The harbour bridge")
        row, state = episodes.put(session, poorer, now=LATER)

    assert state is State.DONE
    assert (row.title, row.number, row.duration) == ("The harbour bridge", 12, 75.5)


def test_another_episode_with_the_same_short_name_gets_its_own(engine: Engine) -> None:
    with writing(engine) as session:
        put_bridge(session)
        other, _ = episodes.put(session, replace(BRIDGE, identity="feed:other", number=99), now=NOW)

    assert other.key.startswith("NiRsample12-")
    with reading(engine) as session:
        assert episodes.find(session, "NiRsample12").number == 12
        assert episodes.find(session, other.key).number == 99


@pytest.mark.parametrize(
    "name",
    ["NiRsample12", "12", "#12", "youtube:NiRsample12", "harbour BRIDGE", BRIDGE.url, "youtu.be/NiRsample12?t=7"],
)
def test_an_episode_is_found_by_what_people_type(engine: Engine, name: str) -> None:
    with writing(engine) as session:
        put_bridge(session)
        episodes.put(session, EpisodeInfo("youtube:other", "other", "Something else", number=13), now=NOW)

    with reading(engine) as session:
        assert episodes.find(session, name).identity == BRIDGE.identity


@pytest.mark.parametrize("name", ["", "99", "nothing like it", "%", "9" * 40, "²"])
def test_what_is_not_there_is_not_found(engine: Engine, name: str) -> None:
    with writing(engine) as session:
        put_bridge(session)

    with reading(engine) as session, pytest.raises(NotFound):
        episodes.find(session, name)


def test_words_come_out_as_they_went_in(engine: Engine) -> None:
    timed = words.Segment(
        0.0, 1.5, "Good evening", words=(words.Word(0, 0.5, "Good", 0.9), words.Word(0.5, 1.5, "evening"))
    )
    transcript = words.Transcript((timed, words.Segment(2, 3, "x", avg_logprob=-0.25)), model="base.en", duration=3.5)
    with writing(engine) as session:
        row, _ = transcripts.put(session, put_bridge(session), transcript, now=NOW)

    with reading(engine) as session:
        assert transcripts.load(session, row) == transcript


def test_the_same_words_again_change_nothing_and_others_replace_them(engine: Engine) -> None:
    with writing(engine) as session:
        episode = put_bridge(session)
        states = [
            transcripts.put(session, episode, said(*texts), now=NOW)[1]
            for texts in (["one", "two"], ["one", "two"], ["three"])
        ]

    with reading(engine) as session:
        assert states == [State.DONE, State.UNCHANGED, State.DONE]
        assert transcripts.texts(session) == {episode: "three"}
        assert len(session.exec(select(models.Segment)).all()) == 1


def test_what_people_wrote_is_shown_before_what_a_machine_transcribed(engine: Engine) -> None:
    with writing(engine) as session:
        episode = put_bridge(session)
        for source in (words.Source.AUTO_CAPTIONS, words.Source.WHISPER, words.Source.CAPTIONS):
            transcripts.put(session, episode, said(str(source), source=source), now=NOW)

    with reading(engine) as session:
        listed = transcripts.of_episode(session, episode)
        assert [row.source for row in listed] == ["captions", "whisper", "auto-captions"]
        assert [row.shown for row in listed] == [True, False, False]
        assert transcripts.texts(session) == {episode: "captions"}


def test_an_article_put_twice_is_unchanged_and_a_new_text_replaces_it(engine: Engine) -> None:
    changed = replace(ARTICLE, paragraphs=(ParagraphText("Corrected."),))
    with writing(engine) as session:
        states = [articles.put(session, article, now=NOW)[1] for article in (ARTICLE, ARTICLE, changed)]

    with reading(engine) as session:
        assert states == [State.DONE, State.UNCHANGED, State.DONE]
        assert list(articles.texts(session).values()) == ["Corrected."]
        assert articles.find(session, ARTICLE.url).authors == ["A. Writer"]


def test_text_that_a_database_refuses_is_cleaned(engine: Engine) -> None:
    with writing(engine) as session:
        row, _ = episodes.put(session, replace(BRIDGE, title="Harb\x00our \ud800"), now=NOW)
        transcripts.put(session, row.id or 0, said("one\x00two"), now=NOW)

    with reading(engine) as session:
        assert episodes.find(session, "12").title == "Harbour \ufffd"
        assert list(transcripts.texts(session).values()) == ["onetwo"]


def verdict(session: Session, status: str = "linked", confidence: float = 0.9) -> Verdict:
    episode = episodes.find(session, "12").id or 0
    article = articles.find(session, ARTICLE.url).id or 0
    return Verdict(
        episode, article, status, confidence, (Evidence("video", "embeds it", 3.0), Evidence("date", "near", 0.5))
    )


def linked(engine: Engine) -> models.Link:
    with writing(engine) as session:
        put_bridge(session)
        articles.put(session, ARTICLE, now=NOW)
        assert links.put_all(session, [verdict(session)]) == (1, 0, 0)
        return links.listed(session)[0].link


def test_links_come_with_both_ends_and_their_evidence_in_order(engine: Engine) -> None:
    linked(engine)

    with reading(engine) as session:
        (one,) = links.listed(session, status="linked")
        assert (one.episode.number, one.article.url) == (12, ARTICLE.url)
        assert [why.kind for why in one.evidence] == ["video", "date"]
        assert links.listed(session, status="proposed") == []


def test_the_same_verdict_again_changes_nothing(engine: Engine) -> None:
    linked(engine)

    with writing(engine) as session:
        assert links.put_all(session, [verdict(session)]) == (0, 0, 0)
        assert links.put_all(session, [verdict(session, "proposed")]) == (0, 1, 0)
        assert links.put_all(session, []) == (0, 0, 1)
        assert session.exec(select(models.Evidence)).all() == []


@pytest.mark.parametrize("word", [LinkStatus.CONFIRMED, LinkStatus.REJECTED])
def test_what_a_person_decided_is_never_overruled(engine: Engine, word: LinkStatus) -> None:
    link = linked(engine)
    with writing(engine) as session:
        assert links.decide(session, link.id or 0, word, now=LATER) is State.DONE
        assert links.decide(session, link.id or 0, word, now=LATER) is State.UNCHANGED
        assert links.put_all(session, []) == (0, 0, 0)
        assert links.put_all(session, [verdict(session, "linked", 0.99)]) == (0, 0, 0)

    with reading(engine) as session:
        (one,) = links.listed(session)
        assert (one.link.status, one.link.confidence, one.link.decided_at) == (word, 0.9, LATER)
        assert list(links.decided(session).values()) == [word is LinkStatus.CONFIRMED]


def test_an_unknown_link_cannot_be_decided(engine: Engine) -> None:
    with writing(engine) as session, pytest.raises(NotFound):
        links.decide(session, 4711, LinkStatus.CONFIRMED, now=NOW)


def outcome(state: State, item: str = "one", **more: object) -> Outcome:
    return replace(Outcome(item, state, title="Harbour"), **more)  # type: ignore[arg-type]


def test_a_failed_item_is_due_at_once_then_after_longer_and_longer_pauses_then_only_on_request(engine: Engine) -> None:
    now, pauses = NOW, []
    with writing(engine) as session:
        for _ in range(outcomes.MAX_TRIES):
            assert [row.item for row in outcomes.due(session, "update", now=now)] == (["one"] if pauses else [])
            outcomes.record(session, "update", outcome(State.FAILED), now=now)
            pauses.append(outcomes.backoff(len(pauses) + 1))
            assert bool(outcomes.due(session, "update", now=now)) is (pauses[-1] == timedelta(0))
            now += pauses[-1]
        assert pauses == sorted(pauses)
        assert outcomes.due(session, "update", now=now + timedelta(days=9)) == []
        assert [row.tries for row in outcomes.due(session, "update", now=NOW, failed=True)] == [outcomes.MAX_TRIES]


def test_a_waiting_item_is_due_when_its_time_has_come(engine: Engine) -> None:
    with writing(engine) as session:
        outcomes.record(session, "update", outcome(State.WAITING, until=LATER), now=NOW, data={"url": "u"})
        outcomes.record(session, "update", outcome(State.DONE, "two"), now=NOW)
        assert outcomes.due(session, "update", now=NOW) == []
        assert outcomes.waits_until(session, "update", "one", now=NOW) == LATER
        assert outcomes.waits_until(session, "update", "one", now=LATER) is None
        assert [(row.item, row.data) for row in outcomes.due(session, "update", now=LATER)] == [("one", {"url": "u"})]
        assert outcomes.known(session, "update", ["one", "two", "three"]) == {"one", "two"}
        assert outcomes.counts(session) == {"update": {"waiting": 1, "done": 1}}


def test_what_an_item_needs_to_be_tried_again_survives_its_outcomes(engine: Engine) -> None:
    with writing(engine) as session:
        outcomes.record(session, "update", outcome(State.WAITING), now=NOW, data={"url": "u"})
        outcomes.record(session, "update", outcome(State.FAILED), now=NOW)
        outcomes.record(session, "update", outcome(State.DONE), now=NOW)
        assert outcomes.listed(session, [State.DONE])[0].data == {"url": "u"}
        assert outcomes.listed(session, [State.DONE])[0].tries == 0


def test_shows_are_followed_once_and_found_by_what_people_type(engine: Engine) -> None:
    with writing(engine) as session:
        first, state = shows.add(
            session, "https://example.org/feed.xml", title="News in Review", match="Review", now=NOW
        )
        same, again = shows.add(session, first.url, title="", match="", now=LATER)
        assert (state, again, same.id) == (State.DONE, State.UNCHANGED, first.id)
        for name in (str(first.id), first.url, "news in review", "News"):
            assert shows.find(session, name).id == first.id
        with pytest.raises(NotFound):
            shows.find(session, "Weather")
        with pytest.raises(Usage, match="regular expression"):
            shows.add(session, "https://example.org/other", title="", match="(", now=NOW)


def test_a_show_that_is_left_leaves_its_episodes(engine: Engine) -> None:
    with writing(engine) as session:
        show, _ = shows.add(session, "https://example.org/feed.xml", title="News in Review", match="", now=NOW)
        episodes.put(session, BRIDGE, now=NOW, show=show)
        assert [(row.title, count) for row, count in shows.listed(session)] == [("News in Review", 1)]
        shows.remove(session, show)

    with reading(engine) as session:
        assert shows.listed(session) == []
        assert episodes.find(session, "12").show_title == "News in Review"


def test_the_overview_counts_and_lists_what_is_open(engine: Engine) -> None:
    linked(engine)
    with writing(engine) as session:
        transcripts.put(session, episodes.find(session, "12").id or 0, said("one"), now=NOW)
        outcomes.record(session, "update", outcome(State.FAILED, reason="gone"), now=NOW)

    with reading(engine) as session:
        held, troubles = overview.overview(session)
    assert (held["episodes"], held["transcripts"], held["links"]) == (1, {"whisper": 1}, {"linked": 1})
    assert [(one.item, one.reason, one.step) for one in troubles] == [("one", "gone", "update")]


def test_a_failed_transaction_leaves_nothing(engine: Engine) -> None:
    with pytest.raises(RuntimeError, match="midway"), writing(engine) as session:
        put_bridge(session)
        raise RuntimeError("midway")

    with reading(engine) as session:
        assert episodes.newest_first(session) == []
