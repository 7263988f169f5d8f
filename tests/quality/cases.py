"""Labelled cases that the recap data lacks, in made-up news: small catalogs with their right pairs.

Every case has decoys: the other articles of the town, articles about other things, and episodes without an article.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from episodes.articles.page import read_page
from episodes.linking import ArticleCandidate, EpisodeText
from episodes.values import ArticleText
from tests.linking.stories import (
    ARTICLES,
    BRIDGE,
    COMPANIONS,
    DAY,
    EPISODES,
    FOOTBALL,
    OTHERS,
    OTTERS_IN_TWO_LANGUAGES,
    RIGHT,
    SHOW,
    TOLD,
    UNTOLD,
)

Pairs = frozenset[tuple[int, int]]
Case = tuple[list[EpisodeText], list[ArticleCandidate], Pairs]

#: Episodes without number and title: their articles can be found by text only.
UNNAMED = [replace(one, title="", number=None) for one in EPISODES]


def several_articles_on_a_page() -> Case:
    """Three articles on one page, each under its own heading and permalink, as extracted from it."""
    told = [*TOLD[:2], UNTOLD[0]]
    parts = "".join(
        f'<article><h2><a href="/p/{n}" rel="bookmark">{one.title}</a></h2>'
        + "".join(f"<p>{paragraph}</p>" for paragraph in one.written.split("\n\n"))
        + "</article>"
        for n, one in enumerate(told, 1)
    )
    page = f"<html><head><title>News</title></head><body><main>{parts}</main></body></html>"
    read = [one.value for one in read_page(page, "https://bay.example/news") if isinstance(one.value, ArticleText)]
    articles = [ArticleCandidate(n, one.url, one.title, one.dek, DAY, one.text) for n, one in enumerate(read, 1)]
    return UNNAMED, [*articles, *COMPANIONS[2:]], RIGHT_PAIRS


def other_things_in_the_same_week() -> Case:
    """Articles about other things on the day of each episode; the right ones come two days later."""
    same_day = [
        replace(one, id=20 + 10 * n + i, url=f"https://bay.example/d/{n}-{i}", published=episode.published)
        for n, episode in enumerate(EPISODES)
        for i, one in enumerate(OTHERS)
    ]
    later = [replace(one, published=one.published and one.published + timedelta(1)) for one in COMPANIONS]
    return UNNAMED, [*same_day, *later], RIGHT_PAIRS


def a_two_part_episode() -> Case:
    """One article about what was said in two episodes."""
    words = BRIDGE.spoken.split()
    parts = [
        EpisodeText(20 + n, SHOW, f"The bridge, part {n}", published=DAY + timedelta(7 + n), text=" ".join(half))
        for n, half in enumerate((words[:90], words[80:]), 1)
    ]
    right = frozenset({(21, 1), (22, 1)}) | (RIGHT_PAIRS - {(1, 1)})
    return [*UNNAMED[1:], *parts], ARTICLES, right


def a_re_run() -> Case:
    """An episode published again half a year later: the article belongs to both."""
    again = replace(UNNAMED[0], id=31, published=DAY + timedelta(180))
    return [*UNNAMED, again], ARTICLES, RIGHT_PAIRS | {(31, 1)}


def an_article_that_only_mentions_the_show() -> Case:
    """A match report with a remark on episode 54 in its middle; episode 54 has no article of its own."""
    crowd = "The ground by the glassworks was full, and the kiosk at the depot had sold out of scarves before noon. "
    remark = "As we told in News in Review, Episode 54, the kitchen of a school can do much. "
    mention = replace(OTHERS[1], text=f"{crowd * 4}\n{remark}\n{crowd * 4}\n{FOOTBALL.written}")
    others = [one for one in ARTICLES if one.id not in (2, 8)]
    return EPISODES, [*others, mention], RIGHT_PAIRS - {(2, 2)}


def an_article_three_weeks_late() -> Case:
    """Every right article comes 21 days after its episode, after three other episodes."""
    late = [replace(one, published=one.published and one.published + timedelta(20)) for one in COMPANIONS]
    return UNNAMED, [*late, *OTHERS], RIGHT_PAIRS


def an_episode_in_two_languages() -> Case:
    """Half of it in Spanish; the article is in English."""
    guest = EpisodeText(32, "", "", None, DAY + timedelta(20), text=OTTERS_IN_TWO_LANGUAGES)
    return [guest, *UNNAMED[3:]], ARTICLES, frozenset({(32, 3)}) | {pair for pair in RIGHT_PAIRS if pair[0] > 3}


def nothing_written() -> Case:
    """Episodes without articles: no link is the right answer."""
    return UNNAMED[:3], [*COMPANIONS[3:], *OTHERS], frozenset()


RIGHT_PAIRS = frozenset(RIGHT)
CASES: dict[str, Callable[[], Case]] = {
    "several articles a page": several_articles_on_a_page,
    "other things that week": other_things_in_the_same_week,
    "two-part episode": a_two_part_episode,
    "re-run": a_re_run,
    "mere mention": an_article_that_only_mentions_the_show,
    "three weeks late": an_article_three_weeks_late,
    "two languages": an_episode_in_two_languages,
    "nothing written": nothing_written,
}
