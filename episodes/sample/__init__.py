"""The sample show: four episodes, three companion articles, and a small Whisper checkpoint. All of it is fictional.

`nir demo` indexes it and the tests transcribe it, without network or download. Every step is real: yt-dlp reads a feed,
Whisper transcribes audio, articles are extracted from pages. Only the show is small.

    show.json    the manifest: episodes, articles, which article belongs to which episode and by what evidence
    said.json    who said what when: the ground truth for measuring transcripts, never a source of them
    media/       the audio that the feed offers; a file's stem is the episode's id
    captions/    the captions that one episode is published with
    site/        feed and pages; `{base}` is replaced by the server's URL
    server.py    serves the site on loopback
    voice.py     unpacks the checkpoint for `whisper.load_model`
    voice.pt.xz  the Whisper checkpoint, compressed

The checkpoint can transcribe two synthetic speakers and the 78 sentences of this show, in any order, and nothing else:
any other recording comes out as sentences of this show. It says nothing about Whisper's quality. Use it with timestamps
and without conditioning on previous text (about one word in a hundred is wrong); otherwise it is poor. It was trained
on these speakers at other pitches and speeds, so these recordings are new to it, but their words are not. The speakers
are espeak-ng, the texts were written for this project, and `tests/voice` made the rest:

    python -m tests.voice.synth --clips clips.npz
    python -m tests.voice.train clips.npz episodes/sample/voice.pt.xz
"""
