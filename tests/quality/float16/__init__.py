"""float16 on a GPU beside float32, on real recordings and on random weights as wide as those of large-v3-turbo.

    python -m tests.quality.float16 FOLDER --checkpoint base.pt [--peer FOLDER] [--way NAME] [--only NAME] [--random] [--json FILE]

    ways.py      ours: a device and a precision, the set at once or a file at a time
    peers.py     faster-whisper in float16, in a process of its own: what its libraries lack must not end the others
    speed.py     tokens a second and memory by how many rows are decoded at once
    report.py    pure: how many words differ, and the table

Without a CUDA device it says so and measures nothing. Seconds are of hearing alone, with the model loaded and one file heard before.
"""
