"""Episode numbers in titles and beside the show's name."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.episode_numbers import episode_number, show_mentions

SHOW = "News in Review"

ones = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
tens = "twenty thirty forty fifty sixty seventy eighty ninety"


def spelled(number: int, join: str = "-") -> str:
    """1 to 999 in words, the other way round than the code under test."""
    if number >= 100:
        rest = number % 100
        return f"{ones.split()[number // 100 - 1]} hundred" + (f" and {spelled(rest, join)}" if rest else "")
    if number < 20:
        return ones.split()[number - 1]
    return tens.split()[number // 10 - 2] + (f"{join}{ones.split()[number % 10 - 1]}" if number % 10 else "")


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("News in Review – Episode 55", 55),
        ("News in Review — Episode 55: The harbour bridge", 55),
        ("NEWS IN REVIEW EPISODE 55", 55),
        ("Ep. 55", 55),
        ("Ep 55: The harbour bridge", 55),
        ("The harbour bridge | ep55", 55),
        ("EP.#55", 55),
        ("Episode #55", 55),
        ("Episode no. 55 – The ferry", 55),
        ("Episode: 55", 55),
        ("News in Review #55", 55),
        ("#55 The ferry", 55),
        ("E55 – The ferry", 55),
        ("The ferry | E55", 55),
        ("The ferry E055", 55),
        ("S02E07", 7),
        ("s2 e7 The ferry", 7),
        ("Season 2, Episode 7", 7),
        ("The ferry (55)", 55),
        ("The ferry [#55]", 55),
        ("Episode fifty-five", 55),
        ("Episode Fifty Five: The ferry", 55),
        ("Episode One Hundred and Five", 105),
        ("Episode nine hundred ninety-nine", 999),
        ("55. The ferry", 55),
        ("055 - The ferry", 55),
        ("Episode 55, Part 2", 55),
        ("Episode 55 – 5 things to know", 55),
        ("Episode 3 of 10", 3),
        ("3 May 2024 | Ep. 9", 9),
        ("Episode 12 Marina opens", 12),
        ("Ep. ５５", 55),
        ("news_in_review_ep_55", 55),
        ("News in Review – Episode 2031", 2031),
        ("Ep. #2001", 2001),
        ("Episode 0: Trailer", 0),
    ],
)
def test_a_title_names_its_number(title: str, number: int) -> None:
    assert episode_number(title) == number


@pytest.mark.parametrize(
    "title",
    [
        "",
        "News in Review",
        "2024 in review",
        "The year (2024)",
        "Election #2024",
        "Christmas Special Episode 2024",
        "5 things to know about the ferry",
        "Bonus episode: 5 things to know",
        "In this episode 12 neighbours speak",
        "Today's episode 12 neighbours speak",
        "The ferry, Part 2",
        "The ferry, part #2",
        "The ferry (2)",
        "The #1 reason to take the ferry",
        "Town ranked #3",
        "Top 10: #3 Best bread",
        "Route #66",
        "May 12, 2024",
        "12 May",
        "News of 2024-05-12",
        "Episode 2024-05-12",
        "12.05.2024 - Evening",
        "12. Oktober",
        "55% said no",
        "A ticket for $55",
        "1 million trees",
        "Episode 5.5",
        "Episode 10,000 trees",
        "At 18:30",
        "911: what the calls say",
        "9-1-1 and the council",
        "The price of E10 rises",
        "Crash on the E40: two hurt",
        "Rep. 55 speaks",
        "Episodes 54 and 55",
        "Season 2",
    ],
)
def test_years_counts_dates_and_prices_are_no_numbers(title: str) -> None:
    assert episode_number(title) is None


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("News in Review 55", 55),
        ("News in Review E55", 55),
        ("News in Review (7)", 7),
        ("News in Review – 7: The ferry", 7),
        ("NEWS-IN-REVIEW 12 | The ferry", 12),
        ("News in Review, No. 12", 12),
        ("Ep. 55 | News in Review", 55),
        ("The Episode 12 fiasco | News in Review #55", 55),
        ("News in Review – May 12, 2024 – Episode 55", 55),
        ("News in Review: The harbour bridge – Episode 55", 55),
        ("News in Review 2024", None),
        ("News in Review: 5 things to know", None),
        ("News in Review – 12 May", None),
        ("News in Review 24/7", None),
        ("The ferry (2) | News in Review", None),
    ],
)
def test_beside_the_shows_name_weaker_forms_count(title: str, number: int | None) -> None:
    assert episode_number(title, SHOW) == number


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Harbour Channel – News in Review – Episode 55.", (55,)),
        ("harbour channel — news in review — episode 55", (55,)),
        ("As was said in News in Review, Episode 55, the bridge is closed.", (55,)),
        ("“News in Review” #55", (55,)),
        ("News in Review's Episode 55", (55,)),
        ("In the News in Review podcast, episode fifty-five, she said so.", (55,)),
        ("News in Review on Harbour Channel: Ep. 55", (55,)),
        ("Watch Episode 55 of News in Review.", (55,)),
        ("#55 – News in Review", (55,)),
        ("News in Review, S02E07", (7,)),
        ("Episodes 54 and 55 of News in Review", (54, 55)),
        ("News in Review, episodes 54–56", (54, 55, 56)),
        ("News in Review – Episode 54. News in Review – Episode 55.", (54, 55)),
        ("News in Review – Episode 55 (News in Review – Episode 55)", (55,)),
        ("Old Show – Episode 12 – News in Review – Episode 55", (55,)),
        ("News in\nReview – Episode 55", (55,)),
        ("News in Review is an ordinary name, and 55 people came.", ()),
        ("We saw News in Review. Episode 12 of another show was on, too.", ()),
        ("A News in Review guest praised episode 12 of Tide Tables.", ()),
        ("News in Review on 12 May 2024", ()),
        ("News in Review (2024)", ()),
        ("News in Review at 18:30, tickets for $12", ()),
        ("In Old News in Reviews, Episode 12", ()),
        ("Episode 55", ()),
    ],
)
def test_running_text_names_numbers_near_the_show(text: str, numbers: tuple[int, ...]) -> None:
    assert show_mentions(text, SHOW) == numbers


@pytest.mark.parametrize("show", ["", " ", "–", "_"])
def test_without_a_name_there_is_no_mention(show: str) -> None:
    assert show_mentions("– Episode 55", show) == ()


def test_a_long_text_takes_no_long_time() -> None:
    text = "News in Review – Episode 12. " + "The ferry left at five. " * 20_000 + "1" * 20_000 + "#5 ep 5 " * 5_000

    assert show_mentions(text, SHOW) == (12,)
    assert episode_number(text, SHOW) == 12


not_years = st.integers(1, 9999).filter(lambda number: not 1900 <= number <= 2099)


@given(
    number=not_years,
    form=st.sampled_from(
        ["Episode {}", "Ep. {}", "ep {}: The ferry", "The ferry – Episode {}", "S1E{}", "Episode #{}"]
    ),
)
def test_every_number_is_read_in_every_plain_form(number: int, form: str) -> None:
    assert episode_number(form.format(number)) == number
    assert episode_number(f"{SHOW} | {form.format(number)}", SHOW) == number
    assert show_mentions(f"From the programme: {SHOW} – {form.format(number)}. More below.", SHOW) == (number,)


@given(number=st.integers(1, 999), join=st.sampled_from(["-", " "]))
def test_number_words_are_read(number: int, join: str) -> None:
    assert episode_number(f"Episode {spelled(number, join)}") == number


@given(
    day=st.dates(date(1990, 1, 1), date(2060, 1, 1)),
    form=st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%B %d, %Y", "%d %B %Y", "%m/%d/%y", "%Y"]),
)
def test_a_date_is_no_number(day: date, form: str) -> None:
    assert episode_number(f"{SHOW} – {day.strftime(form)}", SHOW) is None
    assert episode_number(day.strftime(form)) is None


@given(title=st.text(), show=st.text(max_size=20))
def test_no_title_makes_it_fail(title: str, show: str) -> None:
    number = episode_number(title, show)

    assert number is None or 0 <= number <= 9999
    assert all(0 <= mention <= 9999 for mention in show_mentions(title, show))
