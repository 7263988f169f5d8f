"""How fast a file becomes words, everything included: ``python -m tests.benchmarks.end_to_end [--dims base] [--minutes 10] [--json]``.

Decoding of the media, voice detection, mel, windows and segments are timed, besides what ``tests.benchmarks.transcribe`` times; loading
the model is not. The file is Opus, the sample's sentences with pauses. All take turns in one process, with the same random weights. A
ratio above 1 means that ours is faster.

Everyone writes 100 tokens a window: the weights make the end of a text, and every timestamp but the first, all but impossible, so that no
text ends by itself and each goes on by a whole window; public options set the length, one temperature, and no thresholds. What differs:

- ours begins and ends windows where people do, and hears quiet stretches too: it hears more windows than the others;
- ``whisper.transcribe`` opens files by the program ffmpeg; where that is missing it is given what our own reader decodes, timed too;
- faster-whisper batched deletes what its voice detection takes for silence, and writes no timestamps: both are its defaults;
- those that take one window after the other, and slowly, are given a shorter file, and their seconds are scaled.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
import torch
from whisper.model import Whisper
from whisper.tokenizer import get_tokenizer

from tests.benchmarks import peers
from tests.quality.transcription import talk
from tests.transcripts.converted import convert
from transcripts.audio import RATE, open_audio
from transcripts.engine import Options, transcribe
from transcripts.engine.openai_whisper.engine import WhisperEngine
from transcripts.spool import spool

TOKENS = 100
SLOW = 1.5
"""Minutes that those are given which take one window after the other with a beam; three times as many without one."""

GREEDY = Options(temperatures=(0.0,), avg_logprob=-1e9, compression_ratio=1e9, no_speech_prob=2.0)


@dataclass(frozen=True)
class Peer:
    """A way to hear a file, which tells how many windows it heard; ``most`` is how many minutes it is given."""

    name: str
    hear: Callable[[Path], int]
    most: float = float("inf")


def main() -> None:
    asked = _asked()
    report = measured(asked.dims, asked.minutes, asked.rounds)
    if not asked.json:
        table(report)
    print(json.dumps(report))


def measured(dims: str, minutes: float, rounds: int = 1) -> dict[str, Any]:
    """{"dims", "minutes", "seconds", "windows", "ratios"}: of each peer the median seconds for the whole file."""
    everyone = [ours(dims), *whispers(dims), *faster_whispers(dims)]
    taken: dict[str, list[float]] = {peer.name: [] for peer in everyone}
    windows: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder, torch.no_grad():
        files = {most: media(Path(folder), most) for most in {min(minutes, peer.most) for peer in everyone}}
        short, _ = media(Path(folder), 0.4)
        for peer in everyone:
            peer.hear(short)  # what is loaded with the first file is not timed
        for _ in range(rounds):
            for peer in everyone:
                file, length = files[min(minutes, peer.most)]
                begun = time.perf_counter()
                heard = peer.hear(file)
                share = files[minutes][1] / length
                taken[peer.name].append((time.perf_counter() - begun) * share)
                windows[peer.name] = round(heard * share, 1)
                print(f"{peer.name}: {taken[peer.name][-1]:.1f} s", file=sys.stderr, flush=True)
    seconds = {name: round(statistics.median(times), 3) for name, times in taken.items()}
    ratios = {name: round(time_ / seconds["ours"], 2) for name, time_ in seconds.items() if name != "ours"}
    length = round(files[minutes][1] / 60, 2)
    return {"dims": dims, "minutes": length, "seconds": seconds, "windows": windows, "ratios": ratios}


def media(folder: Path, minutes: float) -> tuple[Path, float]:
    """An Opus file of about so many minutes, and its seconds."""
    spoken = talk(folder / "talk.wav", minutes)
    file = folder / f"talk-{minutes:g}.opus"
    with spool(spoken.path) as sound, av.open(str(file), "w") as container:
        stream = container.add_stream("libopus", rate=48000, layout="mono")
        whole = np.ascontiguousarray(sound.read(0, sound.samples)[None])
        frame = av.AudioFrame.from_ndarray(whole, format="flt", layout="mono")
        frame.sample_rate = RATE
        for part in av.AudioResampler(format="s16", layout="mono", rate=48000, frame_size=960).resample(frame):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return file, spoken.seconds


def endless(dims: str) -> Whisper:
    """The random weights, with a text that does not end: see the module."""
    model = peers.random_model(dims)
    tokenizer = get_tokenizer(model.is_multilingual)
    width = model.dims.n_text_state
    with torch.no_grad():
        away = torch.randn(width)
        away /= away.norm()
        model.decoder.ln.bias.add_(10 * away)  # what every state has in common, from which these tokens look away
        embedding = model.decoder.token_embedding.weight
        embedding[tokenizer.eot].sub_(5 * away)
        embedding[tokenizer.timestamp_begin + 1 :].sub_(5 * away)
    return model


def ours(dims: str) -> Peer:
    """The engine as it comes, but for the length of a text."""
    engine = WhisperEngine("random", endless(dims))
    decode, rows = engine._decoder.decode, list[int]()

    def exactly(asked: Any, temperature: float = 0.0) -> Any:
        rows.append(len(asked))
        return decode(asked, temperature, exactly=TOKENS)

    engine._decoder.decode = exactly  # type: ignore[method-assign]

    def hear(file: Path) -> int:
        rows.clear()
        transcribe(engine, file, GREEDY)
        return sum(rows)

    return Peer("ours", hear)


def whispers(dims: str) -> list[Peer]:
    """``whisper.transcribe``, greedy and as the command line does."""
    model = endless(dims)
    windows: list[int] = []
    model.encoder.register_forward_hook(lambda *_: windows.append(1))

    def peer(name: str, beam: int | None, most: float) -> Peer:
        def hear(file: Path) -> int:
            windows.clear()
            asked = {"temperature": 0.0, "beam_size": beam, "sample_len": TOKENS, "fp16": False, "language": "en"}
            none = {"compression_ratio_threshold": None, "logprob_threshold": None, "no_speech_threshold": None}
            model.transcribe(_given(file), condition_on_previous_text=False, **asked, **none)
            return len(windows)

        return Peer(name, hear, most)

    return [peer("whisper.transcribe greedy", None, 3 * SLOW), peer("whisper.transcribe beam 5", 5, SLOW)]


def _given(file: Path) -> str | np.ndarray:
    if shutil.which("ffmpeg"):
        return str(file)
    with open_audio(file) as audio:
        blocks = []
        while len(block := audio.read(sum(map(len, blocks)) / RATE, 30)):
            blocks.append(block)
    return np.concatenate(blocks)


def faster_whispers(dims: str) -> list[Peer]:
    """``WhisperModel`` and ``BatchedInferencePipeline`` in int8; none where faster-whisper is not installed."""
    try:
        from faster_whisper import BatchedInferencePipeline, WhisperModel
    except ImportError:
        print("faster-whisper is not installed: pip install news-in-review[faster]", file=sys.stderr)
        return []
    model = endless(dims)
    with tempfile.TemporaryDirectory() as folder:
        made = convert(model, Path(folder, "model"))
        threads = torch.get_num_threads()
        single = WhisperModel(str(made), device="cpu", compute_type="int8", cpu_threads=threads)
    batched = BatchedInferencePipeline(single)
    encode, windows = single.encode, list[int]()

    def counted(features: np.ndarray) -> Any:
        windows.append(len(features) if features.ndim == 3 else 1)
        return encode(features)

    single.encode = counted

    def peer(name: str, by: Any, beam: int, most: float = float("inf"), prompt: int = 1, **more: int) -> Peer:
        def hear(file: Path) -> int:
            windows.clear()
            room = 2 * TOKENS - prompt  # CTranslate2 halves what it is given, prompt included
            none = {"compression_ratio_threshold": None, "log_prob_threshold": None, "no_speech_threshold": None}
            asked = {"temperature": 0.0, "max_new_tokens": room, "language": "en", "condition_on_previous_text": False}
            segments, _ = by.transcribe(str(file), beam_size=beam, **asked, **none, **more)
            list(segments)
            return sum(windows)

        return Peer(f"faster-whisper {name}", hear, most)

    return [
        peer("int8 greedy", single, 1, 3 * SLOW),
        peer("int8 beam 5", single, 5, SLOW),
        peer("batched int8 greedy", batched, 1, prompt=2, batch_size=peers.BATCH),
        peer("batched int8 beam 5", batched, 5, 3 * SLOW, prompt=2, batch_size=peers.BATCH // 2),
    ]


def table(report: dict[str, Any]) -> None:
    print(f"{report['minutes']} minutes\n{'':38} seconds  x real time  windows  ours is faster by")
    for name, taken in report["seconds"].items():
        speed, ratio = 60 * report["minutes"] / taken, report["ratios"].get(name, "")
        print(f"{name:38} {taken:7.1f} {speed:12.1f} {report['windows'][name]:8} {ratio!s:>18}")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dims", choices=sorted(peers.DIMS), default="base")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="the last line only")
    return parser.parse_args()


if __name__ == "__main__":
    main()
