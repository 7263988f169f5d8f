"""How the sample show was made: what was said (`script`), by whom (`synth`), and who learnt to hear it (`train`).

Nothing here runs in the tests. It is kept so that the sample can be made again, or made anew from other sentences:

    python -m tests.voice.synth --clips clips.npz     # espeak-ng; a minute: media, captions, said.json, and the clips
    python -m tests.voice.train clips.npz episodes/sample/voice.pt.xz    # two processor cores; see --help

The first writes the media byte for byte as they are, given the same espeak-ng and FFmpeg.
"""
