"""How well real speech is heard, ours and its peers side by side in one run on official weights.

    python -m tests.quality.real_speech FOLDER --cache WEIGHTS [--model base] [--system nir-int8] [--files] [--json FILE]

    recordings.py   sound whose words and times are known
    systems.py      ours in its ways, openai-whisper, faster-whisper in its ways
    weights.py      official weights, fetched on demand and checked by hash; converted.py turns them into whisper's form
    judge.py        pure: word error, invented and misplaced words, gaps, loops, how far times are off

Seconds are of hearing alone, with the model loaded and one file heard before; compare them within a run on a quiet machine only.
"""
