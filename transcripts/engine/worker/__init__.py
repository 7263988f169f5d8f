"""An engine in a process of its own: what kills it costs the file that it heard, not the run.

supervisor.py      WorkerEngine: an Engine that goes on with a fresh process when one dies, and finds out which file kills it
process.py    the parent's end: a process, what it is told, what it answers, how it ended
main.py     the child's end: the engine, and the watch over the parent
messages.py   what passes between them

The parent loads neither torch nor whisper.
"""

from transcripts.engine.worker.supervisor import WorkerEngine

__all__ = ["WorkerEngine"]
