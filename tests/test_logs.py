"""What is told of dealings with the outside world: nothing unless asked, on stderr, without passwords, from each door."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from episodes import redaction
from episodes.articles.rate_limiter import RateLimiter
from episodes.articles.web_client import WebClient
from episodes.cli.verbosity import log_to_stderr
from episodes.config import LogLevel
from episodes.database import connect, read_only
from episodes.errors import ArticleError, RobotsForbid
from episodes.logs import logger
from episodes.migrations import migrate
from episodes.pipeline.backups import backup
from episodes.sample.server import SampleSite
from episodes.sources.ytdlp_messages import MessageLog
from tests import engines
from tests.conftest import Ran
from transcripts.engine.worker import WorkerEngine

Nir = Callable[..., Ran]
ROOT = Path(__file__).parent.parent
#: What talks to the outside world: the network, yt-dlp, databases and their files, the engine's process, readers.
AT_THE_BORDER = [
    "episodes/guard/client.py",
    "episodes/guard/client_pool.py",
    "episodes/guard/network.py",
    "episodes/articles/http.py",
    "episodes/articles/rate_limiter.py",
    "episodes/articles/listing.py",
    "episodes/articles/recognise.py",
    "episodes/articles/web_client.py",
    "episodes/feeds.py",
    "episodes/sources/ytdlp_network.py",
    "episodes/sources/ytdlp_messages.py",
    "episodes/sources/ytdlp.py",
    "episodes/database/engine.py",
    "episodes/database/errors.py",
    "episodes/database/replaced_file.py",
    "episodes/database/transactions.py",
    "episodes/migrations/__init__.py",
    "episodes/pipeline/backups.py",
    "episodes/pipeline/backup_source.py",
    "episodes/web/server.py",
    "episodes/web/errors.py",
    "transcripts/engine/worker/process.py",
]
FILES = sorted(path for package in ("episodes", "transcripts") for path in (ROOT / package).rglob("*.py"))


@pytest.fixture
def site() -> Iterator[SampleSite]:
    with SampleSite() as site:
        yield site


@pytest.mark.parametrize("path", AT_THE_BORDER)
def test_each_module_at_the_border_has_a_logger_and_uses_it(path: str) -> None:
    tree = ast.parse((ROOT / path).read_text())
    made = {
        name.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for name in node.targets
        if isinstance(name, ast.Name)
    }
    used = {ast.unparse(node.func).partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Call)}

    assert "log" in made & used


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_loggers_of_episodes_are_the_redacted_ones(path: Path) -> None:
    """Those of transcripts know no address; ``logging`` itself is for whoever sets it up."""
    allowed = {"logs.py", "verbosity.py", "server.py", "extract.py"}
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    plain = [call for call in calls if ast.unparse(call.func) == "logging.getLogger"]

    assert not plain or path.name in allowed or path.is_relative_to(ROOT / "transcripts")


def test_nothing_is_told_unless_asked(nir: Nir, site: SampleSite) -> None:
    added = nir("articles", "add", site.articles[0], "--allow-private", "--json")

    assert added.code == 0
    assert added.err == ""


def test_a_library_that_nobody_listens_to_is_silent() -> None:
    code = (
        "import episodes.logs, transcripts.engine.worker.process as process\n"
        "episodes.logs.logger('episodes.ferry').error('it sank')\n"
        "process.log.error('it sank, too')\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stderr == ""


@pytest.mark.parametrize(
    ("words", "variable", "levels"),
    [
        (["--verbose"], "", {"INFO"}),
        (["-v"], "", {"INFO"}),
        (["-vv"], "", {"INFO", "DEBUG"}),
        (["--verbose", "--verbose"], "", {"INFO", "DEBUG"}),
        ([], "info", {"INFO"}),
        ([], "DEBUG", {"INFO", "DEBUG"}),
        ([], "error", set()),
        (["-v"], "debug", {"INFO"}),
    ],
)
def test_how_much_is_told(
    nir: Nir,
    site: SampleSite,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    variable: str,
    levels: set[str],
) -> None:
    monkeypatch.setenv("NIR_LOG", variable)
    added = nir(*words, "articles", "add", site.articles[0], "--allow-private", "--json")

    assert added.code == 0
    assert added.json, "stdout is one JSON document"
    assert {line.split()[2] for line in added.err.splitlines()} == levels
    assert (f"GET {site.articles[0]}: 200 in " in added.err) == bool(levels)


def test_a_later_command_is_quiet_again(nir: Nir) -> None:
    assert "episodes.migrations: " in nir("-v", "episodes").err
    assert nir("episodes").err == ""


def test_help_does_not_load_logging() -> None:
    """It takes longer than the rest of the package does."""
    code = "import sys, episodes.cli.app; assert 'logging' not in sys.modules"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stderr == ""


def test_a_server_tells_its_errors_unasked_and_nothing_twice(capsys: pytest.CaptureFixture[str]) -> None:
    log = logger("episodes.web.errors")
    with log_to_stderr(LogLevel.ERROR), log_to_stderr(LogLevel.ERROR):
        log.warning("the quay is wet")
        log.error("the quay is gone")

    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(" ERROR ")[2] for line in lines] == ["episodes.web.errors: the quay is gone"]


@pytest.mark.parametrize("level", ["loud", "10", "inf"])
def test_no_level_is_wrong_usage(nir: Nir, monkeypatch: pytest.MonkeyPatch, level: str) -> None:
    monkeypatch.setenv("NIR_LOG", level)
    wrong = nir("episodes")

    assert wrong.code == 2
    assert "NIR_LOG" in wrong.err
    assert len(wrong.err.splitlines()) == 1


def test_failures_are_told_and_no_secret_with_them(nir: Nir) -> None:
    """Nobody listens at port 9."""
    failed = nir("-vv", "articles", "add", "http://ilse:lighthouse7@127.0.0.1:9/x?token=seamark88", "--allow-private")

    assert failed.code == 1
    assert "WARNING episodes.guard.client: GET http://" in failed.err
    assert "lighthouse7" not in failed.err + failed.out
    assert "seamark88" not in failed.err + failed.out


def test_secrets_are_taken_out_before_any_handler_sees_them(caplog: pytest.LogCaptureFixture) -> None:
    redaction.register_secrets("postgresql://reader:quayside42@db.example/catalog")
    log = logger("episodes.ferry")
    with caplog.at_level("INFO", "episodes"):
        log.info(
            "%s and %s", ValueError("no user with quayside42"), "https://a:b3b4b5@harbour.example/feed?api_key=k1k2k3"
        )

    assert caplog.messages == ["no user with *** and https://***@harbour.example/feed?api_key=***"]
    assert caplog.records[0].args is None


def test_half_a_character_of_an_address_can_be_kept_by_any_handler(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "episodes"):
        logger("episodes.guard").info("asked for %s", "http://harbour.example/\udcff")
    assert caplog.messages[0].encode("utf-8").decode("utf-8") == "asked for http://harbour.example/\ufffd"


def test_an_odd_record_is_one_line_and_moves_no_cursor(nir: Nir, tmp_path: Path) -> None:
    log_to_stderr = nir("-v", "articles", "add", "http://127.0.0.1:9/\x1b[2J\nINFO forged", "--allow-private")

    assert "\x1b" not in log_to_stderr.err
    assert not any(line.startswith("INFO") for line in log_to_stderr.err.splitlines())


def test_requests_of_pages(site: SampleSite, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG", "episodes"):
        WebClient(allow_private=True).fetch(site.articles[0])

    names = {record.name.removeprefix("episodes.") for record in caplog.records}
    assert {"guard.client_pool", "guard.network", "guard.client", "articles.web_client"} <= names
    assert f"GET {site.url}/robots.txt: 404 in " in caplog.text


def test_what_robots_forbid(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    from episodes.articles import robots

    web = WebClient()
    monkeypatch.setattr(WebClient, "robots_txt", lambda *_: robots.parse("User-agent: *\nDisallow: /inner/"))
    with caplog.at_level("INFO", "episodes"), pytest.raises(RobotsForbid):
        web.fetch("https://harbour.example/inner/quay")

    assert "https://harbour.example/inner/quay: forbidden to news-in-review" in caplog.text


def test_waiting_for_a_hosts_turn(caplog: pytest.LogCaptureFixture) -> None:
    limiter = RateLimiter(clock=lambda: 0.0, sleep=lambda _: None)
    with caplog.at_level("DEBUG", "episodes"):
        limiter.wait("https://harbour.example/a")
        limiter.wait("https://harbour.example/b")

    assert caplog.messages == ["harbour.example: waiting 1.0 s for its turn"]


def test_what_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("WARNING", "episodes"), pytest.raises(ArticleError):
        WebClient()._read_robots("http://127.0.0.1:9/")

    assert "it leads to 127.0.0.1" in caplog.text


def test_shows_and_what_yt_dlp_says(site: SampleSite, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    from episodes.sources.ytdlp import YtDlp

    door = YtDlp(allow_private=True)
    with caplog.at_level("DEBUG", "episodes"):
        entries = list(door.listing(site.feed).entries)
        episode = door.read_episode(entries[0])
        for _ in range(2):
            file = door.fetch_audio(episode, tmp_path)
        MessageLog().warning("WARNING: [harbour] the quay is wet")

    assert f"{episode.media}: downloaded by HttpFD" in caplog.messages
    assert f"{episode.media}: its audio is there, as {file.name}" in caplog.messages
    assert f"{site.feed}: listed" in caplog.messages
    assert "yt-dlp warns: WARNING: [harbour] the quay is wet" in caplog.messages
    assert any(message.startswith("a feed of ") for message in caplog.messages)


def test_migrations_backups_and_their_databases(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'catalog.db'}")
    with caplog.at_level("DEBUG", "episodes"):
        migrate(engine)
        backup(engine, tmp_path / "backup.db")
    engine.dispose()

    assert {"episodes.migrations", "episodes.pipeline.backups"} <= {record.name for record in caplog.records}
    assert f"{tmp_path / 'backup.db'}: written, 0 rows" in caplog.messages


def test_a_databases_password_is_not_told(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG", "episodes"):
        connect("postgresql+psycopg://reader:tidemark55@127.0.0.1:9/catalog").dispose()

    assert "127.0.0.1:9/catalog" in caplog.text
    assert "tidemark55" not in caplog.text


def test_where_the_page_is_served(caplog: pytest.LogCaptureFixture) -> None:
    from episodes.web.server import listen

    with caplog.at_level("INFO", "episodes"), listen("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]

    assert caplog.messages == [f"listening on 127.0.0.1 port {port}"]


def test_the_engines_process(caplog: pytest.LogCaptureFixture) -> None:
    worker = WorkerEngine(partial(engines.make), model="large")
    with caplog.at_level("INFO", "transcripts"):
        worker.start()
        worker.close()

    assert [message.partition(" ")[2].split(" ", 1)[1] for message in caplog.messages] == ["started", "ready: together"]


def test_a_catalog_that_another_file_replaces(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "catalog.db"
    migrate(engine := connect(f"sqlite:///{file}"))
    served = read_only(engine)
    with served.connect() as connection:
        connection.execute(text("SELECT 1"))
    shutil.copy(file, tmp_path / "new.db")
    (tmp_path / "new.db").replace(file)
    with caplog.at_level("INFO", "episodes"), served.connect() as connection:
        connection.execute(text("SELECT 1"))
    served.dispose()

    assert f"sqlite:///{file}: replaced by another file, reopened" in caplog.messages
