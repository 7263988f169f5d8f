"""Decide what to do with an episode: take it, wait, or skip it. Pure; ``now`` is a parameter."""

from __future__ import annotations

from datetime import datetime, timedelta

from episodes.errors import Usage
from episodes.sources.ytdlp_messages import is_permanent
from episodes.values import EpisodeInfo, Outcome, State

#: How long to wait for a stream to end, or for a premiere without a date.
AN_HOUR = timedelta(hours=1)

_RESTRICTED = {
    "private": "the video is private",
    "premium_only": "only paying customers of the site can see it",
    "subscriber_only": "only members of the channel can see it",
    "needs_auth": "only people who are logged in can see it; give a cookies file of a login",
}
#: Limits against ReDoS: seconds of a search (``re`` has no timeout, ``regex`` has), characters of a title.
_SECONDS, _LONGEST_TITLE = 1.0, 1000
_TOO_SLOW = "this expression takes too long on a title; write it without nested repetitions such as (a+)+"
#: Expressions that took too long in this run; one title is enough.
_TOO_SLOW_PATTERNS: set[str] = set()


def decide(info: EpisodeInfo, now: datetime, match: str = "") -> Outcome | None:
    """Return None to take the episode, else the outcome that says why not. ``match`` is the show's regex for titles.

    Raises:
        Usage: ``match`` is no regular expression.
    """
    if not title_matches(info.title, match):
        return _outcome(info, State.SKIPPED, f"its title does not match {match!r}")
    if info.live_status == "is_upcoming":
        announced = info.release_at if info.release_at and info.release_at > now else now + AN_HOUR
        return _outcome(info, State.WAITING, "it has not begun yet", announced)
    if info.live_status in ("is_live", "post_live"):
        reason = "it is live" if info.live_status == "is_live" else "it has just ended and is not complete yet"
        return _outcome(info, State.WAITING, reason, now + AN_HOUR)
    return _unplayable(info)


def title_matches(title: str, match: str) -> bool:
    """True if the show's regex is found in the title, ignoring case. An empty one matches all.

    Raises:
        Usage: it is no regular expression, or takes so long on a title that it would hang a run (ReDoS).
    """
    if not match:
        return True
    import regex

    if match in _TOO_SLOW_PATTERNS:
        raise Usage(match, _TOO_SLOW)
    try:
        return regex.search(match, title[:_LONGEST_TITLE], regex.IGNORECASE, timeout=_SECONDS) is not None
    except regex.error as error:
        raise Usage(match, f"no regular expression: {error}") from error
    except TimeoutError as error:
        _TOO_SLOW_PATTERNS.add(match)
        raise Usage(match, _TOO_SLOW) from error


def _unplayable(info: EpisodeInfo) -> Outcome | None:
    """Skip what is gone or restricted; fail what may come back, so that `nir retry` tries it again."""
    if info.extra.get("playable"):
        return None
    problem = str(info.extra.get("problem", ""))
    if info.availability in _RESTRICTED:
        return _outcome(info, State.SKIPPED, _RESTRICTED[info.availability])
    if problem and not info.captions:
        return _outcome(info, State.SKIPPED if is_permanent(problem) else State.FAILED, problem)
    return None


def _outcome(info: EpisodeInfo, state: State, reason: str, until: datetime | None = None) -> Outcome:
    return Outcome(info.identity, state, reason, until, info.title)
