"""The engine: the stripes of many files in lockstep, a batch of windows at a time.

It does what ``whisper.transcribe`` does without conditioning on previous text, but for these:
- a file is heard in windows that begin and end where people do (``vad_chunking.py``), side by side with those of other files; with
  one stripe asked for, text and times are those of ``whisper.transcribe``;
- sound is streamed to disk and its mel computed a window at a time, so hours cost no more memory than a minute;
- a window that the sound does not fill is filled up with five seconds of silence. ``transcribe`` fills up half a minute with zeros in mel
  space, a murmur;
- a window is encoded once, and every temperature decodes from that;
- windows without any sound are passed over, not decoded;
- a window whose text has marks of doubt is heard a second time in another way;
- a sentence that begins too late in a window to be written is not cut (see ``segments.py``);
- the prompt (names and words to expect) stands before every window, not only the first;
- times never lie behind the sound's end.

A batch is always the first unfinished stripes, in the order of the jobs and of the seconds. So it follows from the jobs and what is
done of them, and a run that is continued goes on with the batches it would have had. Temperature 0 is deterministic by itself;
higher ones draw from a generator seeded by the window's position.
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
from transcripts.engine.openai_whisper.job_state import Listening, Turn
from transcripts.engine.openai_whisper.languages import main_language
from transcripts.engine.openai_whisper.mel import FRAME, WINDOW, Mel, filled_up
from transcripts.engine.openai_whisper.tokenizer import language_code, prompt_tokens
from transcripts.engine.openai_whisper.window_transcriber import Ear
from transcripts.engine.vad_chunking import plan_chunks
from transcripts.errors import TranscriptError
from transcripts.spool import spool

if TYPE_CHECKING:
    import torch
    from whisper.model import Whisper


class WhisperEngine:
    """A loaded Whisper model; made by ``load``. It is not for several threads at once.

    ``batch`` is the number of windows heard at once; None takes as many as are fastest and fit into memory. ``folder`` takes the
    decoded sound, 115 MB an hour, while it is heard; by default the system's folder for temporary files.
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
        return f"{self.name} {self._decoder.precision} stripes {CHUNKING_VERSION}"

    @property
    def remark(self) -> str:
        """See ``Engine.remark``."""
        import torch

        gpu = self._model.device.type == "cuda"
        where = torch.cuda.get_device_name(self._model.device) if gpu else f"{torch.get_num_threads()} threads"
        return f"{self._decoder.precision}: {self._decoder.why}; up to {self._batch} windows at once on {where}"

    def transcribe(self, jobs: Iterable[Job]) -> Iterator[Step]:
        """See ``Engine.transcribe``."""
        opened: list[Listening] = []
        try:
            for job in jobs:
                yield from self._open(job, opened)
                while len(turns := _turns(opened)) >= self._batch:
                    yield self._step(turns, opened)
            while turns := _turns(opened):
                yield self._step(turns, opened)
        finally:
            for listening in opened:
                listening.close()

    def _open(self, job: Job, opened: list[Listening]) -> Iterator[Step]:
        """Take a job in, unless it has ended already: by an error, or because everything in it is done."""
        try:
            listening = self._listening(job)
        except TranscriptError as error:
            yield Step(ended=(Ended(job.key, error),))
            return
        opened.append(listening)
        if ended := _leave(opened):
            yield Step(ended=ended)

    def _listening(self, job: Job) -> Listening:
        language = language_code(self._model, self.name, job.options.language)
        sound = spool(job.path, self._folder)
        try:
            frames = sound.samples // FRAME
            voice = vad.judged(sound, self._decoder.each)
            plan = (Chunk(0, frames),) if job.options.faithful else plan_chunks(voice.speech, voice.levels, frames)
            loudest = self._mel.loudest(sound)
            others = language is None and not job.options.faithful
            language = language or next((window.language for window in job.done if window.language), None)
            options = replace(job.options, language=language)
            listening = Listening(
                job, sound, voice, plan, options, prompt_tokens(self._model, options), loudest, others
            )
            if language is None:
                self._find_language(listening)
            return listening
        except BaseException:
            sound.close()
            raise

    def _find_language(self, listening: Listening) -> None:
        """Set the main language, which stays None if all is still."""
        if listening.options.faithful:
            features = [self._features(turn, "silence") for turn in listening.turns()]
        else:
            turns = listening.telling()
            features = self._decoder.each(self._encode, turns)
            listening.encoded.update(((turn.start, turn.end), one) for turn, one in zip(turns, features, strict=True))
        listening.options = replace(listening.options, language=main_language(self._decoder, features))

    def _step(self, turns: list[Turn], opened: list[Listening]) -> Step:
        """Hear the first windows of those that are to be heard."""
        batch = turns[: self._batch]
        still_ones = [turn for turn in batch if turn.silent]
        windows = {turn: turn.finish((), turn.frames) for turn in still_ones}
        windows |= self._hear([turn for turn in batch if turn not in windows])
        heard = tuple(Transcribed(turn.listening.job.key, windows[turn]) for turn in batch)
        return Step(heard, _leave(opened))

    def _hear(self, turns: list[Turn]) -> dict[Turn, Window]:
        heard = Ear(self._model, self._decoder, self._encode).transcribe(turns)
        return {turn: turn.finish(one.segments, one.frames) for turn, one in zip(turns, heard, strict=True)}

    def _encode(self, turn: Turn) -> torch.Tensor:
        """The encoder's features of one window."""
        known = turn.listening.encoded.pop((turn.start, turn.end), None)
        options = turn.listening.options
        padding = options.padding or ("zeros" if options.faithful else "silence")
        return self._features(turn, padding) if known is None else known

    def _features(self, turn: Turn, padding: Padding) -> torch.Tensor:
        listening = turn.listening
        length = WINDOW if listening.options.faithful else filled_up(turn.frames, quiet=turn.quiet)
        mel = self._mel.window(listening.spool, turn.start, turn.end, listening.loudest, padding, length)
        return self._decoder.encode(mel)


def _turns(opened: Iterable[Listening]) -> list[Turn]:
    return [turn for listening in opened for turn in listening.turns()]


def _leave(opened: list[Listening]) -> tuple[Ended, ...]:
    """Let go of the jobs that have been heard to their end."""
    finished = [listening for listening in opened if not listening.turns()]
    for listening in finished:
        listening.close()
        opened.remove(listening)
    return tuple(Ended(listening.job.key) for listening in finished)
