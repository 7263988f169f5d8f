"""Responses to yt-dlp's requests: bodies that stay within their limits, and guard errors as yt-dlp's."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import ExitStack

from yt_dlp.networking import Response
from yt_dlp.networking.exceptions import RequestError, TransportError

from episodes.errors import AddressRefused, NotFetched, TooLarge
from episodes.sources.download_limits import ByteBudget


class GuardedResponse(Response):  # type: ignore[misc] # yt-dlp publishes no types
    """A response whose body stays within its limits."""

    def read(self, amt: int | None = None) -> bytes:
        """Return the next bytes, or all."""
        try:
            data: bytes = self.fp.read(amt)
        except NotFetched as error:
            self.close()
            raise to_request_error(error) from error
        if self.fp.closed:
            self.close()
        return data


class Body(io.RawIOBase):
    """A body as a file object; at most ``whole`` bytes if it is read in one piece."""

    def __init__(self, chunks: Iterator[bytes], held: ExitStack, budget: ByteBudget, whole: int) -> None:
        self._chunks, self._held, self._budget, self._whole = chunks, held, budget, whole
        self._buffer = bytearray()

    def readable(self) -> bool:
        """Return True."""
        return True

    def read(self, size: int | None = -1) -> bytes:
        """Return up to this many bytes, or all; close the body at its end.

        Raises:
            NotFetched: it exceeds its limits, or the connection failed.
        """
        everything = size is None or size < 0
        most = self._whole if everything else size or 0
        while len(self._buffer) < most + everything:
            chunk = next(self._chunks, None)
            if chunk is None:
                self.close()
                break
            self._budget.take(len(chunk))
            self._buffer += chunk
        if everything and len(self._buffer) > most:
            raise TooLarge("", f"it is larger than {most / 1_000_000:.0f} MB")
        taken = bytes(self._buffer[:most])
        del self._buffer[:most]
        return taken

    def close(self) -> None:
        """Release the connection."""
        held, self._held = self._held, ExitStack()
        held.close()
        super().close()


def to_request_error(error: NotFetched) -> RequestError:
    """Convert a guard error to one that yt-dlp passes on.

    A refusal is final; anything else may be retried by yt-dlp, within the remaining budget.
    """
    kind = RequestError if isinstance(error, AddressRefused) else TransportError
    return kind(error.detail, cause=error)
