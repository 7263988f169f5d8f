"""Any media file as 16 kHz mono samples, streamed. The only package that imports PyAV.

opening.py   ``open_audio``: which formats are opened, and what is refused
reader.py    ``Audio``: read an open file from front to back
timeline.py  decoded frames on one gapless line of samples
downmix.py   two channels to one; the type and rate of samples
"""

from transcripts.audio.downmix import RATE, Samples
from transcripts.audio.opening import open_audio
from transcripts.audio.reader import Audio

__all__ = ["RATE", "Audio", "Samples", "open_audio"]
