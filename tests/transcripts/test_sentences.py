"""What Whisper wrote as segments by words: on plain words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from transcripts.engine.sentences import LONGEST, TimedWord, split_into_sentences
from transcripts.words import Segment


def timed(*words: tuple[str, float, float]) -> list[TimedWord]:
    return [TimedWord(f" {text}", start, end, 0.9) for text, start, end in words]


def made(words: list[TimedWord], begin: float = 0.0) -> list[Segment]:
    text = "".join(word.raw for word in words).strip()
    return list(split_into_sentences(Segment(begin, begin + 30, text, avg_logprob=-0.2), words, begin))


def test_a_segment_begins_with_its_first_word_and_ends_with_its_last():
    (one,) = made(timed(("The", 6.7, 6.9), ("ferry", 6.9, 7.4), ("sails.", 7.4, 8.0)), begin=60.0)
    assert (one.start, one.end, one.text, one.avg_logprob) == (66.7, 68.0, "The ferry sails.", -0.2)
    assert [(word.text, word.start) for word in one.words] == [("The", 66.7), ("ferry", 66.9), ("sails.", 67.4)]


def test_it_is_cut_behind_a_sentence_where_somebody_breathes_and_in_a_long_pause():
    words = timed(
        ("It", 0, 0.2), ("sails.", 0.2, 0.8), ("The", 1.2, 1.3), ("harbour", 1.3, 1.8), ("is", 3.2, 3.4), ("open.", 3.4, 4)
    )  # fmt: skip
    assert [(one.text, one.start, one.end) for one in made(words)] == [
        ("It sails.", 0, 0.8),
        ("The harbour", 1.2, 1.8),
        ("is open.", 3.2, 4),
    ]


def test_an_abbreviation_without_a_breath_ends_nothing():
    words = timed(("Dr.", 0, 0.3), ("Varga", 0.35, 0.8), ("spoke.", 0.8, 1.2))
    assert [one.text for one in made(words)] == ["Dr. Varga spoke."]


def test_a_quotation_mark_behind_the_stop_is_no_obstacle():
    words = timed(("“Yes.”", 0, 0.4), ("She", 0.9, 1.0), ("left.", 1.0, 1.4))
    assert [one.text for one in made(words)] == ["“Yes.”", "She left."]


def test_what_is_too_long_is_cut_at_a_sentence_a_comma_or_the_longest_gap():
    def long(mark: str) -> list[str]:
        words = timed(*((f"harbour{mark if at == 11 else ''}", at * 0.4, at * 0.4 + 0.4) for at in range(30)))
        return [one.text for one in made(words)]

    assert long(".")[0].endswith("harbour.")
    assert long(",")[0].endswith("harbour,")
    assert all(len(text) <= LONGEST for text in long(""))
    assert len(long("")) == 2


def test_without_words_a_segment_stays_what_it_was():
    one = Segment(1, 2, "The ferry.")
    assert list(split_into_sentences(one, [], 0.0)) == [one]


@given(
    st.lists(
        st.tuples(st.text("ab .,?!", min_size=1, max_size=12), st.floats(0, 2), st.floats(0, 1)),
        min_size=1,
        max_size=60,
    )
)
def test_no_word_is_lost_and_times_are_in_order(given_words):
    at, words = 0.0, []
    for text, gap, length in given_words:
        words.append(TimedWord(f" {text}", round(at + gap, 2), round(at + gap + length, 2), 0.9))
        at = words[-1].end
    found = made(words)
    assert " ".join(one.text for one in found).split() == "".join(word.raw for word in words).split()
    starts = [one.start for one in found]
    assert starts == sorted(starts)
    assert all(word.start >= one.start and word.end <= one.end for one in found for word in one.words)
