"""An engine in a worker process: a crash costs the file that caused it, not the run.

supervisor.py  WorkerEngine: an Engine that restarts its worker process, and finds out which file kills it
process.py     the parent's end: start the process, send requests, receive responses, time out
main.py        the worker's end: run the engine, and exit with the parent
messages.py    the messages between them

The parent loads neither torch nor whisper.
"""

from transcripts.engine.worker.supervisor import WorkerEngine

__all__ = ["WorkerEngine"]
