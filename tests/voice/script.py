"""What is said in the four episodes of the sample show: fictional local news, written for this project.

Tokens are learnt per word piece, so every sentence of an episode is in the training set by construction; the voice knows
these sentences, in any order, and nothing else.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Speaker = Literal["host", "editor"]


class Line(NamedTuple):
    """One sentence of the show and who says it."""

    speaker: Speaker
    text: str


WELCOME = "H Welcome to News in Review, the programme that looks back at the week."
GOODBYE = "H Thank you for watching, and join us again next week."

BRIDGE = f"""
{WELCOME}
H I am your host, and with me is our editor.
E Good evening, and thank you for having me back.
H Our first story is the new harbour bridge.
E The council voted nine to four to begin work in the spring.
E The bridge will cost eighty million, twice the first estimate.
H Where will the extra money come from?
E Half of it comes from the port, and half from the region.
E The port expects ferry traffic to double by the end of the decade.
H What do the neighbours say?
E Residents on the north bank fear the noise and the dust.
E They asked for a tunnel, and the council said no.
H The mayor called the vote a turning point for the city.
E The opposition called it a gamble with public money.
H The vote was closer than the figures suggest.
E Two members changed their minds in the last hour.
H What made them change their minds?
E A promise of new parks on both banks of the river.
E The engineers will publish their report in October.
H In our article we print the full text of the decision.
E There is a map of the new route in the article.
H That is all we have time for today.
{GOODBYE}
"""

WATER = f"""
{WELCOME}
E Good evening, and thank you for having me back.
H Let us turn to the water shortage in the eastern valley.
E It has not rained there since early March.
E Farmers have lost a third of the wheat harvest.
H How much water is left?
E The reservoir is at its lowest level in forty years.
E The ministry wants to limit watering to two days a week.
H Will the farmers accept that?
E Some of them will, but the larger estates have gone to court.
E A judge is expected to rule on Thursday.
H And if the judge sides with the estates?
E The court could stop the plan for a year.
H That would be a disaster for the valley.
E Scientists say the shortage was forecast ten years ago.
E Nobody wanted to pay for the second pipeline.
H The pipeline would have been cheaper than one lost harvest.
E Prices for bread have already gone up by a fifth.
H We asked the ministry for a comment, and it declined.
E Both sides say that they want a fair solution.
H You can read the whole article on our site.
H Please write to us with your questions.
{GOODBYE}
"""

STRIKE = f"""
{WELCOME}
H I am your host, and with me is our editor.
E Good evening, and thank you for having me back.
H Next, the long strike of the railway workers.
E Trains stopped on Monday morning, and they have not moved since.
H What does the union want?
E The union asks for safer signals and shorter shifts.
E The signals on that line are fifty years old.
E There were three accidents last winter.
E Nobody was hurt, but it was a clear warning.
H What did the company offer?
E The company offered four percent and no change to the shifts.
E That offer was rejected by nine workers out of ten.
H How do people get to work?
E Buses run every ten minutes, and all of them are full.
E Passengers are patient, but patience has an end.
H The minister of transport will meet both sides tomorrow.
E I expect an agreement before the weekend.
H You are an optimist.
E Somebody on this programme has to be.
H Please write to us with your questions.
H That is all we have time for today.
{GOODBYE}
"""

MUSEUM = f"""
{WELCOME}
E Good evening, and thank you for having me back.
H Finally, the museum opened its new wing on Saturday.
E Ten thousand visitors came on the first day.
H What did they come to see?
E The old clock from the railway station is the star of the show.
E It stopped in the great flood, and it was never repaired.
H At what hour did it stop?
E The hands still point to twenty past six.
E The curator told us that the clock will stay silent.
H I think that is the right choice.
E So do I, although my daughter disagrees.
H What else is in the new wing?
E Two rooms of model ships, and a kitchen from a fishing village.
E A family of bakers lent photographs of the market square.
H How much is a ticket?
E Children enter free, and students pay half.
E The wing was paid for by a gift from a retired sailor.
H He asked that his name should not appear on the wall.
E The garden behind it will open in the summer.
H That is all we have time for today.
{GOODBYE}
"""


def _lines(text: str) -> tuple[Line, ...]:
    speakers: dict[str, Speaker] = {"H": "host", "E": "editor"}
    return tuple(Line(speakers[row[0]], row[2:]) for row in text.strip().splitlines())


EPISODES: dict[str, tuple[Line, ...]] = {
    "NiRsample12": _lines(BRIDGE),
    "NiRsample13": _lines(WATER),
    "NiRsample14": _lines(STRIKE),
    "NiRsample15": _lines(MUSEUM),
}

SENTENCES: tuple[str, ...] = tuple(dict.fromkeys(line.text for lines in EPISODES.values() for line in lines))
"""Every sentence once, in order of first use: what the voice is taught."""
