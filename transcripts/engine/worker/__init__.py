"""An engine in a worker process: a crash costs the file that caused it, not the run.

supervisor.py  WorkerEngine: an Engine that restarts its worker process, and finds out which file kills it
process.py     the parent's end: start the process, send requests, receive responses, time out
main.py        the worker's end: run the engine, and exit with the parent
messages.py    the messages between them

The parent loads neither torch nor whisper.

Why not ``multiprocessing``? Its ``spawn`` method runs the parent's main module again in the child. In a program that calls
``transcripts.transcribe`` or ``open_catalog`` without ``if __name__ == "__main__"``, that starts the program a second time, which ends
in a RuntimeError (tried with Python 3.11); ``fork`` is unsafe beside the threads of torch. What it would save here is the framing of
pickled messages and the reader thread, some fifty lines: Ctrl-C, timeouts, the exit reason, and a child that must not outlive a
killed parent need the same code with it.
"""

from transcripts.engine.worker.supervisor import WorkerEngine

__all__ = ["WorkerEngine"]
