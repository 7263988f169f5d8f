"""Windows on disk: whole steps come back, whatever a kill left behind them."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.engine import Window
from transcripts.engine.window_journal import WindowJournal
from transcripts.words import Segment

STEPS = [
    [
        Window(at * 30.0, at * 30.0 + 28.4, 600.1, (Segment(at + 0.1, at + 7.3, "Harbour\tnews\nat noon"),), "en")
        for at in step
    ]
    for step in ((0, 9), (1, 10), (2,))
]


@given(st.data())
def test_what_a_kill_left_is_whole_steps_and_can_be_resumed(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "far", "sound.heard")
        sizes = [0]
        for step in STEPS:
            WindowJournal(path).add(step)
            sizes.append(path.stat().st_size)
        cut = data.draw(st.integers(0, sizes[-1]))
        path.write_bytes(path.read_bytes()[:cut])
        there = sum(size <= cut for size in sizes[1:])
        kept = WindowJournal(path)
        assert list(kept.windows) == [window for step in STEPS[:there] for window in step]
        for step in STEPS[there:]:
            kept.add(step)
        assert list(WindowJournal(path).windows) == [window for step in STEPS for window in step]
        kept.remove()
        kept.remove()
        assert WindowJournal(path).windows == ()


@pytest.mark.parametrize("content", [b"\xff\xfe\n", b"none of ours\n", b'{"start": 0}\n'])
def test_a_file_that_is_none_of_ours_is_begun_anew(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "sound.heard"
    path.write_bytes(content)
    kept = WindowJournal(path)
    assert kept.windows == ()
    kept.add(STEPS[0])
    assert list(WindowJournal(path).windows) == STEPS[0]


def test_a_window_is_there_once_though_two_runs_kept_it(tmp_path: Path) -> None:
    for _ in range(2):
        WindowJournal(tmp_path / "sound.heard").add(STEPS[0])
    assert list(WindowJournal(tmp_path / "sound.heard").windows) == STEPS[0]
