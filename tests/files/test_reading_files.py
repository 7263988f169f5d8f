"""Only what really lies below a folder that a person named is read, only regular files, and never more than expected."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from episodes.errors import FileRefused
from episodes.files.named import Named
from episodes.files.reading import open_regular, read_regular, really_below


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of a person's, and beside it a file that is nobody's business."""
    (tmp_path / "canary.vtt").write_text("The canary sings.")
    (tmp_path / "archive" / "below").mkdir(parents=True)
    (tmp_path / "archive" / "below" / "a.vtt").write_text("The ferry is late.")
    (tmp_path / "archives").mkdir()
    (tmp_path / "archives" / "b.vtt").write_text("The canary sings.")
    return tmp_path / "archive"


def lead_out(folder: Path) -> dict[str, Path]:
    """Names in the folder, or of it, that are no regular files in it."""
    made = {
        name: folder / f"{name}.vtt"
        for name in ("link", "chain", "loop", "broken", "fifo", "socket", "device", "environment")
    }
    made["link"].symlink_to(folder.parent / "canary.vtt")
    made["chain"].symlink_to(made["link"])
    made["loop"].symlink_to(made["loop"])
    made["broken"].symlink_to(folder / "nothing.vtt")
    made["device"].symlink_to("/dev/zero")
    made["environment"].symlink_to("/proc/self/environ")
    os.mkfifo(made["fifo"])
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(os.path.relpath(made["socket"]))
    (folder / "linked").symlink_to(folder.parent)
    return made | {
        "up": folder / ".." / "canary.vtt",
        "through a link": folder / "linked" / "canary.vtt",
        "a folder": folder / "below",
        "a name that begins alike": folder.parent / "archives" / "b.vtt",
        "a NUL": folder / "a\0.vtt",
        "too long": folder / ("x" * 5000),
        "elsewhere": Path("/dev/zero"),
    }


def test_what_leads_out_or_is_no_regular_file_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    named = Named(folder.parent / "folders.jsonl")
    named.add(folder)
    for what, path in lead_out(folder).items():
        with pytest.raises(FileRefused) as refused:
            really_below(path, folder)
        assert refused.value.detail, what
        with pytest.raises(FileRefused):
            named.find(str(path))


def test_links_inside_the_folder_and_to_it_are_followed(folder: Path) -> None:
    (folder / "inside.vtt").symlink_to("below/a.vtt")
    (folder.parent / "moved").symlink_to(folder)
    named = Named(folder.parent / "folders.jsonl")
    named.add(folder.parent / "moved")

    assert really_below(folder / "inside.vtt", folder) == folder / "below" / "a.vtt"
    assert named.read(str(folder.parent / "moved" / "inside.vtt"), 100) == b"The ferry is late."


def test_a_file_that_is_exchanged_for_a_link_after_the_import_is_not_read(folder: Path) -> None:
    named = Named(folder.parent / "folders.jsonl")
    named.add(folder)
    file = folder / "below" / "a.vtt"
    assert named.find(str(file)) == file
    file.unlink()
    file.symlink_to(folder.parent / "canary.vtt")

    with pytest.raises(FileRefused, match="leads outside"):
        named.find(str(file))


def test_a_catalog_is_no_leave_to_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    nobody, somebody = Named(), Named(folder.parent / "folders.jsonl")
    somebody.add(folder / "below")

    for named, location in (
        (nobody, str(folder / "below" / "a.vtt")),
        (somebody, str(folder.parent / "canary.vtt")),
        (somebody, "below/a.vtt"),
        (somebody, ""),
        (somebody, f"file://{folder}/below/a.vtt"),
    ):
        with pytest.raises(FileRefused, match="nir import"):
            named.find(location)


def test_folders_are_noted_once_and_half_a_line_is_none(folder: Path) -> None:
    named = Named(folder.parent / "home" / "folders.jsonl")
    for one in (folder, folder / "below", folder, folder / "with\nline"):
        named.add(one)
    assert named.record
    with named.record.open("a") as file:
        file.write('\n"relative"\n{}\n"/ha')

    assert named.folders() == (folder, folder / "below", folder / "with\nline")
    assert named.record.stat().st_mode & 0o777 == 0o600


def test_a_device_or_a_fifo_is_never_opened(folder: Path) -> None:
    os.mkfifo(folder / "fifo")
    for path in (Path("/dev/zero"), folder / "fifo", folder):
        with pytest.raises(FileRefused, match="not a regular file"):
            open_regular(path)  # waits for ever where it opens the FIFO


def test_no_more_is_read_than_expected(folder: Path) -> None:
    (folder / "large.txt").write_bytes(b"x")
    os.truncate(folder / "large.txt", 3_000_000_000)

    assert read_regular(folder / "below" / "a.vtt", 18) == b"The ferry is late."
    with pytest.raises(FileRefused, match="larger than"):
        read_regular(folder / "below" / "a.vtt", 17)
    with pytest.raises(FileRefused, match="larger than 1 MB"):
        read_regular(folder / "large.txt", 2**20)
