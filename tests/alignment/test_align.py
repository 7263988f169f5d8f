"""Align paragraphs of a small town's news: said word for word, paraphrased, said twice, in another order, or not at all."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from episodes.alignment.align import align
from episodes.values import AlignedSpan, ParagraphKind, ParagraphText
from transcripts.words import Segment, Word

LINES = [
    ("Host", "Good evening and welcome to the programme from the harbour."),
    ("Host", "We begin with the swimming pool, which has been closed since the storm in January."),
    ("Editor", "The roof over the swimming pool has to be replaced, and the caretaker says it will cost four hundred"),
    ("Editor", "thousand. The council wants to pay half of that from its reserve."),
    ("Host", "And when can children swim there again?"),
    ("Editor", "In September at the earliest, if the carpenters find enough larch for the beams."),
    ("Host", "The next story comes from the orchards in the valley."),
    (
        "Editor",
        "A late frost has taken most of the cherries, and the growers lit fires between the trees for three nights.",
    ),
    ("Editor", "One of them told me, we have never burned so much straw for so little fruit."),
    ("Host", "Will there be a cherry festival this summer?"),
    ("Editor", "There will be, with fruit from the other side of the mountains."),
    ("Host", "Last, the library has bought the archive of the old newspaper."),
    (
        "Editor",
        "Forty thousand photographs lie in cardboard boxes, and volunteers want to scan all of them before the winter.",
    ),
    ("Host", "Thank you, and good night from the harbour."),
]
SEGMENTS = [Segment(n * 8.0, n * 8.0 + 7.5, text, speaker) for n, (speaker, text) in enumerate(LINES)]
POOL = "Swimming pool stays shut: The storm damaged the roof in January. Repairs cost 400,000; half comes from the council."
FROST = "Frost in the orchards: growers lost most of their cherries although they lit fires for three nights."
BOXES = (
    "The library's new archive: some 40,000 photographs from the newspaper are to be scanned by volunteers this year."
)


def text(*paragraphs: str) -> list[ParagraphText]:
    return [ParagraphText(one) for one in paragraphs]


def of(places: list[AlignedSpan], paragraph: int) -> list[AlignedSpan]:
    return [one for one in places if one.paragraph == paragraph]


def test_a_paraphrase_begins_where_the_talk_turns_to_its_subject() -> None:
    places = align(text(POOL, FROST, BOXES), SEGMENTS)

    assert [(one.paragraph, one.kind) for one in places] == [(n, "paraphrase") for n in range(3)]
    assert [one.start for one in places] == pytest.approx([8.0, 48.0, 88.0], abs=9)
    assert all(one.end > one.start and (one.begin, one.said) == (0, "") for one in places)


def test_paragraphs_in_another_order_are_still_aligned() -> None:
    places = align(text(BOXES, POOL, FROST), SEGMENTS)

    assert [of(places, n)[0].start for n in range(3)] == pytest.approx([88.0, 8.0, 48.0], abs=9)


def test_a_paragraph_never_said_is_not_aligned() -> None:
    tram = "The tram depot will be painted green, the ministry of transport announced on Tuesday after a long tender."

    assert of(align(text(POOL, tram, FROST), SEGMENTS), 1) == []


def test_a_quotation_over_two_segments_has_its_own_seconds() -> None:
    written = "He put a figure to it: “The caretaker says it will cost four hundred thousand.” That is a great deal."
    place = of(align(text(written, FROST), SEGMENTS), 0)[-1]

    assert (place.kind, written[place.begin : place.until]) == (
        "quote",
        "The caretaker says it will cost four hundred thousand.",
    )
    assert place.said == "the caretaker says it will cost four hundred thousand"
    assert 16 < place.start < 24 < place.end < 28
    assert place.score == 1


def test_a_quotation_over_two_speakers_is_one_quotation() -> None:
    written = "“When can children swim there again? In September at the earliest.”"
    place = align(text(written), SEGMENTS)[-1]

    assert place.kind == "quote"
    assert place.start < 40 < place.end


def test_a_misquote_is_found_with_the_words_that_were_said() -> None:
    written = "“It will cost nine hundred thousand,” the caretaker said."
    place = align(text(written), SEGMENTS)[-1]

    assert place.kind == "quote"
    assert place.said == "it will cost four hundred thousand"
    assert 0.6 < place.score < 1


def test_the_times_of_words_are_kept() -> None:
    words = tuple(
        Word(30 + n, 30.5 + n, one) for n, one in enumerate(["the", "old", "lighthouse", "keeper", "waves", "again"])
    )
    place = align(
        text("“Lighthouse keeper waves again”"), [Segment(0, 60, "the old lighthouse keeper waves again", None, words)]
    )[-1]

    assert (place.start, place.end) == (32.0, 35.5)


def test_a_paragraph_said_twice_has_two_spans() -> None:
    again = [Segment(400.0, 407.0, LINES[8][1], "Host"), Segment(408, 415, "That was the line of the year.", "Host")]
    written = "“We have never burned so much straw for so little fruit,” a grower said."
    places = align(text(written), [*SEGMENTS, *again])

    assert [one.start for one in places if one.kind == "quote"] == pytest.approx([65, 401], abs=2)


def test_a_whole_paragraph_that_is_a_quotation_need_not_be_marked() -> None:
    written = [ParagraphText("We have never burned so much hay for so little fruit.", ParagraphKind.QUOTE)]
    (place,) = [one for one in align(written, SEGMENTS) if one.kind == "quote"]

    assert (place.begin, place.until) == (0, len(written[0].text))
    assert "straw" in place.said


def test_common_words_are_not_a_quotation() -> None:
    assert [one for one in align(text("“and it was the”", "“in the of the”"), SEGMENTS) if one.kind == "quote"] == []


@pytest.mark.parametrize("short", ["", " ", "—", "Yes.", "The", "Pool", "More:", "12"])
def test_very_short_paragraphs_are_not_aligned_and_do_not_affect_others(short: str) -> None:
    places = align(text(POOL, short, FROST), SEGMENTS)

    assert of(places, 1) == []
    assert [one.start for one in places] == pytest.approx([8.0, 48.0], abs=9)


@pytest.mark.parametrize("segments", [[], [Segment(0, 1, "")], [Segment(0, 1, " — ")]])
def test_segments_without_words_give_no_spans(segments: list[Segment]) -> None:
    assert align(text(POOL, FROST), segments) == []


def test_no_paragraphs_give_no_spans() -> None:
    assert align([], SEGMENTS) == []


def test_the_order_of_segments_does_not_matter() -> None:
    shuffled = SEGMENTS[:]
    random.Random(3).shuffle(shuffled)

    assert align(text(POOL, FROST, BOXES), shuffled) == align(text(POOL, FROST, BOXES), SEGMENTS)


def test_text_without_punctuation_and_speakers_is_cut_at_its_segments() -> None:
    bare = [Segment(one.start, one.end, one.text.lower().replace(".", "").replace(",", "")) for one in SEGMENTS]

    assert [one.start for one in align(text(POOL, FROST, BOXES), bare)] == pytest.approx([8.0, 48.0, 88.0], abs=9)


def test_scripts_without_spaces_are_aligned_too() -> None:
    segments = [
        Segment(0, 5, "こんばんは。今日の天気です。"),
        Segment(5, 10, "新しい図書館は日曜日にも開いています。"),
        Segment(10, 15, "では、また明日。"),
    ]
    (place,) = [
        one for one in align(text("市長:「新しい図書館は日曜日にも開いています」"), segments) if one.kind == "quote"
    ]

    assert 4 < place.start < 6 < place.end <= 10
    assert place.said.startswith("新しい図書館")


WORDS = st.sampled_from(
    [
        *" ".join(line for _, line in LINES).split(),
        "“",
        "”",
        '"',
        "?!",
        "12,5",
        "\n",
        "’",
        "é",
        "図",
        "\x00",
        "🙂",
        "Dr.",
    ]
)
TEXTS = st.lists(WORDS, max_size=40).map(" ".join) | st.text(max_size=60)
TIMES = st.floats(0, 1e5, allow_nan=False)


@st.composite
def segments(draw: st.DrawFn) -> Segment:
    start, length = draw(TIMES), draw(st.floats(-5, 600, allow_nan=False))
    timed = draw(st.lists(st.builds(Word, TIMES, TIMES, WORDS), max_size=4))
    return Segment(start, start + length, draw(TEXTS), draw(st.sampled_from([None, "Host", "Guest"])), tuple(timed))


@settings(max_examples=60)
@given(
    st.lists(st.builds(ParagraphText, TEXTS, st.sampled_from(ParagraphKind)), max_size=6),
    st.lists(segments(), max_size=12),
)
def test_spans_are_within_text_and_time(paragraphs: list[ParagraphText], said: list[Segment]) -> None:
    places = align(paragraphs, said)

    for one in places:
        assert 0 <= one.begin < one.until <= len(paragraphs[one.paragraph].text)
        assert min(part.start for part in said) <= one.start <= one.end
        assert 0 <= one.score <= 1
        assert bool(one.said) == (one.kind == "quote")
    assert places == sorted(places, key=lambda one: one.paragraph)
