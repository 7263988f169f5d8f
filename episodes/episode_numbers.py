"""Find episode numbers in titles, and beside the show's name in running text. Pure; never raises.

A missing number costs little, because other evidence links the episode; a wrong one links the wrong article. So a form
counts only where it cannot mean anything else: "Episode 55", "Ep. 55", "S02E07" anywhere; "#55", "(55)", "E55", "No.
55" and a bare 55 only at the edge of the title, between separators, or right after the show's name. Dates, years,
prices, percentages, times and decimals are masked before the search.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice, pairwise

_UNITS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SPELLED = {
    "a": 1,
    **{word: n for n, word in enumerate([*_UNITS, *_TEENS], 1)},
    **{w: n * 10 for n, w in enumerate(_TENS, 2)},
}

# Placeholders in the text: for a date, price or the like, and for the show's name. Both count as separators.
_GONE, _SHOW = "\x1e", "\x1f"
_MONTH = (
    r"(?:jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch)?|märz|apr(?:il)?|may|mai|june?|juni|july?|juli|aug(?:ust)?|sept?(?:ember)?|"
    r"o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?)\b\.?"
)
_DAY = r"[0-3]?[0-9](?:st|nd|rd|th|\.)?\s+(?:of\s+)?"
_NOT_A_NUMBER = re.compile(
    rf"""[0-9]{{1,4}}([./-])[0-9]{{1,2}}\1[0-9]{{1,4}}                          # 2024-05-12, 12.5.24, 9-1-1
    | \b(?:19|20)[0-9]{{2}}[-/][0-9]{{2}}\b | \b[0-9]{{1,2}}/[0-9]{{1,2}}\b      # 2024/25, 5/12, 24/7
    | \b{_DAY}{_MONTH},?\s+[0-9]{{4}}\b | \b(?<!episode\s)(?<!ep\s)(?<!ep\.\s){_DAY}{_MONTH}  # 12th of May 2024, 12 May
    | \b{_MONTH}\s+(?:[0-3]?[0-9](?:st|nd|rd|th)?\b(?:,?\s+[0-9]{{4}})?|[0-9]{{4}}\b)  # May 12, 2024; May 2024
    | [$€£¥]\s?[0-9][0-9.,]* | (?<![0-9.,])[0-9][0-9.,]*\s?(?:[%€£¥$]|percent\b|(?:m|b)illion\b|bn\b|dollars\b|euros\b)
    | \b[0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?(?:\s?[ap]\.?m\b)? | \b[0-9]{{1,2}}\s?[ap]\.?m\b   # 18:30, 6 pm
    | \b[0-9]+(?:[.,][0-9]+)+""",  # 5.5, 10,000
    re.IGNORECASE | re.VERBOSE,
)

_EDGE = rf"[-:|,.;!?()\[\]/·•{_GONE}{_SHOW}]"
_N = r"([0-9]{1,4})(?![0-9A-Za-z]|-[0-9])"
_RIGHT = rf"(?=\s*(?:$|{_EDGE}))"
_LEFT = rf"(?:^|{_EDGE})\s*"
_REST = rf"(?:(?:{'|'.join(_TENS)})(?:[\s-](?:{'|'.join(_UNITS)}))?|{'|'.join(_TEENS)}|{'|'.join(_UNITS)})"
_WORDS = rf"((?:(?:a|{'|'.join(_UNITS)})[\s-]hundred(?:[\s-](?:and[\s-])?{_REST})?|{_REST})(?![a-z]))"
_KEYWORD = r"(?<![A-Za-z])ep(?:isode)?(?![a-z])"
_NUMBER_SIGN = r"(?:(?:no\.|nr\.|number)\s*|\#\s?)"

#: "Episode 55", "Ep. #55", "Episode: 55 –", "S02E07", "Episode fifty-five".
_STRONG = re.compile(
    rf"(?<![A-Za-z0-9])s[0-9]{{1,3}}\s?[.:,-]?\s?ep?(?:isode)?\.?\s?{_N}"
    rf"|{_KEYWORD}(?:\.?\s*|-){_NUMBER_SIGN}?{_N}"
    rf"|{_KEYWORD}\s*[:-]\s*{_N}{_RIGHT}"
    rf"|{_KEYWORD}\.?[\s-]*{_WORDS}",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    r"(?<![A-Za-z])ep(?:isode)?s\.?\s+([0-9]{1,4}(?:\s*(?:,|&|and|to|-)\s*[0-9]{1,4})+)(?![0-9A-Za-z])", re.IGNORECASE
)
#: "In this episode 12 people …": the number is a count.
_COUNT_FOLLOWS = re.compile(r"\b(?:this|that|an|each|every|per|last|next|single|whole|entire|\w+'s)\s+$", re.IGNORECASE)
#: Words before "#3" that make it a rank, a place or a part.
_NO_EPISODE_BEFORE = re.compile(
    r"\b(?:the|a|an|is|are|as|at|to|from|rank(?:s|ed)?|voted|named|hits?|reach(?:es|ed)|remains?|route|road|line|bus|gate|room|unit|district|engine|"
    r"station|pier|track|lot|part|day|week|round|game|phase|level|season|chapter|volume|vol\.?|lesson|step|tip|rule|reason|thing|player|agent)\s*$",
    re.IGNORECASE,
)
_HASH = re.compile(rf"(?<![\w&])#\s?{_N}")
_IN_PARENTHESES = re.compile(r"[(\[]\s*#?\s?([0-9]{1,4})\s*[)\]]\s*$")
_LETTER = re.compile(rf"{_LEFT}E{_N}{_RIGHT}|(?<![A-Za-z0-9])E(0[0-9]{{1,3}})(?![0-9A-Za-z])")
_LEADING = re.compile(r"^(?:([0-9]{2,4})\.\s+(?=[A-Za-z])|(0[0-9]{1,3})\s*[-:|.]\s)")
#: Right after the show's name: "#55", "(55)", "No. 55", "E55", "– 55".
_BEHIND_NAME = re.compile(
    rf"['s\"]*\s*(?:[(\[]\s*#?\s?([0-9]{{1,4}})\s*[)\]]|[-:|,]*\s*(?:\#\s?|no\.\s*|nr\.\s*)\s*{_N}|[-:|]?\s*E?{_N}{_RIGHT})",
    re.IGNORECASE,
)

_SOMEBODY_ELSES = re.compile(r"\s+of\s+[^0-9\s]")
_UP_TO_NAME = re.compile(
    r"[\s\-:|,(\[\"'/·•]*(?:(?:of|from|on|in|at|the|our|show|podcast|video|program|programme)[\s:\"'(-]+)*",
    re.IGNORECASE,
)
_BEFORE_NAME = re.compile(rf"(?:#\s?|(?<![A-Za-z])no\.\s*){_N}[\s\-:|(]*$", re.IGNORECASE)
#: Limits: characters of a title, characters of a show's name, mentions of the name in one text.
_LONGEST, _LONGEST_NAME, _MENTIONS = 2000, 200, 1000
_NEAR = 60  # characters between the show's name and its number
_BETWEEN = re.compile(
    r"(?:the|our|this|week's|today's|new|newest|latest|podcast|show|program|programme|video|broadcast|series|edition|weekly|daily|"
    r"season|[0-9]{1,2}|is|was|in|on|from|of|at|by|with|for|see|watch|s)$",
    re.IGNORECASE,
)
_TITLE_BETWEEN = re.compile(r"\s*[-|:·•]\s.*\s[-|·•]\s*")


def episode_number(title: str, show: str = "") -> int | None:
    """Return the episode number in a title, or None. Beside the name ``show`` weaker forms count as well."""
    text = _prepared(title[:_LONGEST], show)
    found = next(_beside_name(text), None)
    for reading in (_strong_number, _hash_number, _edge_number):
        found = reading(text) if found is None else found
    return found


def show_mentions(text: str, show: str) -> tuple[int, ...]:
    """Return the episode numbers near the show's name in running text, in order, deduplicated.

    "Harbour Channel – News in Review – Episode 55." gives (55,). A mention without a number gives nothing, and so does
    an empty name.
    """
    return tuple(dict.fromkeys(_beside_name(_prepared(text, show))))


def _prepared(text: str, show: str) -> str:
    """Normalize to one line, with placeholders for the show's name and for numbers that cannot be an episode's."""
    plain = unicodedata.normalize("NFKC", text.replace(_SHOW, " ").replace(_GONE, " "))[: 2 * len(text) + _LONGEST]
    plain = re.sub(r"[\u2010-\u2015\u2212]", "-", re.sub(r"[\u2018\u2019]", "'", plain))
    plain = re.sub(r"[\s_]+", " ", re.sub(r"[\u201c-\u201f«»]", '"', plain)).strip()
    return _NOT_A_NUMBER.sub(_GONE, _name_pattern(show).sub(_SHOW, plain))


def _name_pattern(show: str) -> re.Pattern[str]:
    """Match the show's name with any separators between its words; a leading "the" is optional."""
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", show[:_LONGEST_NAME]).replace("_", " "))
    if len(words) > 1 and words[0].lower() == "the":
        words = words[1:]
    if not words:
        return re.compile(r"(?!)")
    return re.compile(r"(?<!\w)" + r"[\W_]{1,4}".join(map(re.escape, words)) + r"(?!\w)", re.IGNORECASE)


def _beside_name(text: str) -> Iterator[int]:
    """Yield the numbers near each mention of the show's name: after it, else before it."""
    for before, after in pairwise(text.split(_SHOW, _MENTIONS)):
        yield from _behind(after[: 2 * _NEAR]) or _ahead(before[-2 * _NEAR :])


def _behind(after: str) -> list[int]:
    """Find "Episode 55" near the name, else a weaker form right after it; "episode 12 of Dark" is another show's."""
    for match in islice(_forms(after), 1):
        gap = after[: match.start()]
        if len(gap) <= _NEAR and _may_stand_between(gap) and not _SOMEBODY_ELSES.match(after, match.end()):
            return _numbers(match, after, named=not gap.strip(" -:|,(\"'"))
    return _weak(_BEHIND_NAME.match(after))


def _ahead(before: str) -> list[int]:
    """Find "Episode 55 of" or "#55 –" right before the name."""
    matches = list(_forms(before))
    if matches and _UP_TO_NAME.fullmatch(before, matches[-1].end()):
        return _numbers(matches[-1], before)
    weak = _BEFORE_NAME.search(before)
    return _weak(weak) if weak and not _NO_EPISODE_BEFORE.search(_just_before(before, weak)) else []


def _weak(match: re.Match[str] | None) -> list[int]:
    number = _value(match, year=False)
    return [] if number is None else [number]


def _forms(text: str) -> Iterator[re.Match[str]]:
    """Return strong forms and lists of several numbers, in text order, without counts."""
    found = [*_STRONG.finditer(text), *_SEVERAL.finditer(text)]
    return iter(sorted((m for m in found if not _COUNT_FOLLOWS.search(_just_before(text, m))), key=lambda m: m.start()))


def _just_before(text: str, match: re.Match[str]) -> str:
    """Return the context before a match, short enough that long texts stay cheap."""
    return text[max(0, match.start() - _NEAR) : match.start()]


def _may_stand_between(gap: str) -> bool:
    """True if a gap has only separators, names and small words, or a title between dashes; no sentence ends in it."""
    if re.search(r"[.!?;]", gap):
        return False
    if _TITLE_BETWEEN.fullmatch(gap):
        return True
    return all(word[0].isupper() or _BETWEEN.match(word) for word in re.findall(r"\w+(?:'\w+)?", gap))


def _numbers(match: re.Match[str], text: str, *, named: bool = False) -> list[int]:
    if match.re is _SEVERAL:
        return _listed(match.group(1))
    own = named or re.search(rf"{_LEFT}$", _just_before(text, match)) is not None
    number = _value(match, year=own or "#" in match.group())
    return [] if number is None else [number]


def _listed(several: str) -> list[int]:
    """Return each number of "54, 55 and 57"; expand "54-56" and "54 to 56" (up to twenty numbers)."""
    ends = re.fullmatch(r"([0-9]+)\s*(?:to|-)\s*([0-9]+)", several)
    if ends and 0 < int(ends[2]) - int(ends[1]) <= 20:
        return list(range(int(ends[1]), int(ends[2]) + 1))
    return [int(n) for n in re.findall("[0-9]+", several) if not _like_a_year(int(n))]


def _value(match: re.Match[str] | None, *, year: bool) -> int | None:
    """Return the number of a match; one that looks like a year only if ``year`` allows it."""
    written = next((group for group in match.groups() if group), None) if match else None
    if written is None:
        return None
    number = int(written) if written.isdigit() else _spelled(written)
    return None if _like_a_year(number) and not year else number


def _like_a_year(number: int) -> bool:
    return 1900 <= number <= 2099


def _spelled(words: str) -> int:
    """Return the value of number words up to 999."""
    total = 0
    for word in re.findall("[a-z]+", words.lower()):
        total = total * 100 if word == "hundred" else total + _SPELLED.get(word, 0)
    return total


def _strong_number(text: str) -> int | None:
    """Return the number of the first "Episode 55" or "S02E07"; "episodes 54 and 55" is not the title's own."""
    numbers = (n for match in _forms(text) if match.re is _STRONG for n in _numbers(match, text))
    return next(numbers, None)


def _hash_number(text: str) -> int | None:
    """Return the number of "#55" unless it is a rank or part of a sentence."""
    for match in _HASH.finditer(text):
        before = _just_before(text, match)
        left = re.search(rf"{_LEFT}$", before) is not None
        right = re.compile(_RIGHT).match(text, match.end()) is not None
        number = _value(match, year=False)
        if number is not None and (right or (left and number > 10)) and (left or not _NO_EPISODE_BEFORE.search(before)):
            return number
    return None


def _edge_number(text: str) -> int | None:
    """Return the number of "(55)" at the end, "E55" between separators, "55. Title" or "055 - Title" at the start."""
    in_parentheses = _value(_IN_PARENTHESES.search(text), year=False)
    if in_parentheses is not None and in_parentheses >= 10:  # "(2)" is a part or a second attempt
        return in_parentheses
    letter = _value(_LETTER.search(text), year=False)
    return letter if letter is not None else _value(_LEADING.match(text), year=False)
