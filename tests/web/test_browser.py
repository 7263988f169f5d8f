"""The page in a real browser: Debian's Chromium, driven by Playwright, over ``nir serve``.

``axe.min.js`` is axe-core by Deque Systems, unchanged, under the Mozilla Public License 2.0 (https://mozilla.org/MPL/2.0/); it is put into
pages here and belongs to no part of the product. ``.github/vendored.toml`` has its version and hash.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine: apt-get install chromium"),
    pytest.mark.xdist_group("browser"),
]

AXE = Path(__file__).parent / "axe.min.js"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
#: The narrowest window that WCAG 2.2 (1.4.10) asks for: a small phone, or a desktop at 400 %.
PHONE = {"width": 320, "height": 640}
#: Answers like YouTube's player, in its own messages.
STUB = """<!doctype html><title>player</title><script>
let at = Number(new URL(location).searchParams.get("start") || 0);
const say = (info) => parent.postMessage(JSON.stringify({event: "infoDelivery", info}), "*");
addEventListener("message", (event) => {
  const said = JSON.parse(event.data);
  document.title = document.title + " " + (said.func || said.event);
  if (said.func === "seekTo") at = said.args[0];
  say({currentTime: at, playerState: said.func === "pauseVideo" ? 2 : 1});
});
</script>"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


class Reader:
    """A page, and what went wrong in it or left this machine."""

    def __init__(self, browser: Any, served: str, **how: Any) -> None:
        self.context = browser.new_context(base_url=served, **how)
        self.context.set_default_timeout(20_000)
        self.page = self.context.new_page()
        self.errors: list[str] = []
        self.elsewhere: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        self.context.route(lambda address: not address.startswith(served), self._foreign)

    def _foreign(self, route: Any) -> None:
        self.elsewhere.append(route.request.url)
        if route.request.url.startswith("https://www.youtube-nocookie.com/"):
            route.fulfill(body=STUB, content_type="text/html")
        else:
            route.abort()


@pytest.fixture
def reader(browser: Any, served: str) -> Iterator[Reader]:
    reader = Reader(browser, served)
    yield reader
    reader.context.close()
    assert reader.errors == []


def eventually(page: Any, condition: str) -> None:
    """Wait until it is true. Playwright's own way evaluates in the page, which the page's policy forbids."""
    for _ in range(400):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never: {condition}")


def count(page: Any) -> Any:
    return page.get_by_role("status")


def test_it_searches_as_one_types(reader: Reader) -> None:
    page = reader.page
    page.goto("/")
    box = page.get_by_role("searchbox", name="Search for")
    box.press_sequentially("xylophone")
    sync_api.expect(count(page)).to_have_text(re.compile("No results"))
    box.fill("")
    box.press_sequentially("turning point")
    sync_api.expect(count(page)).to_have_text("2 results in 1 episode and 1 article")

    assert page.url.endswith("/?q=turning+point")
    assert page.title() == "turning point – News in Review"
    sync_api.expect(page.locator("#welcome")).to_be_hidden()
    page.get_by_label("Articles", exact=True).check()
    sync_api.expect(count(page)).to_have_text("1 result in 1 article")
    assert page.url.endswith("/?q=turning+point&in=written")
    page.reload()
    sync_api.expect(count(page)).to_have_text("1 result in 1 article")
    assert page.get_by_label("Articles", exact=True).is_checked()


def test_a_moment_leads_to_its_second(reader: Reader) -> None:
    page = reader.page
    page.goto('/?q="sentence 300"')
    page.locator("a.place").first.click()
    line = page.locator(".line.here")

    assert "/e/long?t=900" in page.url
    sync_api.expect(line).to_contain_text("Sentence 300")
    sync_api.expect(line).to_be_in_viewport()
    assert line.locator("mark").all_text_contents() == ["Sentence 300"]


def test_a_second_amid_a_line_leads_to_it(reader: Reader) -> None:
    page = reader.page
    page.goto("/e/long?t=901#t-901")
    line = page.locator(".line.here")
    time, words = line.locator("a.at").bounding_box(), line.locator("p").bounding_box()

    sync_api.expect(line).to_be_in_viewport()
    sync_api.expect(line).to_contain_text("Sentence 300")
    assert time["x"] + time["width"] <= words["x"], "time and words stand side by side"
    assert abs(time["y"] - words["y"]) < 12


def test_the_transcript_follows_and_a_time_plays_from_there(reader: Reader) -> None:
    page = reader.page
    page.goto("/e/long")
    page.locator("#t-30 a.at").click()
    eventually(page, "document.querySelector('audio').currentTime >= 30")

    assert page.url.endswith("/e/long?t=30#t-30")
    eventually(page, "document.querySelector('.line.now').dataset.start >= 33")
    sync_api.expect(page.locator(".line.now")).to_be_in_viewport()
    sync_api.expect(page.get_by_role("button", name="Copy link at 0:33")).to_be_visible()
    page.locator("h1").click()
    page.keyboard.press("Space")
    eventually(page, "document.querySelector('audio').paused")
    page.keyboard.press("Space")
    eventually(page, "!document.querySelector('audio').paused")


def test_a_click_on_a_word_plays_from_that_word(reader: Reader) -> None:
    page = reader.page
    page.goto("/e/ep-13")
    page.evaluate("HTMLMediaElement.prototype.play = async () => {}")  # it stays where the click has put it
    page.locator("#t-0 .words").click(position={"x": 100, "y": 8})
    at = page.evaluate("document.querySelector('audio').currentTime")

    assert 1.0 <= at <= 3.0, "words have a second each"
    assert page.url.endswith("/e/ep-13?t=0#t-0")
    sync_api.expect(page.locator(".line.now")).to_have_id("t-0")


def lit(page: Any, name: str = "lit") -> list[str]:
    """What is lit up on either side, by its id."""
    found: list[str] = page.locator(f".par.{name}, .line.{name}").evaluate_all("all => all.map(one => one.id)")
    return found


def test_paragraph_and_lines_light_up_together(reader: Reader) -> None:
    page = reader.page
    page.goto("/e/ep-12")
    page.locator("#t-9 .words").hover()
    assert lit(page) == ["p-1-1"]
    page.locator("#p-1-1 > p").hover()
    assert lit(page) == ["t-4", "t-9"]
    page.locator("#p-1-2 .quoted").hover()
    assert lit(page) == ["t-26"]
    page.locator("h1").hover()
    assert lit(page) == []
    page.locator("#p-1-1 a.spot").focus()
    assert lit(page) == ["t-4", "t-9"]
    page.locator("#t-26 .toward a").focus()
    assert lit(page) == ["p-1-2"]


def test_while_it_plays_the_paragraph_lights_up(reader: Reader) -> None:
    page = reader.page
    page.goto("/e/ep-12")
    page.locator("#p-1-2 a.spot").click()
    eventually(page, "document.querySelector('.line.now')?.id === 't-26'")

    assert lit(page, "now-written") == ["p-1-2"]
    assert reader.elsewhere[0].endswith("&start=26&origin=" + page.evaluate("encodeURIComponent(location.origin)"))
    page.locator("#t-0 a.at").click()
    eventually(page, "document.querySelector('.line.now').id === 't-0'")
    assert lit(page, "now-written") == []


def test_from_the_line_to_the_paragraph_and_back(reader: Reader) -> None:
    page = reader.page
    page.goto("/e/ep-12?q=bridge")
    page.locator("#t-26 .toward a").click()
    assert page.url.endswith("/e/ep-12?t=26&p=1-2&q=bridge#p-1-2")
    assert page.locator(".here").evaluate_all("all => all.map(one => one.id)") == ["t-26", "p-1-2"]
    assert page.evaluate("document.activeElement.className") == "spot"

    page.reload()
    assert page.locator(".here").evaluate_all("all => all.map(one => one.id)") == ["t-26", "p-1-2"]
    page.goto("/e/ep-12?t=9")
    assert lit(page, "now-written") == ["p-1-1"], "the paragraph about the line that was asked for"
    page.goto("/a/1?q=bridge")
    page.locator("#p-2 a.spot").click()
    page.wait_for_url("**/e/ep-12?t=26&p=1-2&q=bridge#t-26")
    sync_api.expect(page.locator("#t-26")).to_be_in_viewport()
    sync_api.expect(page.locator("#p-1-2")).to_be_in_viewport()


def test_the_other_side_by_keyboard_alone(reader: Reader) -> None:
    page = reader.page
    page.goto("/e/ep-12")
    page.keyboard.press("j")
    assert lit(page) == ["t-4", "t-9"]
    page.keyboard.press("j")
    assert lit(page) == ["t-26"]
    page.keyboard.press("Enter")
    eventually(page, "document.querySelector('.line.now')?.id === 't-26'")
    assert page.url.endswith("/e/ep-12?t=26&p=1-2#t-26")


def copied(page: Any) -> Any:
    """What the button has put into the clipboard, from the site's name on."""
    page.locator("#share").click()
    sync_api.expect(page.locator("#shared")).to_have_text("Link copied")
    return page.evaluate("navigator.clipboard.readText()").removeprefix(page.evaluate("location.origin"))


def test_a_link_to_the_place_is_copied(browser: Any, served: str) -> None:
    reader = Reader(browser, served, permissions=["clipboard-read", "clipboard-write"])
    page = reader.page
    page.goto("/e/ep-12?t=26&p=1-2&q=bridge")
    share = page.get_by_role("button", name="Copy link at 0:26", exact=True)
    sync_api.expect(share).to_be_visible()
    assert copied(page) == "/e/ep-12?t=26&p=1-2&q=bridge"
    page.locator("#t-4 .toward a").click()
    assert copied(page) == "/e/ep-12?t=4&p=1-1&q=bridge#p-1-1"
    page.locator("#t-9 .words").click()
    eventually(page, "document.querySelector('.line.now')?.id === 't-9'")
    assert copied(page) == "/e/ep-12?t=9&q=bridge#t-9"
    sync_api.expect(page.get_by_role("button", name="Copy link at 0:09")).to_be_visible()

    page.goto("/e/ep-12")
    sync_api.expect(page.get_by_role("button", name="Copy link", exact=True)).to_be_visible()
    page.evaluate("navigator.clipboard.writeText = undefined")  # as on pages that came over plain HTTP
    assert copied(page) == "/e/ep-12"
    assert reader.errors == []
    reader.context.close()


def test_youtube_is_loaded_on_a_click_and_then_followed(reader: Reader) -> None:
    page = reader.page
    page.goto("/e/ep-12")
    page.wait_for_load_state("networkidle")
    assert reader.elsewhere == []

    page.get_by_role("button", name="Play here").click()
    eventually(page, "document.querySelector('.line.now')?.id === 't-0'")
    assert reader.elsewhere[0].startswith("https://www.youtube-nocookie.com/embed/NiRsample12?enablejsapi=1")
    page.locator("#t-20 a.at").click()
    eventually(page, "document.querySelector('.line.now').id === 't-20'")
    page.locator("h2").first.click()
    page.keyboard.press("Space")
    frame = page.frames[1]
    eventually(frame, "document.title.includes('listening seekTo playVideo pauseVideo')")


def test_the_keyboard_alone_is_enough(reader: Reader) -> None:
    page = reader.page
    page.goto("/episodes")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("bridge")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"q=bridge"))  # and for its scripts: text is there before them
    sync_api.expect(count(page)).to_contain_text("results")
    hrefs = page.locator("a.place").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    page.locator("#q").focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.getAttribute('href')") == hrefs[0]
    for _ in range(len(hrefs) + 2):
        page.keyboard.press("j")
    assert page.evaluate("document.activeElement.getAttribute('href')") == hrefs[-1]
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.getAttribute('href')") == hrefs[-2]
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "3px"
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/[ea]/"))
    assert page.url.endswith(hrefs[-2])


def test_keys_do_nothing_while_one_types(reader: Reader) -> None:
    page = reader.page
    page.goto("/")
    page.locator("#q").press_sequentially("j/k ")

    assert page.locator("#q").input_value() == "j/k "


def test_marked_lines_are_reached_by_keys(reader: Reader) -> None:
    page = reader.page
    page.goto("/e/long?q=sentence 399")
    sync_api.expect(page.locator(".line").last).not_to_be_in_viewport()
    page.keyboard.press("k")

    assert page.evaluate("document.activeElement.id") == "t-1197"
    sync_api.expect(page.locator("#t-1197")).to_be_in_viewport()


def test_without_javascript_all_of_it_works(browser: Any, served: str) -> None:
    reader = Reader(browser, served, java_script_enabled=False)
    page = reader.page
    page.goto("/")
    page.get_by_label("Search for").fill("turning point")
    page.get_by_label("Episodes", exact=True).check()
    page.get_by_role("button", name="Search").click()
    sync_api.expect(count(page)).to_have_text("1 result in 1 episode")
    page.locator("a.place").click()
    sync_api.expect(page.locator(".line.here")).to_contain_text("a turning")
    sync_api.expect(page.get_by_role("link", name="Watch on YouTube", exact=True)).to_be_visible()
    page.locator(".toward a").first.click()
    sync_api.expect(page.locator(".par.here")).to_contain_text("calls it a turning point")
    page.locator(".par.here a.spot").click()
    sync_api.expect(page.locator(".line.here")).to_contain_text("a turning")
    page.get_by_role("link", name="Council votes for the bridge").click()
    sync_api.expect(page.get_by_role("heading", level=1)).to_have_text("Council votes for the bridge")
    page.goto("/e/ep-13")
    sync_api.expect(page.locator("audio")).to_be_visible()
    assert reader.elsewhere == []
    reader.context.close()


PAGES = ["/", "/?q=turning", "/?q=zzz&in=said&after=2026", "/?q=zebra", "/e/ep-12?t=27&p=1-2&q=turning", "/e/ep-13", "/e/evil",
         "/a/1?q=council", "/a/3", "/shows", "/episodes", "/articles", "/about", "/help", "/help/search",
         "/help/transcribe", "/help/settings", "/help/build", "/help/serch", "/nope"]  # fmt: skip


def test_nothing_is_wider_than_a_phone(browser: Any, served: str) -> None:
    reader = Reader(browser, served, viewport=PHONE, has_touch=True)
    for address in PAGES:
        reader.page.goto(address)
        assert reader.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"], address
    reader.context.close()


def test_targets_are_large_enough_for_a_finger(browser: Any, served: str) -> None:
    """24 by 24 (WCAG 2.5.8), links inside sentences excepted, as the rule says."""
    reader = Reader(browser, served, viewport=PHONE, has_touch=True)
    small = """() => [...document.querySelectorAll(
            'nav a, a.place, a.title, a.at, a.spot, .toward a, .across a, button, summary, input:not([type=radio]), select, .formats a')]
        .filter(one => one.getClientRects().length)
        .map(one => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
        .filter(([, box]) => box.width < 24 || box.height < 24).map(([name]) => name)"""
    for address in ("/", "/?q=bridge", "/e/ep-12", "/episodes", "/about"):
        reader.page.goto(address)
        assert reader.page.evaluate(small) == [], address
    reader.context.close()


#: All that WCAG 2.2 asks for at A and AA, and what is good practice; of what is well, axe need not tell.
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


def wrong(page: Any) -> list[tuple[str, list[str]]]:
    """What axe finds wrong with a page that has it: the rule, and where it is broken."""
    found = page.evaluate("rules => axe.run(rules)", RULES)["violations"]
    return [(each["id"], [node["html"][:120] for node in each["nodes"]][:3]) for each in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Any, served: str, scheme: str) -> None:
    """Nor on the pages whose titles and words mean ill."""
    reader = Reader(browser, served, bypass_csp=True, reduced_motion="reduce", color_scheme=scheme)
    for address in PAGES:
        reader.page.goto(address)
        reader.page.add_script_tag(path=str(AXE))
        assert wrong(reader.page) == [], address
    reader.context.close()


def test_axe_would_find_something(browser: Any, served: str) -> None:
    reader = Reader(browser, served, bypass_csp=True)
    reader.page.goto("/")
    reader.page.add_script_tag(path=str(AXE))
    reader.page.evaluate("document.querySelector('label[for=q]').remove()")
    reader.page.evaluate("document.querySelector('h2').style.color = '#eeeeee'")
    assert {name for name, _ in wrong(reader.page)} >= {"label", "color-contrast"}
    reader.context.close()


def test_what_is_lit_up_can_be_read(browser: Any, served: str) -> None:
    reader = Reader(browser, served, bypass_csp=True, reduced_motion="reduce")
    page = reader.page
    page.goto("/e/ep-12?t=27&p=1-2&q=turning")
    page.add_script_tag(path=str(AXE))
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.locator("#t-9 .words").hover()
        assert lit(page) == ["p-1-1"]
        assert wrong(page) == []
    reader.context.close()


def test_hostile_titles_run_nothing(reader: Reader) -> None:
    page = reader.page
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    for address in ("/?q=zebra", "/e/evil", "/a/3", "/episodes", "/shows"):
        page.goto(address)
    page.goto("/")
    page.locator("#q").fill("okapi")
    sync_api.expect(count(page)).to_have_text("1 result in 1 article")

    assert page.locator("#found img").count() == 0
