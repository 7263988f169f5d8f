"""``-o FILE``: whole or not at all, with the mode it had; links are followed, devices and FIFOs are written into."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest

from episodes.errors import Usage
from episodes.files.writing import beside, check, written


def write(target: Path, text: str = "The ferry is late.\n") -> None:
    with written(target) as stream:
        stream.write(text)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.fixture
def umask() -> Iterator[None]:
    before = os.umask(0o027)
    yield
    os.umask(before)


@pytest.mark.usefixtures("umask")
def test_a_new_file_has_what_the_umask_leaves(tmp_path: Path) -> None:
    write(tmp_path / "new.txt")

    assert (tmp_path / "new.txt").read_text() == "The ferry is late.\n"
    assert mode(tmp_path / "new.txt") == 0o640
    assert list(tmp_path.iterdir()) == [tmp_path / "new.txt"]


@pytest.mark.parametrize("before", [0o600, 0o644, 0o640, 0o777, 0o622])
def test_a_file_that_is_there_keeps_its_mode_while_it_is_written_and_after(tmp_path: Path, before: int) -> None:
    file = tmp_path / "old.txt"
    file.write_text("old")
    file.chmod(before)
    with written(file) as stream:
        stream.write("new")
        (part,) = (one for one in tmp_path.iterdir() if one != file)
        assert mode(part) == before
        assert file.read_text() == "old"

    assert (file.read_text(), mode(file)) == ("new", before)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_and_its_owner_where_we_may_give_it(tmp_path: Path) -> None:
    file = tmp_path / "theirs.txt"
    file.write_text("old")
    os.chown(file, 1234, 4321)
    write(file)

    assert (file.stat().st_uid, file.stat().st_gid) == (1234, 4321)


def test_after_an_error_all_is_as_it_was(tmp_path: Path) -> None:
    for name in ("old.txt", "new.txt"):
        with (
            pytest.raises(ZeroDivisionError),
            written(tmp_path / "old.txt" if name == "old.txt" else tmp_path / name) as stream,
        ):
            stream.write("half")
            stream.flush()
            (tmp_path / "old.txt").write_text("old")
            raise ZeroDivisionError

    assert [one.name for one in tmp_path.iterdir()] == ["old.txt"]
    assert (tmp_path / "old.txt").read_text() == "old"


@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_and_what_it_leads_to_is_written(tmp_path: Path, there: bool) -> None:
    (tmp_path / "far").mkdir()
    target = tmp_path / "far" / "today.txt"
    if there:
        target.write_text("old")
        target.chmod(0o600)
    (tmp_path / "link.txt").symlink_to("far/today.txt")
    (tmp_path / "chain.txt").symlink_to("link.txt")
    write(tmp_path / "chain.txt")

    assert (tmp_path / "chain.txt").is_symlink()
    assert (tmp_path / "link.txt").is_symlink()
    assert target.read_text() == "The ferry is late.\n"
    assert not there or mode(target) == 0o600


@pytest.fixture
def device(tmp_path: Path) -> Callable[[str, int], Path]:
    """A device as in /dev; one of our own where we may make one, since who may could also lose the machine's."""

    def made(name: str, minor: int) -> Path:
        if os.geteuid() != 0:
            return Path("/dev", name)
        os.mknod(tmp_path / name, 0o666 | stat.S_IFCHR, os.makedev(1, minor))
        return tmp_path / name

    return made


def test_a_device_is_written_into_and_says_when_it_is_full(device: Callable[[str, int], Path]) -> None:
    null, full = device("null", 3), device("full", 7)
    before = [(one.stat().st_ino, one.stat().st_mode, one.stat().st_rdev) for one in (null, full)]
    write(null)
    with pytest.raises(OSError, match=str(full)) as error:
        write(full)

    assert error.value.errno == errno.ENOSPC
    assert before == [(one.stat().st_ino, one.stat().st_mode, one.stat().st_rdev) for one in (null, full)]


def test_a_link_to_a_device_stays_one(tmp_path: Path, device: Callable[[str, int], Path]) -> None:
    null = device("null", 3)
    (tmp_path / "link").symlink_to(null)
    write(tmp_path / "link")

    assert (tmp_path / "link").readlink() == null
    assert null.is_char_device()


def test_a_fifo_is_written_into(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    read: list[str] = []
    reader = Thread(target=lambda: read.append(fifo.read_text()))
    reader.start()
    write(fifo)
    reader.join()

    assert read == ["The ferry is late.\n"]
    assert fifo.is_fifo()


@pytest.mark.parametrize("kind", ["pipe", "file"])
def test_the_own_output_is_written_into_by_its_name(tmp_path: Path, kind: str) -> None:
    code = (
        "from pathlib import Path; from episodes.files.writing import written\n"
        "with written(Path('stdout')) as to: to.write('words')"
    )
    (tmp_path / "stdout").symlink_to("/proc/self/fd/1")  # as /dev/stdout is
    file = tmp_path / "out.txt"
    file.write_bytes(b"before ")
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with file.open("ab") as redirected:
        out = subprocess.PIPE if kind == "pipe" else redirected
        ran = subprocess.run([sys.executable, "-c", code], stdout=out, cwd=tmp_path, env=env, check=True)

    assert (ran.stdout if kind == "pipe" else file.read_bytes()) == (b"words" if kind == "pipe" else b"before words")
    assert (tmp_path / "stdout").is_symlink()


def test_nobody_can_have_put_a_link_where_it_is_written_meanwhile(tmp_path: Path) -> None:
    names = set()
    for _ in range(3):
        with beside(tmp_path / "a.db") as part:
            names.add(part.name)
    assert len(names) == 3
    (tmp_path / ".b.txt.part").symlink_to(tmp_path / "victim")
    write(tmp_path / "b.txt")

    assert not (tmp_path / "victim").exists()
    assert not (tmp_path / "b.txt").is_symlink()


@pytest.mark.usefixtures("umask")
def test_a_file_of_the_helper_may_have_a_mode_of_its_own(tmp_path: Path) -> None:
    with beside(tmp_path / "a.db", 0o600) as part:
        assert mode(part) == 0o600
        part.write_bytes(b"rows")

    assert ((tmp_path / "a.db").read_bytes(), mode(tmp_path / "a.db")) == (b"rows", 0o600)


def test_what_cannot_be_written_is_said_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "away").symlink_to(tmp_path / "no" / "folder")
    (tmp_path / "file").write_text("")
    for target, word in (
        (tmp_path, "folder"),
        (tmp_path / "no" / "a.txt", "no such folder"),
        (tmp_path / "away", "no such folder"),
        (tmp_path / "loop", "circle|levels of symbolic links"),
        (tmp_path / "file" / "a.txt", "not a directory|no such folder"),
        (tmp_path / ("x" * 300), "too long"),
        (tmp_path / "a\0b", "no file can have this name"),
    ):
        with pytest.raises(Usage, match=word):
            check(target)
        with pytest.raises(Usage), written(target):
            pass


def test_a_folder_or_a_file_that_may_not_be_written_is_said_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "read-only.txt").write_text("old")
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) not in (tmp_path, tmp_path / "read-only.txt"))

    for name in ("read-only.txt", "new.txt"):
        with pytest.raises(Usage, match="not writable"):
            check(tmp_path / name)
