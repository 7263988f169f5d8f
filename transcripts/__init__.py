"""Sound in, timed words out. It knows no database, no address and no episode, and can be used alone.

    words.py            Word, Segment, Transcript: frozen values, times in seconds
    audio/              any media file -> 16 kHz mono, streamed: the only package that imports PyAV
    spool.py            a file's sound on disk, read at any place
    engine/             Whisper behind a narrow interface: the only door to whisper and torch
    captions/           VTT, SRT, json3, feed JSON -> Transcript; rolling captions undone
    names/              pure: names to expect, how they sound, what was heard in their place
    quality/            pure: reasons to doubt segments; what was heard against captions
    formats.py          Transcript -> JSON, VTT, SRT, TXT, TSV
    subtitles.py        pure: a long segment as subtitles
    transcript_json.py  our own JSON, both ways
    clock.py            pure: clock times
    validation.py       pure: values from outside, checked
    bounded_json.py     JSON from outside, within bounds of size, number of values and depth
    turns.py            pure: where a speaker begins, or goes on after a pause
    text.py             pure: text from outside, fit to be kept and read
    tokens.py           pure: a text's words as texts are compared
    engine_options.py   the name of an engine and a model
    errors.py           what can go wrong

Upper files import lower ones: engine, captions and formats; then names, quality, spool, audio and transcript_json; then
validation, bounded_json and clock; then text, tokens, words and errors.

    from transcripts.engine import load, transcribe
    from transcripts.formats import write

    write(transcribe(load("base.en"), Path("episode.m4a")), "vtt", sys.stdout)
"""
