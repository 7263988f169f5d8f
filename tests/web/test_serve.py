"""``nir serve`` as people run it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from episodes import database
from episodes.config import Settings
from episodes.errors import Usage
from episodes.web.server import is_loopback, listen, site
from tests.conftest import Ran

ROOT = Path(__file__).parent.parent.parent
CODE = "import sys; sys.argv = ['nir', 'serve', *sys.argv[1:]]; from episodes.cli import main; main()"


@contextmanager
def _serve(folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """``nir serve`` in a process of its own, which ends with the block, also if a check in it fails."""
    environment = {**os.environ, "NIR_HOME": str(folder), "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", CODE, *words]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_it_answers_on_loopback_until_it_is_stopped(tmp_path: Path) -> None:
    with _serve(tmp_path, "--port", "0") as process:
        assert process.stdout
        address = process.stdout.readline().split("/  ")[0]
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(f"{address}/api/episodes") as answer:
            assert json.load(answer) == []
        with urllib.request.urlopen(address) as answer:
            assert b"Nothing here yet" in answer.read()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate()

    assert errors == ""
    assert process.returncode == 0


def _read(reader: socket.socket) -> bytes:
    parts = []
    while part := reader.recv(65_536):
        parts.append(part)
    return b"".join(parts)


def test_those_who_say_nothing_keep_nobody_out_and_endless_bodies_end(tmp_path: Path) -> None:
    with _serve(tmp_path, "--port", "0") as process, ExitStack() as open_ones:
        assert process.stdout
        place = ("127.0.0.1", int(process.stdout.readline().split("/  ")[0].rpartition(":")[2]))
        for _ in range(450):
            open_ones.enter_context(socket.create_connection(place)).sendall(b"")
        with urllib.request.urlopen(f"http://{place[0]}:{place[1]}/api/episodes", timeout=60) as answer:
            assert json.load(answer) == []
        with socket.create_connection(place, timeout=60) as reader:
            reader.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999999\r\n\r\n")
            assert _read(reader).startswith(b"HTTP/1.1 413 ")
        with socket.create_connection(place, timeout=60) as reader, suppress(OSError):
            reader.sendall(b"PUT / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
            sent = 0
            while sent < 50_000_000:
                reader.sendall(b"1000\r\n" + b"x" * 0x1000 + b"\r\n")
                sent += 0x1000
        assert sent < 50_000_000
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate()

    assert errors == ""
    assert process.returncode == 0


def test_it_warns_when_others_can_reach_it(tmp_path: Path) -> None:
    with _serve(tmp_path, "--host", "0.0.0.0", "--port", "0") as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        warning = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        process.communicate()

    assert "no password" in warning


def test_a_port_that_is_taken_is_wrong_usage(nir: Callable[..., Ran]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = nir("serve", "--port", port)

    assert ran.code == 2
    assert ran.err == f"nir: 127.0.0.1:{port} is already in use; choose another --port or --host\n"


def test_an_address_that_is_none_is_wrong_usage(nir: Callable[..., Ran]) -> None:
    assert nir("serve", "--address", "news.example").code == 2


@pytest.mark.parametrize(
    ("host", "own"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("127.9.9.9", True), ("0.0.0.0", False), ("news", False)],
)
def test_what_is_loopback(host: str, own: bool) -> None:
    assert is_loopback(host) == own


def test_small_answers_are_sent_at_once() -> None:
    with (
        listen("127.0.0.1", 0) as listening,
        socket.create_connection(listening.getsockname()),
        listening.accept()[0] as taken,
    ):
        assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_which_names_it_answers_to(tmp_path: Path) -> None:
    settings = Settings.of_home(tmp_path)
    engine = database.connect(settings.database_url)

    assert site(engine, settings, "127.0.0.1").hosts == {"localhost", "127.0.0.1", "[::1]"}
    assert "news.example" in site(engine, settings, "127.0.0.1", "https://news.example/").hosts
    assert site(engine, settings, "127.0.0.1", "https://news.example/").address == "https://news.example"
    assert "127.0.0.2" in site(engine, settings, "127.0.0.2").hosts
    assert "paper.example" in site(engine, settings, "127.0.0.1", allowed=["Paper.Example:8080"]).hosts
    with pytest.raises(Usage):
        site(engine, settings, "127.0.0.1", "javascript:x")
    with pytest.raises(Usage):
        site(engine, settings, "0.0.0.0", allowed=["two words"])
    engine.dispose()
