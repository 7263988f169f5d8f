"""The pages as a reader without JavaScript gets them, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from starlette.testclient import TestClient

from tests.web.reading import Page

Get = Callable[[str], Page]


@pytest.fixture
def get(client: TestClient) -> Get:
    def page(address: str) -> Page:
        answer = client.get(address)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        return Page(answer.text)

    return page


PAGES = ["/", "/?q=bridge", "/?q=zzz&in=said", "/e/ep-12?t=10&q=bridge", "/e/ep-13", "/e/sport-1", "/e/evil?q=zebra",
         "/a/1?q=council", "/a/3", "/shows", "/episodes", "/episodes?show=Valley+Sport", "/articles", "/about", "/help",
         "/help/search"]  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
def test_every_page_has_what_everybody_needs(get: Get, address: str) -> None:
    page = get(address)

    assert page.one("/html/@lang") == "en"
    assert len(page.all("//h1")) == len(page.all("//main")) == 1
    assert page.text("/html/head/title").endswith("News in Review")
    assert len(page.all("//form[@role='search']")) == 1
    assert [page.text(f"//label[@for='{field}']") for field in page.all("//form//input[@id]/@id")]
    ids = page.all("//@id")
    assert len(ids) == len(set(ids))
    levels = [int(each.tag[1]) for each in page.all("//h1|//h2|//h3")]
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert not page.all("//img[not(@alt)] | //iframe | //*[@style]")


def test_a_search_answers_with_moments(get: Get) -> None:
    page = get("/?q=turning+point")

    assert page.text("//*[@role='status']") == "2 results in 1 episode and 1 article"
    assert page.one("//input[@name='q']/@value") == "turning point"
    written, said = sorted(
        page.all("//section[@class='found']"), key=lambda one: one.xpath("string(.//*[contains(@class, 'tag')])")
    )
    assert said.xpath(".//a[@class='place']/@href") == ["/e/ep-12?t=4&q=turning+point#t-4"]
    assert said.xpath("string(.//*[@class='at'])") == "0:04"
    assert said.xpath(".//mark/text()") == ["turning", "point"]
    assert said.xpath("string(.//*[@class='other']/a)") == "Council votes for the bridge"
    assert written.xpath(".//a[@class='place']/@href")[0].startswith("/a/1?q=turning+point#p-")
    assert written.xpath(".//*[@class='other']/a/@href") == ["/e/ep-12"]
    assert not page.all("//*[@id='welcome']")


def test_a_place_offers_its_other_side(get: Get) -> None:
    page = get("/?q=turning+point")
    across = dict(zip(page.texts("//p[@class='across']/a"), page.all("//p[@class='across']/a/@href"), strict=True))

    assert across == {
        "In the article ¶ 2": "/a/1?q=turning+point#p-1",
        "Said at 0:04": "/e/ep-12?t=4&p=1-1&q=turning+point#t-4",
    }
    assert page.text("//section[.//span='Episode']//p[@class='across']/span").startswith("The council has voted for")
    for address in across.values():
        path, _, anchor = address.partition("#")
        assert get(path).all(f"//*[@id='{anchor}']"), address


def test_a_slip_gets_a_better_word(get: Get) -> None:
    page = get("/?q=harbuor&in=said")

    assert page.texts("//*[@class='note']/a") == ["harbour"]
    assert page.all("//*[@class='note']/a/@href") == ["/?q=harbour&in=said"]
    assert get("/?q=harbour&in=said").texts("//*[@class='note']/a") == []


def test_the_anchors_that_results_lead_to_exist(get: Get, client: TestClient) -> None:
    for address in get("/?q=bridge").all("//a[@class='place']/@href"):
        path, _, anchor = address.partition("#")
        assert Page(client.get(path).text).all(f"//*[@id='{anchor}']"), address


def test_the_front_page_shows_what_there_is(get: Get) -> None:
    page = get("/")

    assert page.text("//*[@role='status']") == ""
    assert "Valley Sport" in page.texts("//*[@id='welcome']//a")
    assert "Browse all: 4 episodes and 4 articles" in page.texts("//*[@id='welcome']//p")
    assert page.texts("//select/option")[0] == "All shows"


def test_filters_are_kept_and_work(get: Get) -> None:
    page = get("/?q=bridge&in=said&after=2026-03-05&before=2027&show=News+in+Review")

    assert page.all("//section[@class='found']//a[@class='place']/@href") == ["/e/ep-13?t=5&q=bridge#t-5"]
    assert page.all("//input[@name='in'][@checked]/@value") == ["said"]
    assert page.all("//input[@type='date']/@value") == ["2026-03-05", "2027-01-01"]
    assert page.all("//option[@selected]/@value") == ["News in Review"]
    assert page.all("//details[contains(@class, 'more')]/@open")


def test_a_show_that_is_not_there_is_said(get: Get) -> None:
    page = get("/?q=bridge&show=Nobody")

    assert "No show is called Nobody." in page.texts("//*[@class='note']")
    assert page.texts("//option[@selected]") == ["Nobody"]


def test_nothing_found_helps(get: Get) -> None:
    page = get("/?q=zzz&in=written")

    assert page.text("//*[@role='status']") == "No results"
    assert page.all("//div[@class='nothing']//a/@href")[0] == "/?q=zzz"
    assert not get("/?q=zzz").all("//div[@class='nothing']//a[starts-with(@href, '/?q')]")


def test_results_can_be_turned(get: Get, client: TestClient) -> None:
    fragment = Page(client.get("/results?q=bridge&page=2").text)

    assert fragment.all("//a[@rel='prev']/@href") == ["/?q=bridge"]
    assert not fragment.all("//a[@rel='next']")
    assert get("/?q=bridge").all("//a[@rel]") == []


def test_the_fragment_is_what_the_page_has(get: Get, client: TestClient) -> None:
    fragment = Page(client.get("/results?q=bridge&in=said").text)
    whole = get("/?q=bridge&in=said")

    assert fragment.one("//@data-summary") == whole.text("//*[@role='status']")
    assert fragment.texts("//*[@id='found']") == whole.texts("//*[@id='found']")


def test_an_episode(get: Get) -> None:
    page = get('/e/ep-12?t=10&q="turning+point"')

    assert page.text("//h1") == "News in Review – Episode 12: The bridge"
    assert page.all("//time/@datetime")[0] == "2026-03-03"
    assert page.texts("//li[contains(@class, 'line')]/a") == [
        f"Play from {at}" for at in ("0:00", "0:04", "0:09", "0:20", "0:26", "1:35")
    ]
    assert page.texts("//strong[@class='speaker']") == ["Host", "Editor", "Host"]
    assert page.texts("//ol[@id='lines']//mark") == ["turning", "point"], "a phrase across two segments"
    assert page.texts("//aside//mark") == ["turning point"]
    assert page.text("//li[contains(@class, 'here')]/p") == "point for the whole town."
    assert page.one("//*[@id='t-10']/ancestor-or-self::li/@id") == "t-9"
    assert page.text("//*[@class='note']").startswith("2 matches for")
    assert page.all("//*[@download]/@href") == [
        f"/api/episodes/ep-12/transcript.{form}" for form in ("txt", "md", "vtt", "srt", "tsv", "json")
    ]


def test_youtube_is_not_loaded_before_a_click(get: Get) -> None:
    page = get("/e/ep-12?t=10")

    assert not page.all("//iframe")
    assert page.one("//*[@id='player']/@data-source").startswith("https://www.youtube-nocookie.com/embed/NiRsample12?")
    assert "https://www.youtube.com/watch?v=NiRsample12&t=10s" in page.all("//a/@href")


def test_a_file_on_this_machine_is_played_by_ranges(get: Get, client: TestClient) -> None:
    assert get("/e/ep-13?t=5").one("//audio/@src") == "/media/ep-13#t=5"
    part = client.get("/media/ep-13", headers={"Range": "bytes=100-199"})

    assert (part.status_code, len(part.content), part.headers["content-type"]) == (206, 100, "audio/ogg")
    assert client.head("/media/ep-13").headers["accept-ranges"] == "bytes"
    assert client.get("/media/ep-12").status_code == 404


def test_sound_on_the_web_is_allowed_on_its_page_only(get: Get, client: TestClient) -> None:
    assert get("/e/sport-1").one("//audio/@src") == "https://cast.example:8443/1.mp3?x=<y>"
    assert "media-src 'self' https://cast.example:8443;" in client.get("/e/sport-1").headers["content-security-policy"]
    assert "cast.example" not in client.get("/e/ep-12").headers["content-security-policy"]


def test_links_say_why_and_rejected_ones_are_not_shown(get: Get) -> None:
    page = get("/e/ep-12")

    assert page.texts("//aside//h3") == ["Council votes for the bridge"]
    assert "the article says “News in Review – Episode 12”" in page.text("//li[@class='for']")
    assert page.text("//li[@class='against']").startswith("−Against:")
    assert page.texts("//details[@class='why']/summary") == ["Matched automatically"]
    statuses = get("/e/ep-13").texts("//details[@class='why']/summary")
    assert statuses == ["Matched automatically", "Possible match, not yet checked"]


def test_what_may_not_be_what_was_said_is_marked(get: Get) -> None:
    page = get("/e/ep-13")

    assert page.texts("//li//*[contains(@class, 'doubtful')]") == ["Bridges were closed."]
    assert "(may be wrong: more words than anybody says in 4 seconds; <script>" in page.text(
        "//li[@id='t-5']//*[@class='doubt']"
    )
    assert page.text("//details[@class='doubts']/summary").endswith("may be wrong: 1 line to check")
    assert page.texts("//details[@class='doubts']//a") == ["0:05"]
    assert not get("/e/ep-12").all("//*[contains(@class, 'doubt')]")


def test_an_episode_without_words_says_so(get: Get) -> None:
    assert "No transcript yet" in get("/e/sport-1").text("//p[@class='nothing']")


def test_an_article(get: Get) -> None:
    page = get("/a/1?q=council")

    assert page.text("//h1") == "Council votes for the bridge"
    assert page.texts("//div[@class='par']/p")[1].startswith("The council has voted")
    assert page.texts("//mark") == ["council"]
    assert page.all("//*[@id='p-1']")
    assert "Read the original at paper.example" in page.texts("//header//a[@rel]")
    assert page.all("//li[@class='card']//h3/a/@href") == ["/e/ep-12?q=council"]


def test_shows_have_timelines(get: Get) -> None:
    page = get("/shows")

    assert page.texts("//section[@class='show']/h2")[0] == "News in Review"
    assert page.all("(//figure)[1]//a/@href") == ["/e/ep-12", "/e/ep-13"]
    assert page.all("(//figure)[1]//*[@role='group']/@aria-label") == [
        "Timeline of 2 episodes, from 3 March 2026 to 10 March 2026"
    ]


def test_the_page_of_a_show_has_its_timeline(get: Get) -> None:
    page = get("/episodes?show=News+in+Review")

    assert page.all("//figure//a/@href") == ["/e/ep-12", "/e/ep-13"]
    assert page.texts("//a[@class='title']") == [
        "News in Review – Episode 13: High water",
        "News in Review – Episode 12: The bridge",
    ]
    assert not get("/episodes").all("//figure")


@pytest.mark.parametrize("number", ["x", "-1", "0", "", "9" * 30, "1.5"])
def test_a_page_that_is_no_number_is_the_first(get: Get, number: str) -> None:
    first, same = get("/episodes"), get(f"/episodes?page={number}")

    assert same.texts("//main") == first.texts("//main")
    assert get(f"/articles?page={number}").text("//h1") == "Articles"


def test_what_is_not_known_leaves_no_dot(get: Get) -> None:
    for address in ("/e/ep-13", "/a/2", "/a/1", "/articles", "/episodes", "/e/sport-1"):
        for meta in get(address).texts("//p[@class='meta']"):
            assert not meta.startswith("·"), (address, meta)
            assert not meta.endswith("·"), (address, meta)


def test_lists_are_by_year_and_by_show(get: Get) -> None:
    assert get("/episodes").texts("//section/h2") == ["2026", "Undated"]
    assert get("/episodes?show=Valley+Sport").texts("//a[@class='title']") == ["Valley Sport"]
    assert len(get("/articles").all("//li[@class='row']")) == 4
    assert get("/episodes?page=40").texts("//p[@class='nothing']") == ["No episodes here yet."]


def test_about_counts_and_draws(get: Get) -> None:
    page = get("/about")

    assert page.texts("//dl[@class='figures']/div/dd") == ["4", "3", "4", "2"]
    assert page.texts("//tbody/tr/th") == ["Mar 2026", "Apr 2026"]
    assert [row.xpath("string(td[1])") for row in page.all("//tbody/tr")] == ["2", "1"]
    assert len(page.all("//svg//*[local-name()='rect'][@class='heard']")) == 2


def test_a_word_that_is_still_being_typed_is_marked_where_it_leads(client: TestClient) -> None:
    found = Page(client.get("/?q=counc").text)
    target = next(link for link in found.all("//a[@class='place']/@href") if link.startswith("/e/"))
    page = Page(client.get(target).text)

    assert "q=counc%2A" in target or "q=counc*" in target
    assert "council" in [mark.text_content() for mark in page.all("//mark")]


def test_what_a_moment_lacks_is_said(client: TestClient) -> None:
    found = Page(client.get("/?q=council+bridge+zeppelin").text)

    assert "Missing: zeppelin" in found.texts("//p[@class='across']")


def test_words_of_the_title_alone_are_called_so(client: TestClient) -> None:
    assert "Matches in the title only" in client.get("/e/ep-12?q=title:bridge").text
    assert "No matches in this transcript" in client.get("/e/ep-12?q=title:zeppelin").text
    assert "No matches in this transcript" in client.get("/e/ep-12?q=zeppelin").text
