"""The sample show: four episodes, three companion articles, and a voice that hears them. All of it is fictional.

It is what `nir demo` indexes and what the tests hear, without network or download. Everything on the way is real: yt-dlp
reads a feed, Whisper transcribes audio, articles are cut out of pages. Only the show is small.

    show.json    what there is, which article belongs to which episode, and what should tell
    said.json    who said what when: what transcripts are measured against, never what they are made from
    media/       the sound, as a feed offers it; the file's stem is the episode's id
    captions/    the captions that one episode is published with
    site/        feed and pages; `{base}` stands for the server's address
    server.py    the site on a web server of its own, on loopback
    voice.py     the checkpoint, unpacked for `whisper.load_model`
    voice.pt.xz  a Whisper checkpoint, compressed: `unpack_voice` makes it what `whisper.load_model` reads

The voice knows two synthetic speakers and the 78 sentences of this show, in any order, and nothing else: any other
recording comes out as sentences of this show. It is no measure of Whisper. It writes with timestamps and without a prompt
of earlier text (about one word of a hundred wrong); conditioned on previous text, or without timestamps, it is poor. It was
taught with these speakers at other pitches and speeds, so the recordings here are new to it, though not their words. The
speakers are espeak-ng, the texts were written for this project, and `tests/voice` made the rest:

    python -m tests.voice.synth --clips clips.npz
    python -m tests.voice.train clips.npz episodes/sample/voice.pt.xz
"""
