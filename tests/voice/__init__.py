"""How the sample show was made: what was said (`script`), by whom (`synth`), and who learnt to hear it (`train`).

Nothing here runs in the tests. It is kept so that the sample can be made again, or made anew from other sentences:

    python -m tests.voice.synth            # espeak-ng: episodes/sample/media, captions, said.json; clips for the training
    python -m tests.voice.train --help     # two processor cores, about half an hour: episodes/sample/voice.pt.xz
"""
