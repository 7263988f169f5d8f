"""Made-up local news of the made-up towns around Kestrel Bay: each story as it is told in an episode and as it is written.

The talk reorders and rephrases the article, and quotes a little of it, as people do who have the page before them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from episodes.linking import ArticleCandidate, EpisodeText


@dataclass(frozen=True)
class Story:
    """One story: what was said, what was written, and the article's title."""

    title: str
    spoken: str
    written: str


BRIDGE = Story(
    "Ferryman's Bridge closes for eleven weeks",
    """Good evening and welcome back. We start at the river tonight, because Ferryman's Bridge is about to shut, and I mean shut, not
    one lane, both lanes, everybody out. The engineer in charge, Ilse Marchetti, told us that two of the old bearings have moved
    by nearly four centimetres since the winter, and she said, quote, we would rather close it on a Monday than explain it on a
    Tuesday. So from the ninth the buses go round by Tanner's Lock, which adds a quarter of an hour, and cyclists get the little
    cable ferry that the rowing club has lent to the town. Shops on Quay Street are worried. Pavel Oduya, who runs the tackle
    shop, says that half of his customers walk over that bridge. The town has promised him and the others a rebate on the market
    levy. Eleven weeks is the plan, and the contractor loses money for every day beyond it. We shall see. If you need the
    hospital, leave early, that is the advice.""",
    """Ferryman's Bridge will be closed to all traffic for eleven weeks from Monday the ninth, the works department announced. Two of
    the bearings under the western span have shifted by nearly four centimetres since winter. "We would rather close it on a
    Monday than explain it on a Tuesday," said Ilse Marchetti, the engineer in charge of the repair.

    Buses will be diverted by way of Tanner's Lock, adding about fifteen minutes to each journey. The rowing club has lent its
    cable ferry for pedestrians and cyclists. Traders on Quay Street fear for their custom: "Half of my customers walk over that
    bridge," said Pavel Oduya, whose tackle shop stands at its foot. The council offers them a rebate on the market levy while the
    works last. The contractor pays a penalty for every day beyond the eleven weeks.""",
)

BAKERY = Story(
    "A school kitchen that bakes for the valley",
    """Now to something that smells better. At Hollin Road School the kitchen was going to be closed, you remember, in the cuts two
    years ago. Instead the cook, Marguerite Tallis, asked whether she could bake bread in the afternoons when the ovens are warm
    anyway. Now forty families pick up a loaf on Thursdays, and the pupils of the top class keep the books. I asked a boy called
    Teodor what he had learnt and he said that flour goes up and never comes down. They made a profit of nine hundred last term
    and spent it on a dough mixer, second hand, from the monastery at Saint Brannock. The inspector came and found nothing, except
    that he bought three loaves himself. Other schools in the valley have asked for the recipe, and not of the bread, of the
    accounts. Marguerite says it is the sourdough that does the work, and she only turns up. There is a waiting list, so do not
    ring me.""",
    """Two years after its kitchen was to be closed, Hollin Road School bakes bread for forty families. Cook Marguerite Tallis began
    with the heat that was left in the ovens after lunch; today the loaves are fetched on Thursday afternoons, and the top class
    keeps the accounts. "Flour goes up and never comes down," said Teodor, one of the young bookkeepers.

    Last term's profit of nine hundred paid for a second-hand dough mixer from the monastery at Saint Brannock. An inspection
    found no fault, and the inspector went home with three loaves. Several schools in the valley have asked how the accounts are
    kept. There is a waiting list. "The sourdough does the work," said Tallis. "I only turn up." """,
)

OTTERS = Story(
    "Otters are back in the reed beds",
    """And there is good news from the reed beds. The wardens at Low Marsh have had cameras out since autumn, looking for foxes to be
    honest, and what they got at four in the morning was an otter with two cubs. That is the first litter in the bay since the
    tannery closed, thirty one years. Warden Nuala Brandvold says she watched the clip nine times before she rang anybody. Why
    now? The water, she says, has been clean enough for eels since the new filter beds came in at Cray Mill, and where there are
    eels there are otters sooner or later. The anglers are not all delighted, as you can imagine, but the angling club's chairman
    said that he would rather share with an otter than with a cormorant. The path along the sluice will be closed until the cubs
    can swim well, that is about ten weeks, and dogs have to be on a lead. Please do not go and look for them. They will publish
    the pictures.""",
    """For the first time in thirty-one years otters have bred in Kestrel Bay. Night cameras that the wardens of Low Marsh had set
    for foxes recorded a female with two cubs. "I watched it nine times before I rang anybody," said warden Nuala Brandvold.

    She puts the return down to cleaner water: since the filter beds at Cray Mill went into service there are eels again, the
    otter's favourite food. The angling club takes it with composure; its chairman "would rather share with an otter than with a
    cormorant". The path along the sluice remains closed for about ten weeks, until the cubs are good swimmers, and dogs must be
    kept on a lead. The wardens ask visitors to stay away and will publish pictures.""",
)

TRAM = Story(
    "Night trams get one more year",
    """The night tram. We have talked about it so often that I nearly did not put it in. But the committee sat until one in the
    morning, in fact they missed the last tram themselves, and decided that line six runs through the night on Fridays and
    Saturdays for another year. The nurses' union had collected four thousand signatures. Councillor Benedikt Afolabi wanted to
    stop it because each passenger costs the town two euros eighty, and Rosalind Achterberg answered him that a street lamp does
    not make a profit either. That got applause. What changes is the stop at the glassworks, it moves under the roof of the old
    depot, so that people do not wait in the rain, and there will be a conductor on board after midnight again. In a year they
    count the passengers. If there are fewer than two hundred a night it is over. So if you want it, ride it, that is all I can
    say.""",
    """Line six will run through the night on Fridays and Saturdays for one more year. After a sitting that lasted until one in the
    morning the transport committee voted for the extension; a petition of the nurses' union had brought four thousand signatures.
    Benedikt Afolabi had moved to end the service, which costs two euros eighty for each passenger. "A street lamp does not make a
    profit either," replied Rosalind Achterberg.

    The stop at the glassworks moves under the roof of the old depot, and a conductor rides along after midnight. In twelve months
    the passengers will be counted: with fewer than two hundred a night the trial ends.""",
)

HALL = Story(
    "Market hall roof to be opened after seventy years",
    """Let us go up on the roof. The market hall in Corran has a glass roof, and hardly anybody living has seen it, because it was
    painted over in the war and then boarded. Architect Wenceslas Moray found the drawings in a drawer of the parish, and last
    week the carpenters took down the first boards. There was light on the fishmonger's stall for the first time in seventy years,
    he said, and he had to buy an awning. One pane in three is broken. The glass comes from a works in the next county that makes
    greenhouses. The hall stays open, they work at night and on Sundays, and the stallholders get a net over their heads. The
    money is a legacy of Miss Eugenia Stroud, who sold buttons there for fifty years and left everything to the roof. It was in
    her will, one sentence, let them see what they are buying.""",
    """Boarded up since the war, the glass roof of Corran's market hall is to let in the light again. The drawings turned up in a
    drawer of the parish office; carpenters have now taken down the first boards. "I had to buy an awning," says the fishmonger,
    whose stall lies in the sun for the first time in seventy years. According to architect Wenceslas Moray one pane in three must
    be replaced; a maker of greenhouses delivers the glass.

    Work is done at night and on Sundays, under a net, so that the hall can stay open. It is paid for by the legacy of Eugenia
    Stroud, who sold buttons here for fifty years. Her will has one sentence on it: "Let them see what they are buying." """,
)

LIGHTHOUSE = Story(
    "Lighthouse keeper's cottage becomes a weather school",
    """One more, and it takes us out to Skerry Point. The keeper's cottage has stood empty since the lamp went automatic, and now it
    becomes a school for weather. Children will launch a balloon every Wednesday, read the thermometers in the white box, and
    write the forecast that we read to you on Fridays, so you will know whom to blame. Meteorologist Anselm Okonjo moves in with
    his family in the spring. He told me that a forecast is a promise with a number on it, and I have thought about that since.
    The roof leaks, which he calls a rain gauge. The harbour master gives the old signal mast for the wind vane. And the first
    class comes from the island school, eleven pupils, by the mail boat, if the weather lets them. The coast trust pays for three
    years, and after that they have to find somebody.""",
    """The empty keeper's cottage on Skerry Point is to become a school for weather. From spring, pupils will launch a balloon each
    Wednesday, read the instruments and write the forecast for Friday's programme. Meteorologist Anselm Okonjo moves in with his
    family. "A forecast is a promise with a number on it," he says; the leaking roof he calls a rain gauge.

    The harbour master has given the old signal mast for a wind vane. The eleven pupils of the island school come first, by mail
    boat, weather permitting. The coast trust has promised money for three years.""",
)

#: Articles that no episode is about.
COUNCIL = Story(
    "Council elects a new deputy mayor",
    "",
    """The council of Kestrel Bay has elected Philippa Renshaw deputy mayor by nineteen votes to fourteen. She follows Gerald
    Ostrander, who resigned for health reasons. Renshaw, a notary, announced that she would give the committee on harbour dues new
    rules of procedure. The opposition criticised the haste of the vote and asked for a hearing. The budget debate begins on
    Tuesday evening; the gallery is open to the public, and the sitting is recorded for the archive.""",
)
FOOTBALL = Story(
    "Late goal saves Corran Athletic",
    "",
    """A header in stoppage time gave Corran Athletic a draw against visitors Mill United. Winger Dario Quill had missed a penalty
    before the break. The coach praised the morale of his side and will be without two defenders on Saturday. More than two
    thousand came to the ground by the glassworks. The club sells season tickets for the spring from the kiosk at the depot.""",
)
LIBRARY = Story(
    "Library opens on Sundays",
    "",
    """From next month the town library can be used on Sunday afternoons without staff, with a card at the door. The head librarian
    expects families above all. Coffee comes from a machine, and returned books are sorted on Monday. The trial lasts until the
    summer; the friends of the library pay for the heating.""",
)

TOLD = (BRIDGE, BAKERY, OTTERS, TRAM, HALL, LIGHTHOUSE)
UNTOLD = (COUNCIL, FOOTBALL, LIBRARY)

#: The otters again, half in Spanish, as a guest from the twin town tells it.
OTTERS_IN_TWO_LANGUAGES = """Tonight we have a guest from our twin town. Buenas noches, y gracias por la invitación. He visto
    el vídeo de las nutrias de Low Marsh y me ha emocionado. The wardens had cameras out for foxes, and then there was a
    mother with two cubs. La guarda, Nuala Brandvold, me contó que lo vio nueve veces antes de llamar a nadie. Es la primera
    camada en treinta y un años. She says that the water is clean enough for eels since the filter beds at Cray Mill went into
    service. Donde hay anguilas hay nutrias, tarde o temprano. The path along the sluice remains closed for about ten weeks,
    until the cubs are good swimmers, and the angling club would rather share with an otter than with a cormorant. Los perros,
    con correa, por favor. Muchas gracias."""

SHOW = "News in Review"
DAY = date(2026, 3, 6)

#: Six weekly episodes, 53 to 58, and nine articles: six companions (ids 1 to 6, as the episodes), three about other things.
EPISODES = [
    EpisodeText(i, SHOW, f"{SHOW} – Episode {52 + i}", 52 + i, DAY + timedelta(7 * i), text=story.spoken)
    for i, story in enumerate(TOLD, 1)
]
COMPANIONS = [
    ArticleCandidate(i, f"https://bay.example/{i}", story.title, "", DAY + timedelta(7 * i + 1), story.written)
    for i, story in enumerate(TOLD, 1)
]
OTHERS = [
    ArticleCandidate(i, f"https://bay.example/{i}", story.title, "", DAY + timedelta(7 * (i - 6)), story.written)
    for i, story in enumerate(UNTOLD, 7)
]
ARTICLES = [*COMPANIONS, *OTHERS]
RIGHT = {(i, i) for i in range(1, 7)}
