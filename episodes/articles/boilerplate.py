"""Recognise lines that belong to the site and not to the article: share buttons, newsletter boxes … Pure."""

from __future__ import annotations

import re

from episodes.values import ParagraphText

#: Words. A longer paragraph is part of the article, whatever its first words.
_BOILERPLATE_WORDS = 35

#: Match a run of punctuation from its beginning only; otherwise a long run takes quadratic time.
_PUNCTUATION = re.compile(r"^[\W_]+|(?<![\W_])[\W_]+$")
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


def is_boilerplate(text: str) -> bool:
    """True if a line belongs to the site and not to the article."""
    if len(text.split()) > _BOILERPLATE_WORDS:
        return False
    bare = _PUNCTUATION.sub("", text.replace("’", "'"))
    return not bare or bool(_WHOLE.fullmatch(bare) or _START.match(bare) or text.startswith("©"))


def without_boilerplate(paragraphs: list[ParagraphText]) -> tuple[ParagraphText, ...]:
    """Return the paragraphs without boilerplate and empty ones."""
    return tuple(part for part in paragraphs if part.text and not is_boilerplate(part.text))
