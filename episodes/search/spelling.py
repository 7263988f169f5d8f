"""British spelling to American, so that "neighbour" finds "neighbor" and "organise" finds "organize": transcripts mix both.

Only regular spellings with the same meaning are changed, before stemming. A word's form as written stays as it is.
"""

from __future__ import annotations

import re

_OUR = re.compile(
    r"((?:un|dis|mis|multi|re|demi|out|be)?(?:arb|arm|behavi|cand|clam|col|endeav|fav|ferv|flav|glam|harb|hon|hum|lab|neighb"
    r"|od|parl|ranc|rig|rum|savi|sav|splend|succ|tum|val|vap|vig))our"
)
_RE = re.compile(r"((?:\w*met|\w*lit|epicent|cent|\w*theat|fib|calib|somb|spect|lust|meag|sab))re([sd]?)")
_ISE = re.compile(
    r"(\w{2,}(?:a[lnrst]|e[nrt]|g[n]|i[cdlmntv]|o[glmnr]|r[dn]|th|ut))is(e|ed|es|ing|er|ers|ation|ations|ational)"
)
_YSE = re.compile(r"((?:psycho)?anal|paral|catal)ys(e|ed|es|er|ers|ing)")
_ENCE = re.compile(r"(def|off|pret|lic)ence(s?)")
#: Words that follow no rule.
_IRREGULAR = {
    "aluminium": "aluminum",
    "catalogue": "catalog",
    "catalogues": "catalogs",
    "cosy": "cozy",
    "dialogue": "dialog",
    "dialogues": "dialogs",
    "draught": "draft",
    "draughts": "drafts",
    "grey": "gray",
    "jewellery": "jewelry",
    "judgement": "judgment",
    "judgements": "judgments",
    "kerb": "curb",
    "kerbs": "curbs",
    "manoeuvre": "maneuver",
    "manoeuvres": "maneuvers",
    "mould": "mold",
    "mouldy": "moldy",
    "moustache": "mustache",
    "plough": "plow",
    "ploughs": "plows",
    "programme": "program",
    "programmes": "programs",
    "pyjamas": "pajamas",
    "sceptic": "skeptic",
    "sceptical": "skeptical",
    "sceptics": "skeptics",
    "tyre": "tire",
    "tyres": "tires",
}


def american(word: str) -> str:
    """Return the American spelling of a normalized word."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if match := _OUR.match(word):
        return f"{match[1]}or{word[match.end() :]}"
    for pattern, middle in ((_RE, "er"), (_ISE, "iz"), (_YSE, "yz"), (_ENCE, "ense")):
        if match := pattern.fullmatch(word):
            return f"{match[1]}{middle}{match[2]}"
    return word
