"""The engine: the chunks of many files in parallel, one batch of windows after another.

It does what ``whisper.transcribe`` does without conditioning on previous text, with these differences:
- A file is cut into windows at pauses in speech (``vad_chunking.py``), which run in parallel with those of other files.
  With ``parallel_chunks=1``, text and times are those of ``whisper.transcribe``.
- Sound is streamed to disk and its mel spectrogram computed a window at a time, so hours need no more memory than a
  minute.
- A window that is longer than its sound is padded with five seconds of silence. ``transcribe`` pads to 30 seconds with
  zeros in mel space, which sound like a murmur.
- A window is encoded once, and every temperature decodes from that.
- Silent windows are skipped.
- A window whose text has quality marks is transcribed again in other ways.
- A sentence that begins too late in a window to be written is not cut (see ``segments.py``).
- The prompt (names and words to expect) precedes every window, not only the first.
- No time is after the end of the sound.

A batch always holds the first unfinished chunks, in order of jobs and time. So it depends only on the jobs and what is
done of them, and a resumed run continues with the batches it would have had. Temperature 0 is deterministic; higher
ones sample with a generator seeded by the window's position.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from transcripts.engine.chunks import CHUNKING_VERSION, Chunk
from transcripts.engine.interface import Ended, Job, Padding, Step, Transcribed, Window
from transcripts.engine.openai_whisper import vad
from transcripts.engine.openai_whisper.decoding import Decoder
from transcripts.engine.openai_whisper.job_state import JobState, WindowTask
from transcripts.engine.openai_whisper.languages import main_language
from transcripts.engine.openai_whisper.mel import HOP, WINDOW, Mel, padded_length
from transcripts.engine.openai_whisper.tokenizer import language_code, prompt_tokens
from transcripts.engine.openai_whisper.window_transcriber import WindowTranscriber
from transcripts.engine.vad_chunking import plan_chunks
from transcripts.errors import TranscriptError
from transcripts.spool import spool

if TYPE_CHECKING:
    import torch
    from whisper.model import Whisper


class WhisperEngine:
    """A loaded Whisper model; created by ``load``. Not thread-safe.

    ``batch`` is the number of windows transcribed at once; None chooses as many as are fastest and fit into memory.
    ``folder`` holds the decoded sound, 115 MB an hour, during transcription; default: the system's temporary folder.
    """

    def __init__(
        self,
        name: str,
        model: Whisper,
        precision: str = "auto",
        *,
        batch: int | None = None,
        folder: Path | None = None,
    ) -> None:
        self.name = name
        self._model = model
        self._decoder = Decoder(model, precision)
        self._mel = Mel(model.dims.n_mels, model.device)
        self._batch = batch or self._decoder.best_batch
        self._folder = folder

    @property
    def signature(self) -> str:
        """See ``Engine.signature``."""
        return f"{self.name} {self._decoder.precision} stripes {CHUNKING_VERSION}"  # stored with windows: the old word for chunks

    @property
    def remark(self) -> str:
        """See ``Engine.remark``."""
        import torch

        gpu = self._model.device.type == "cuda"
        where = torch.cuda.get_device_name(self._model.device) if gpu else f"{torch.get_num_threads()} threads"
        return f"{self._decoder.precision}: {self._decoder.reason}; up to {self._batch} windows at once on {where}"

    def transcribe(self, jobs: Iterable[Job]) -> Iterator[Step]:
        """See ``Engine.transcribe``."""
        opened: list[JobState] = []
        try:
            for job in jobs:
                yield from self._open(job, opened)
                while len(tasks := _next_tasks(opened)) >= self._batch:
                    yield self._step(tasks, opened)
            while tasks := _next_tasks(opened):
                yield self._step(tasks, opened)
        finally:
            for state in opened:
                state.close()

    def _open(self, job: Job, opened: list[JobState]) -> Iterator[Step]:
        """Open a job, unless it has ended already: with an error, or because all of it is done."""
        try:
            state = self._open_state(job)
        except TranscriptError as error:
            yield Step(ended=(Ended(job.key, error),))
            return
        opened.append(state)
        if ended := _close_finished(opened):
            yield Step(ended=ended)

    def _open_state(self, job: Job) -> JobState:
        language = language_code(self._model, self.name, job.options.language)
        sound = spool(job.path, self._folder)
        try:
            frames = sound.samples // HOP
            voice = vad.detect_speech(sound, self._decoder.each)
            plan = (Chunk(0, frames),) if job.options.faithful else plan_chunks(voice.speech, voice.levels, frames)
            loudest = self._mel.loudest(sound)
            others = language is None and not job.options.faithful
            language = language or next((window.language for window in job.done if window.language), None)
            options = replace(job.options, language=language)
            state = JobState(job, sound, voice, plan, options, prompt_tokens(self._model, options), loudest, others)
            if language is None:
                self._find_language(state)
            return state
        except BaseException:
            sound.close()
            raise

    def _find_language(self, state: JobState) -> None:
        """Set the main language. It stays None if everything is silent."""
        if state.options.faithful:
            features = [self._features(task, "silence") for task in state.next_tasks()]
        else:
            tasks = state.language_samples()
            features = self._decoder.each(self._encode, tasks)
            state.encoded.update(((task.start, task.end), one) for task, one in zip(tasks, features, strict=True))
        state.options = replace(state.options, language=main_language(self._decoder, features))

    def _step(self, tasks: list[WindowTask], opened: list[JobState]) -> Step:
        """Transcribe the first windows of ``tasks``."""
        batch = tasks[: self._batch]
        silent = [task for task in batch if task.silent]
        windows = {task: task.finish((), task.frames) for task in silent}
        windows |= self._transcribe([task for task in batch if task not in windows])
        transcribed = tuple(Transcribed(task.state.job.key, windows[task]) for task in batch)
        return Step(transcribed, _close_finished(opened))

    def _transcribe(self, tasks: list[WindowTask]) -> dict[WindowTask, Window]:
        results = WindowTranscriber(self._model, self._decoder, self._encode).transcribe(tasks)
        return {task: task.finish(one.segments, one.frames) for task, one in zip(tasks, results, strict=True)}

    def _encode(self, task: WindowTask) -> torch.Tensor:
        """Return the encoder's features of one window."""
        known = task.state.encoded.pop((task.start, task.end), None)
        options = task.state.options
        padding = options.padding or ("zeros" if options.faithful else "silence")
        return self._features(task, padding) if known is None else known

    def _features(self, task: WindowTask, padding: Padding) -> torch.Tensor:
        state = task.state
        length = WINDOW if state.options.faithful else padded_length(task.frames, quiet=task.quiet)
        mel = self._mel.window(state.spool, task.start, task.end, state.loudest, padding, length)
        return self._decoder.encode(mel)


def _next_tasks(opened: Iterable[JobState]) -> list[WindowTask]:
    return [task for state in opened for task in state.next_tasks()]


def _close_finished(opened: list[JobState]) -> tuple[Ended, ...]:
    """Close the jobs that are complete."""
    finished = [state for state in opened if not state.next_tasks()]
    for state in finished:
        state.close()
        opened.remove(state)
    return tuple(Ended(state.job.key) for state in finished)
