"""The lines around an article that are not its text; lines and texts compared."""

from __future__ import annotations

import re
from functools import lru_cache

from episodes.values import ParagraphText
from transcripts.tokens import surface

#: Words of a run, and the share of runs that two texts have in common if they are one article.
_SHINGLE, _ALIKE = 4, 0.9
#: A longer paragraph is somebody's sentence, whatever its first words.
_BOILERPLATE_WORDS = 35

#: A run of signs is looked at from its beginning only: else a long one takes time by its square.
_MARKS = re.compile(r"^[\W_]+|(?<![\W_])[\W_]+$")
_WHOLE = re.compile(
    r"""(?:(?:continue|keep)\ reading | read\ (?:more|on|the\ full\ (?:article|story)(?:\ here)?) | share(?:\ (?:this|on).{0,60})?
    | (?:facebook|twitter|x|whatsapp|telegram|email|print|reddit|linkedin|pinterest|copy\ link|tweet|pin|mail|more)
      (?:[\s,|/·•]+(?:facebook|twitter|x|whatsapp|telegram|email|print|reddit|linkedin|pinterest|copy\ link|tweet|pin|mail|more))*
    | advertise?ments? | sponsored | loading | related(?:\ (?:articles?|posts?|stories|topics?|items))?(?:\ ?:.*)?
    | leave\ a\ (?:comment|reply) | (?:no|\d+)\ comments? | skip\ to\ (?:main\ )?content | back\ to\ top | next\ (?:article|post|up)
    | previous\ (?:article|post) | you\ (?:may|might)\ (?:also\ )?like(?:\ this)? | don'?t\ miss(?:\ it)? | up\ next | trending
    | all\ rights\ reserved | photo\ credits? | tags?\ ?:.* | filed\ under\ ?:.* | listen\ to\ this\ article)""",
    re.VERBOSE | re.IGNORECASE,
)
_PLATFORM = r"(?:facebook|twitter|x|instagram|youtube|telegram|whatsapp|tiktok|linkedin|rumble|odysee|mastodon|threads|patreon|social|our)"
_START = re.compile(
    rf"""(?:(?:please\ )?(?:remember|don'?t\ forget|be\ sure|make\ sure)\ to\ (?:subscribe|like|share|follow|sign\ up|donate|support)\b
    | (?:please\ )?subscribe\ (?:to\ (?:our|the|this|us|my)|now|here|today|for\ (?:free|more)|via)\b
    | (?:please\ )?sign\ up\ (?:for|to)\ (?:our\b|my\b|(?:\w+\ ){{0,4}}newsletter) | (?:get|receive)\ our\ (?:\w+\ )?newsletter
    | (?:please\ )?(?:follow|find|join|like|visit)\ (?:us|me)\ on\ {_PLATFORM}\b | join\ our\ (?:mailing\ list|newsletter|\w+\ channel)
    | (?:please\ )?(?:donate\ (?:now|here|to\ us|via|today)|make\ a\ donation\ (?:to\ us|now|here|today)|(?:help\ )?support\ us\b)
    | (?:please\ )?(?:help\ )?support\ our\ (?:work|site|channel|journalism|reporting) | become\ a\ (?:patron|supporter|subscriber)\b
    | (?:if\ you\ )?(?:enjoy(?:ed)?|liked?)\ (?:this\ (?:article|post|story|video|episode)|what\ you\ (?:see|read|hear))
    | click\ here\ (?:to|for)\b | share\ this\ (?:article|post|story|page|with)\b | (?:copyright\ ?)?© | \(c\)\ \d{{4}}
    | this\ (?:site|website)\ uses\ cookies | we\ use\ cookies | by\ (?:subscribing|signing\ up),?\ you
    | enter\ your\ e-?mail | your\ e-?mail\ address\ will | the\ (?:article|post)\ .{{3,200}}\ (?:first\ )?appeared\ (?:first\ )?on\b)""",
    re.VERBOSE | re.IGNORECASE,
)


def same_words(one: str, other: str) -> bool:
    """Whether two lines are the same but for case, spaces and punctuation; an empty line is like none."""
    bare = _bare(one)
    return bool(bare) and bare == _bare(other)


def contains_words(line: str, words: str) -> bool:
    """Whether a line holds these words in a row, apart from case and punctuation; no words are in none."""
    return bool(_bare(words)) and f" {_bare(words)} " in f" {_bare(line)} "


def is_boilerplate(text: str) -> bool:
    """Whether a line belongs to the site and not to the article: share buttons, newsletter boxes, "Continue Reading"."""
    if len(text.split()) > _BOILERPLATE_WORDS:
        return False
    bare = _MARKS.sub("", text.replace("’", "'"))
    return not bare or bool(_WHOLE.fullmatch(bare) or _START.match(bare) or text.startswith("©"))


def without_boilerplate(paragraphs: list[ParagraphText]) -> tuple[ParagraphText, ...]:
    """The paragraphs that are text of the article."""
    return tuple(part for part in paragraphs if part.text and not is_boilerplate(part.text))


def count_words(text: str) -> int:
    """How many words a text has; in scripts without spaces two characters count as one."""
    spaced = len(text.split())
    return max(spaced, sum(1 for char in text if ord(char) > 0x2E7F) // 2)


@lru_cache(maxsize=1 << 11)  # one heading is compared with many
def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip().casefold()


def is_near_duplicate(one: str, other: str) -> bool:
    """Whether nine of ten runs of four words stand in both texts; short texts have to be the same."""
    first, second = _shingles(one), _shingles(other)
    return len(first & second) >= _ALIKE * len(first | second)


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = surface(text.casefold())
    return {tuple(words[at : at + _SHINGLE]) for at in range(max(1, len(words) - _SHINGLE + 1))}
