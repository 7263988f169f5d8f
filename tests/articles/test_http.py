"""The HTTP door against a real server on the loopback: what it takes, what it refuses, and that it always comes back."""

from __future__ import annotations

import gzip
import socket
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.articles.http import LIMITS, Limits, fetch
from episodes.articles.responses import retry_after, status_reason
from episodes.articles.web_client import WebClient
from episodes.errors import AddressRefused, ArticleError, CatalogError, RateLimited
from episodes.guard.client_pool import ClientPool
from episodes.guard.hosts import check_url
from episodes.guard.ip_addresses import is_public

QUICK = Limits(seconds=5, read_timeout=5, redirects=4)


def refused(url: str, limits: Limits = QUICK, **options: bool) -> str:
    with pytest.raises(CatalogError) as caught:
        fetch(url, limits=limits, **({"allow_private": True} | options))
    return caught.value.detail


def test_a_page_comes_with_its_type_charset_and_marks(site):
    url = site.page(
        "/ferry",
        "<p>ferry",
        content_type="Text/HTML; charset=ISO-8859-1",
        etag='"v1"',
        last_modified="Mon, 04 May 2026 10:00:00 GMT",
    )

    page = fetch(url, allow_private=True)

    assert (page.url, page.status, page.content_type, page.charset) == (url, 200, "text/html", "iso-8859-1")
    assert (page.body, page.etag, page.modified) == (b"<p>ferry", '"v1"', "Mon, 04 May 2026 10:00:00 GMT")


def test_we_say_who_we_are(site):
    fetch(site.page("/", "hello"), allow_private=True)

    assert site.asked[0][1]["User-Agent"].startswith("news-in-review/")


def test_an_unchanged_page_is_not_sent_again(site):
    url = site.page("/ferry", b"", 304, content_length="", content_type="")

    page = fetch(url, etag='"v1"', modified="Mon, 04 May 2026 10:00:00 GMT", allow_private=True)

    assert (page.status, page.body) == (304, b"")
    assert site.asked[0][1]["If-None-Match"] == '"v1"'
    assert site.asked[0][1]["If-Modified-Since"] == "Mon, 04 May 2026 10:00:00 GMT"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (404, "no such page"),
        (410, "removed"),
        (403, "denied"),
        (401, "login"),
        (500, "problem"),
        (502, "problem"),
        (429, "rate limit"),
    ],
)
def test_a_status_without_a_page_is_explained(site, status, words):
    reason = refused(site.page("/", "no", status))

    assert str(status) in reason
    assert words in reason


def test_a_dead_port_a_dead_host_and_nonsense_are_errors():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    assert "connection failed" in refused(f"http://127.0.0.1:{port}/")
    assert "no host" in refused("http://nowhere.invalid/", allow_private=False)
    assert "only http and https" in refused("ftp://files.example/ferry.txt")
    assert "only http and https" in refused("http:///ferry")
    assert "not an address" in refused("http://[::1/ferry")
    assert "not an address" in refused("http://[127.0.0.1]/ferry")
    for ask in (WebClient().fetch, WebClient().robots_txt):
        with pytest.raises(ArticleError, match="not an address"):
            ask("http://[127.0.0.1]/ferry")
    assert "not an address" in refused("http://post.example:99999/")


def test_redirects_are_followed_to_the_last_address(site):
    site.redirect("/old", "/older?x=1", 301)
    site.redirect("/older?x=1", f"{site.base}/new", 308)
    site.page("/new", "here")

    assert fetch(f"{site.base}/old", allow_private=True).url == f"{site.base}/new"


def test_redirects_in_a_circle_end(site):
    site.redirect("/a", "/b")
    url = site.redirect("/b", "/a")

    assert "more than 4 redirects" in refused(url)
    assert len(site.asked) == 5


def test_a_redirect_to_a_file_is_refused(site):
    assert "only http and https" in refused(site.redirect("/", "file:///etc/passwd"))


def test_private_addresses_are_refused_unless_allowed(site):
    url = site.page("/", "secret")

    assert "not on the public internet" in refused(url, allow_private=False)
    assert "not on the public internet" in refused(url.replace("127.0.0.1", "localhost"), allow_private=False)
    assert site.asked == []


def test_a_redirect_into_a_private_network_is_refused(site, monkeypatch):
    """The first host counts as public here, so what is refused is the second hop."""
    inner = site.page("/inner", "secret").replace("127.0.0.1", "127.0.0.2")
    url = site.redirect("/", inner)
    monkeypatch.setattr("episodes.guard.hosts.is_public", lambda address: address == "127.0.0.1")

    assert "127.0.0.2" in refused(url, allow_private=False)
    assert [path for path, _ in site.asked] == ["/"]


def test_a_name_that_resolves_anew_to_a_private_address_is_refused_before_anything_is_sent(site, monkeypatch):
    url = site.page("/", "secret").replace("127.0.0.1", "localhost")
    public = socket.getaddrinfo("203.0.113.1", 80, type=socket.SOCK_STREAM)
    first = iter([public])
    resolve = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: next(first, None) or resolve(*a, **k))
    monkeypatch.setattr("episodes.guard.hosts.is_public", lambda address: address == "203.0.113.1")

    assert "not on the public internet" in refused(url, allow_private=False)
    assert site.asked == []


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
     "::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "2002:7f00:1::", "::", "no address"],
)  # fmt: skip
def test_addresses_that_are_not_of_the_public_internet(address):
    assert not is_public(address)


def test_addresses_of_the_public_internet():
    assert is_public("8.8.8.8")
    assert is_public("2606:4700::1111")


def test_other_spellings_of_a_private_address_are_refused():
    for host in ("2130706433", "0x7f.1", "[::ffff:7f00:1]"):
        with pytest.raises(AddressRefused):
            check_url(f"http://{host}/", allow_private=False)


def test_what_is_no_text_is_refused_unread(site):
    assert "application/pdf" in refused(site.page("/", b"%PDF", content_type="application/pdf"))
    assert "video/mp4" in refused(site.page("/", b"\0", content_type="video/mp4"))


@pytest.mark.parametrize(
    "kind",
    [
        "text/html",
        "application/xhtml+xml",
        "text/plain",
        "application/x-ndjson",
        "application/rss+xml",
        "application/json",
        "",
    ],
)
def test_texts_are_taken(site, kind):
    assert fetch(site.page("/", "x", content_type=kind), allow_private=True).body == b"x"


def test_a_page_of_11_megabytes_is_refused(site):
    reason = refused(site.page("/", b"x" * 11_000_000), LIMITS)

    assert reason == "the page is larger than 10 MB"


def test_a_page_that_does_not_say_its_size_is_cut_at_the_limit(site):
    url = site.page("/", b"x" * 50_000, content_length="")

    assert "larger" in refused(url, Limits(size=40_000))
    assert len(fetch(url, allow_private=True, limits=Limits(size=50_000)).body) == 50_000


def test_compressed_pages_are_read_and_bombs_are_not(site):
    text = b"The ferry is back. " * 1000

    assert fetch(site.page("/", gzip.compress(text), content_encoding="gzip"), allow_private=True).body == text
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert "larger" in refused(site.page("/bomb", bomb, content_encoding="gzip"), LIMITS)
    assert "cut short" in refused(site.page("/short", gzip.compress(text)[:-20], content_encoding="gzip"))
    assert "damaged" in refused(site.page("/damaged", b"no gzip", content_encoding="gzip"))
    assert "was not requested" in refused(site.page("/br", b"?", content_encoding="br"))


def drip(handler: BaseHTTPRequestHandler, cut: threading.Event, *, headers: bool) -> None:
    """One byte every 20 ms until the client goes: each of them would restart its read timeout."""
    if headers:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.end_headers()
    else:
        handler.wfile.write(b"HTTP/1.0 200 OK\r\nX-Slow: ")
    try:
        for _ in range(3000):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            threading.Event().wait(0.02)
    except OSError:
        cut.set()


@pytest.mark.parametrize("seconds", [0.3, 0.0], ids=["soon", "before it is connected"])
@pytest.mark.parametrize("headers", [True, False], ids=["body", "headers"])
def test_a_server_that_drips_bytes_is_cut_off(site, headers, seconds):
    cut = threading.Event()
    site.answers["/"] = lambda handler: drip(handler, cut, headers=headers)

    assert refused(f"{site.base}/", Limits(seconds=seconds)) == "the server is too slow"
    assert not site.asked or cut.wait(30)


def test_a_server_that_says_nothing_is_given_up(site):
    done = threading.Event()
    site.answers["/"] = lambda _handler: done.wait(5) and None

    assert refused(f"{site.base}/", Limits(read_timeout=0.2)) == "the server is too slow"
    done.set()


def test_a_server_that_breaks_off_is_an_error(site):
    site.answers["/"] = lambda handler: handler.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Length: 100\r\n\r\nshort")

    assert "connection failed" in refused(f"{site.base}/")


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again_when_it_says_when(site, status):
    url = site.page("/", "busy", status, retry_after="2")
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        site.page("/", "there you are")

    assert fetch(url, allow_private=True, wait=wait).body == b"there you are"
    assert waits == [2.0]


def test_a_busy_server_is_not_asked_for_ever_nor_waited_for_too_long(site):
    waits: list[float] = []
    again, later, never = (
        site.page(path, "busy", 429, retry_after=after) for path, after in (("/1", "1"), ("/2", "3600"), ("/3", ""))
    )

    pauses = []
    for url in (again, later, never):
        asked = datetime.now(UTC)
        with pytest.raises(RateLimited, match="429") as caught:
            fetch(url, allow_private=True, wait=waits.append)
        pauses.append(caught.value.until and round((caught.value.until - asked).total_seconds(), -2))

    assert pauses == [0, 3600, None]
    assert waits == [1.0, 1.0]
    assert [path for path, _ in site.asked] == ["/1", "/1", "/1", "/2", "/3"]


def test_retry_after_may_be_a_date():
    now = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)

    assert retry_after(format_datetime(now + timedelta(seconds=90), usegmt=True), now) == 90
    assert retry_after(format_datetime(now - timedelta(days=1), usegmt=True), now) == 0
    assert retry_after("120", now) == 120


@given(st.text(max_size=60))
def test_no_retry_after_is_too_odd(value):
    seconds = retry_after(value, datetime(2026, 5, 4, tzinfo=UTC))

    assert seconds is None or seconds >= 0


@given(st.integers(0, 999))
def test_every_status_has_words(status):
    assert str(status) in status_reason(status)


@pytest.fixture
def lasting():
    """A server that keeps connections open: its address, the port of each request's client, and what ends them."""
    ports, hang_up, cookies = [], [], []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            ports.append(self.client_address[1])
            cookies.append(self.headers.get("Cookie"))
            body = b"Short."
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Set-Cookie", "seen=1; Path=/")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.path == "/drip":
                self.close_connection = True
                return
            self.wfile.write(body)
            if hang_up:
                self.close_connection = True  # without a word beforehand

        def log_message(self, *_):
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", ports, hang_up, cookies
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_run_asks_a_host_over_one_connection_and_keeps_no_cookie(lasting):
    url, ports, _, cookies = lasting
    web = WebClient(allow_private=True)
    for number in range(4):
        web.fetch(f"{url}/{number}")

    assert len(ports) == 5  # with robots.txt
    assert len(set(ports)) == 1
    assert set(cookies) == {None}


def test_a_connection_that_was_hung_up_is_made_anew(lasting):
    url, ports, hang_up, _ = lasting
    pool = ClientPool()
    hang_up.append(True)
    for _ in range(3):
        assert fetch(url, allow_private=True, pool=pool).body == b"Short."
    pool.close()

    assert len(set(ports)) == 3


def test_a_body_that_ends_early_is_an_error_on_a_kept_connection_too(lasting):
    url, ports, _, _ = lasting
    pool = ClientPool()
    fetch(url, allow_private=True, pool=pool)
    with pytest.raises(ArticleError):
        fetch(f"{url}/drip", allow_private=True, pool=pool)
    pool.close()

    assert len(ports) == 2  # it had answered, and is not asked again


@pytest.mark.parametrize("host", ["context.invalid", "text.invalid", "larger.invalid"])
def test_rules_of_a_host_that_cannot_be_reached_allow_nothing_whatever_its_name(host, monkeypatch):
    def nobody(*_, **__):
        raise OSError

    monkeypatch.setattr("socket.getaddrinfo", nobody)

    with pytest.raises(ArticleError, match="no host"):
        WebClient().robots_txt(f"https://{host}/pier")


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (404, {}),
        (403, {}),
        (200, {"content_type": "video/mp4"}),
        (200, {"content_type": "text/html"}),
        (200, {"content_type": "text/plain", "content_length": str(LIMITS.size + 1)}),
    ],
)
def test_what_stands_where_rules_would_and_is_none_forbids_nothing(site, status, headers):
    site.page("/robots.txt", "User-agent: *\nDisallow: /", status, **headers)

    rules = WebClient(allow_private=True).robots_txt(f"{site.base}/pier")

    assert (rules.allows(f"{site.base}/pier", "news-in-review"), rules.problem) == (True, "")


def test_rules_of_a_server_in_trouble_say_so(site):
    site.page("/robots.txt", "User-agent: *\nDisallow: /", 503, content_type="text/plain")

    assert "cannot be read" in WebClient(allow_private=True).robots_txt(f"{site.base}/pier").problem
