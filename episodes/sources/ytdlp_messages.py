"""The one table of yt-dlp's own sentences, and the log that collects them. yt-dlp itself is not imported here.

Fields and classes are used wherever yt-dlp has them: ``live_status`` and ``availability`` (``decisions``), the status
of an HTTP error and the cause of any error (``ytdlp_errors``). They do not cover everything: with
``ignore_no_formats_error`` the extractors report a removed, region-locked or DRM-protected video by ``report_warning``
with a sentence and nothing else (``raise_no_formats``, ``raise_geo_restricted``, ``raise_login_required`` and
``report_drm`` in yt-dlp 2026.10.26), and YouTube's rate limit is a sentence of the site. If yt-dlp rewords one of them,
this is the place to change.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from episodes.logs import logger

log = logger(__name__)

#: The site wants a pause.
_RATE_LIMIT = re.compile(
    r"HTTP Error 429|too many requests|rate.?limit(?:ed|ing)?\b|"
    r"content isn.t available, try again later|confirm (?:you.re|that you are) not a (?:ro)?bot",
    re.IGNORECASE,
)
#: The video will not come back, or not for this reader.
_PERMANENT = re.compile(
    r"removed|deleted|terminated|no longer available|private video|video unavailable|copyright|\bdrm\b|does not exist|"
    r"in your (?:country|location|region)|members.only|join this channel",
    re.IGNORECASE,
)
#: Says that nothing can be played, and not why.
_NO_REASON = re.compile(r"Requested format|No video formats")
#: What is around a message: its level, its cause, the request to report a bug; then the extractor and the video's id.
_AROUND = re.compile(r"^(?:ERROR|WARNING):\s*|\(caused by .*|;? please report this issue on .*", re.DOTALL)
_EXTRACTOR = re.compile(r"^\[[^\]]*\]\s*(?:\S+:\s)?")
#: URLs occur in messages and may contain any word.
_URL = re.compile(r"https?://\S++", re.IGNORECASE)


def is_rate_limited(text: str) -> bool:
    """True if a message says that the site's rate limit is reached."""
    return _RATE_LIMIT.search(_URL.sub("", text)) is not None


def is_permanent(text: str) -> bool:
    """True if a message says that a video is gone or closed for good, so that a retry is useless."""
    return _PERMANENT.search(text) is not None


def gives_reason(text: str) -> bool:
    """False if a message only says that no format can be played."""
    return _NO_REASON.search(text) is None


def plain_message(text: str) -> str:
    """Strip from a message its level, extractor, cause and request to report a bug."""
    return " ".join(_EXTRACTOR.sub("", _AROUND.sub("", text.strip())).split())


@dataclass
class MessageLog:
    """yt-dlp's logger: collects warnings, logs everything, prints nothing."""

    warnings: list[str] = field(default_factory=list)

    def debug(self, message: str) -> None:
        """Log only."""
        log.debug("yt-dlp: %s", message)

    def warning(self, message: str) -> None:
        """Keep it: the reason why a video cannot be played is among the warnings."""
        log.info("yt-dlp warns: %s", message)
        self.warnings.append(plain_message(message))

    def error(self, message: str) -> None:
        """Log only; yt-dlp raises the error as well."""
        log.info("yt-dlp fails: %s", message)
