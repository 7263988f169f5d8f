"""No password leaves: addresses in every form and misform, texts of libraries, what is kept, what is printed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes import redaction
from episodes.catalog import outcomes, shows
from episodes.cli.opening import open_catalog
from episodes.config import Settings
from episodes.database import connect, reading, writing
from episodes.errors import ArticleError, DatabaseUnreachable, Usage
from episodes.migrations import migrate
from episodes.values import Outcome, State
from tests.conftest import Ran

NOW = datetime(2026, 5, 4, tzinfo=UTC)
CANARY = "ca9naryBird"
#: Addresses of databases with a password in each place where people have put one.
DATABASES = [
    f"postgresql+psycopg://reader:{CANARY}@127.0.0.1:1/catalog",
    f"postgresql://127.0.0.1:1/catalog?user=reader&password={CANARY}",
    f"postgresql://127.0.0.1:1/catalog?user=reader&pasword={CANARY}",
    f"postgresql://127.0.0.1:1/catalog?sslpassword={CANARY}&sslmode=require",
    f"postgresql://127.0.0.1:1/catalog?options=-c%20secret%3D{CANARY}",
    f"postgresql://127.0.0.1:1/catalog&password={CANARY}",
    f"postgresql://127.0.0.1:1/catalog password={CANARY}",
    f"postgresql://reader:a@{CANARY}@127.0.0.1:1/catalog",
    f"postgresql://reader:a/{CANARY}@127.0.0.1:1/catalog",
    f"postgresql://reader:a%2F{CANARY}%40b@127.0.0.1:1/catalog",
    f"postgresql://127.0.0.1:{CANARY}/catalog",
    f"postgresql://reader@127.0.0.1:1:{CANARY}/catalog",
    f"postgresql:/reader:{CANARY}@127.0.0.1/catalog",
    f"postgresql//reader:{CANARY}@127.0.0.1/catalog",
    f"reader:{CANARY}@127.0.0.1/catalog",
    f"host=127.0.0.1 port=1 user=reader password={CANARY}",
    f"postgresql+nosuchdriver://reader:{CANARY}@127.0.0.1/catalog",
    f"nosuchdatabase://reader:{CANARY}@127.0.0.1/catalog",
    f"sqlite://reader:{CANARY}@/catalog.db",
    f"postgresql://[::1/{CANARY}@host/catalog",
]  # fmt: skip
PROXIES = [
    f"http://me:{CANARY}@127.0.0.1:1",
    f"http://me:a%40{CANARY}@127.0.0.1:1",
    f"http://{CANARY}@127.0.0.1:1",
    f"me:{CANARY}@127.0.0.1:1",
    f"http://me:a/{CANARY}@127.0.0.1:1",
    f"http://me:{CANARY}",
    f"ftp://me:{CANARY}@127.0.0.1:1",
    f"http://me:{CANARY}@",
]


@pytest.mark.parametrize("url", DATABASES)
@pytest.mark.parametrize(
    "words", [["search", "ferry"], ["--debug", "status", "--json"], ["doctor", "--json"]], ids=" ".join
)
def test_addresses_of_databases(
    nir: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, url: str, words: list[str]
) -> None:
    monkeypatch.setenv("NIR_DATABASE_URL", url)
    ran = nir(*words)

    assert ran.code in ((1,) if words[0] == "doctor" else (3,)), ran.err
    assert CANARY not in ran.out + ran.err


@pytest.mark.parametrize("url", DATABASES)
def test_a_shown_address_alone(url: str) -> None:
    """Whatever is remembered of passwords: the address itself is shown without."""
    assert CANARY not in redaction.redact_database_url(url)
    with pytest.raises(DatabaseUnreachable) as caught:
        migrate(connect(url))
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql+psycopg://reader@127.0.0.1:5433/catalog", "postgresql+psycopg://reader@127.0.0.1:5433/catalog"),
        ("postgresql://reader:secret@host/catalog", "postgresql://reader:***@host/catalog"),
        ("postgresql://host/catalog?sslmode=require", "postgresql://host/catalog?sslmode=require"),
        ("sqlite:////tmp/what%3F/ü.db", "sqlite:////tmp/what?/ü.db"),
        ("postgresql://host:port5/catalog", "postgresql:…"),
        ("nonsense", "an address that cannot be read"),
    ],
)
def test_what_is_shown_of_an_address(url: str, shown: str) -> None:
    assert redaction.redact_database_url(url) == shown


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"no way to https://me:{CANARY}@host/feed.xml today", "no way to https://***@host/feed.xml today"),
        (f"https://{CANARY}@host/feed", "https://***@host/feed"),
        (f"https://host/feed?token={CANARY}&page=2", "https://host/feed?token=***&page=2"),
        (f"connection info: user=me password='{CANARY} b' host=h", "connection info: user=me password=*** host=h"),
        (f"{{'Proxy-Authorization': 'Basic {CANARY}'}}", "{'Proxy-Authorization': 'Basic ***'}"),
        ("https://www.youtube.com/@harbour/videos", "https://www.youtube.com/@harbour/videos"),
        ("write to mayor@harbour.example about https://harbour.example/", None),
        ("the ferry = the port; 3 < 4, a token of thanks", None),
    ],
)
def test_texts(text: str, left: str | None) -> None:
    assert redaction.redact(text, {}) == (text if left is None else left)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=4, max_size=20), st.text(max_size=20))
def test_what_was_given_is_never_repeated(secret: str, around: str) -> None:
    from urllib.parse import quote

    environment = {"NIR_PROXY": f"http://me:{quote(secret, safe='')}@127.0.0.1:1"}
    if secret.isalpha() or set(secret) == {"*"}:
        return  # a word is taken out as a word only

    assert secret not in redaction.redact(f"{around} {secret}: {secret}{around}", environment).replace("***", "")


@pytest.mark.parametrize("proxy", PROXIES)
def test_a_proxys_password_is_neither_printed_nor_kept(
    nir: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, proxy: str
) -> None:
    monkeypatch.setenv("NIR_PROXY", proxy)
    said = nir("--debug", "articles", "add", "http://93.184.216.34/harbour", "--json")
    told = nir("status", "--json")
    kept = nir("backup", tmp_path / "backup.db")
    content = b"".join(file.read_bytes() for file in [*(tmp_path / "nir").rglob("*.db*"), *tmp_path.glob("backup.db")])

    assert said.code in (1, 2)
    assert (told.code, kept.code) in ((0, 0), (2, 2))
    assert CANARY not in said.out + said.err + told.out + told.err + kept.out + kept.err
    assert CANARY.encode() not in content


@pytest.mark.parametrize("name", ["HTTP_PROXY", "https_proxy", "ALL_PROXY"])
def test_proxies_of_the_environment(name: str) -> None:
    environment = {name: f"http://me:{CANARY}@proxy:3128"}

    assert redaction.redact(f"Invalid port: '{CANARY}'", environment) == "Invalid port: '***'"


@pytest.mark.parametrize("proxy", ["host:3128", "http://", "http://host:port", "gopher://host:1", "http://host:0"])
def test_a_proxy_that_is_none(proxy: str) -> None:
    with pytest.raises(Usage, match="NIR_PROXY"):
        Settings.from_environment({"NIR_PROXY": proxy})


@pytest.mark.parametrize("proxy", ["", "http://host:3128", "https://me:a%2Fb@host", "socks5h://host:1080"])
def test_a_proxy_that_is_one(proxy: str) -> None:
    assert Settings.from_environment({"NIR_PROXY": proxy}).proxy == proxy


def test_an_outcome_keeps_none() -> None:
    reason = str(ArticleError("http://x/", f"the proxy http://me:{CANARY}@proxy:1 is away"))

    assert CANARY not in reason
    assert CANARY not in Outcome("x", State.FAILED, f"http://me:{CANARY}@proxy:1 is away").reason


@pytest.fixture
def subscribed() -> str:
    """A catalog that follows a subscriber's feed, which fails."""
    feed = f"https://me:{CANARY}@feeds.example/harbour.xml"
    engine = open_catalog()
    with writing(engine) as session:
        shows.add(session, feed, title="", match="", now=NOW)
        outcomes.record(session, "update", Outcome(feed, State.FAILED, f"{feed}: no answer"), now=NOW)
    engine.dispose()
    return feed


@pytest.mark.parametrize(
    "words",
    [["shows"], ["shows", "--json"], ["status"], ["status", "--json"], ["search", "x", "--show", "nobody"]],
    ids=" ".join,
)
@pytest.mark.usefixtures("subscribed")
def test_a_subscribers_key_is_kept_and_not_shown(nir: Callable[..., Ran], words: list[str]) -> None:
    ran = nir(*words)

    assert CANARY not in ran.out + ran.err
    with reading(open_catalog()) as session:
        assert [show.url for show, _ in shows.listed(session)] == [f"https://me:{CANARY}@feeds.example/harbour.xml"]


@pytest.mark.usefixtures("subscribed")
def test_status_tells_what_is_open_as_documents(nir: Callable[..., Ran]) -> None:
    (open_,) = nir("status", "--json").json["open"]

    assert (open_["item"], open_["state"]) == ("https://***@feeds.example/harbour.xml", "failed")
    assert json.dumps(open_)
    with closing(sqlite3.connect(Settings.from_environment().home / "catalog.db")) as connection:
        assert CANARY not in connection.execute("SELECT reason FROM outcome").fetchone()[0]
