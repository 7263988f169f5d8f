"""What readers type, what nobody should type, and any number of strings in between."""

from __future__ import annotations

import random
from collections.abc import Iterator

QUERIES = """\
bridge
bridges
harbour bridge
"harbour bridge"
"bridge harbour"
"turning point"
"a turning point for the old town"
turning-point
the
the bridge
the the the
a OR the
council vote
council voted nine
nine councillors favour
toll -crowns
crowns -toll
ferry -"ferry broke"
-ferry
ferry OR port
ferry OR port -autumn
(ferry OR port) chains
(ferry OR tunnel) (bridge OR river)
tunnel bridge
tunnel -bridge
tunnel -(bridge -port)
bridge OR -tunnel
covid-19
covid 19
the (covid-19 OR flu-21) of at
at (in-the OR title:bridge) will
of (covid-19 OR title:zzz) in
"covid 19 ward"
covid-1*
c++
c*
bridg*
bri*
b*
operat*
operations*
"ferry operat*"
"planned bridges"*
election
run
ran
running
run*
who is running
mayor's
mayors
mayor’s office
café
cafe
"creme brulee"
brûlée
10,000
10000
1.5 million
40 metres
"episode 54"
episode 54
news in review
"News in Review – Episode 55"
high water
"high water"
valley sport special
lighthouse
picture lighthouse soup
soup
“twice as much”
"video channel"
"as much said"
volunteers in:said
volunteers in:written
schools -in:said
schools in:said in:written
school after:2026-03-10
school before:2026-03-10
bridge after:2026-03 before:2026-03-04
bridge after:1999-99
engineer varga piles softer ground
engineer varga giraffe
what did the engineer say about the ground
rain rain rain
"rain rain and more rain"
"good night and mind the icy roads tomorrow"
"tomorrow good"
don't
dont like it
it's
zzz
zzz*
zzz OR soup
NOT zzz soup
title:bridge
title:bridg*
title:"high water" ferry
bridge -title:bridge
title:council OR title:water
title:episode 54
tunnel speaker:marek
ground speaker:varga
bridge speaker:host
tunnel marked:silence
marked:loop
bridge marked:unheard
bridge show:valley
bridge show:"news in review" in:said
brigde
harbour brigde
covid-20
icyroads""".splitlines()

ODD = [
    *("", " ", '"', '""', '"""', "'", "''", "*", "**", "-", "--", "(", ")", "()", ")(", "((((", "OR", "AND", "NOT", "AND OR NOT"),
    *("x AND", "x OR", "OR x", "NOT NOT", "x NOT", "(x OR y) z", "(x OR (y z", 'a"b', '"a b', 'a" b" c"', "-(", '-"', '-"x', "c++"),
    *("bridge\x00toll", "\x00", "🌉", "bridge 🌉", "é", "\ud800", "bridge \udfff", "\u202ebridge", "bri\u00addge"),
    *("½", "x\u2028y", "\t\n\r"),
    *("a" * 5000, "a " * 2500, "(" * 5000, '"' * 5001, "-" * 5000, "* " * 2500, "NOT " * 1250, "OR " * 1250),
    *("(a OR " * 800, "a\u0301" * 3000),
    *("'; DROP TABLE passage; --", "1; SELECT pg_sleep(9)", "%", "_", "\\", "\\'", "\\\\", "a\\b", "%s %(x)s {0} :p $1 ?"),
    *("<script>alert(1)</script>", "&lt;b&gt;", "in:", "in:x", "in:said"),
    *("after:", "after:2026", "before:x", "after:0000", "after:9999-12-31 x"),
    *(":*", "a:*", "'a':1A", "a & b", "a | b", "!a", "a <-> b", "NEAR(a b)", "title:bridge"),
    *("{title}: x", "^bridge", "a + b", "bridge¦", "¦bridg"),
    *("２０２６", "ＢＲＩＤＧＥ", "brıdge", "İ", "ß", "東京", "हिन्दी", "שלום"),
]  # fmt: skip

PIECES = (
    *"\"()-*|:'’“” \x00\\,.!&<>;%_=/é東🌉½\ud800\u202e\u0301\u00ad",
    *(
        "OR",
        "AND",
        "NOT",
        " OR ",
        "title:",
        "speaker:",
        "marked:",
        "marked:silence",
        "show:",
        "in:",
        "after:",
        "before:",
        "in:said",
        "after:2026-03",
        '" "',
        "--",
        "a",
        "7",
    ),
)


def typed(count: int, *, seed: int = 1) -> Iterator[str]:
    """Random and mutated strings, the same for the same seed."""
    rng = random.Random(seed)
    known = [words for words in QUERIES + ODD if len(words) < 200]
    for _ in range(count):
        words = rng.choice(known) if rng.random() < 0.8 else "".join(chr(rng.randrange(0x110000)) for _ in range(8))
        for _ in range(rng.randrange(1, 6)):
            words = _mutated(words, rng.choice(known), rng)
        yield words


def _mutated(words: str, other: str, rng: random.Random) -> str:
    at, to = sorted((rng.randrange(len(words) + 1), rng.randrange(len(words) + 1)))
    match rng.randrange(6):
        case 0:
            return words[:at] + words[to:]
        case 1:
            return words[:to] + words[at:]
        case 2:
            return words[:at] + other + words[to:]
        case 3:
            return words[:at] + words[at:to][::-1] + words[to:]
        case _:
            return words[:at] + rng.choice(PIECES) + words[at:]
