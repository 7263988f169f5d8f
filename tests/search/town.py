"""A small town's news, said and written: made up, and small enough to know by heart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlmodel import Session

from episodes.models import Article, Episode, Link, Paragraph, Segment, Show, Transcript
from episodes.search import index

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@dataclass
class Newsroom:
    """Puts documents into a catalog and into its index."""

    session: Session

    def show(self, title: str, url: str) -> int:
        show = Show(title=title, url=url, added_at=NOW)
        self.session.add(show)
        self.session.flush()
        return show.id or 0

    def episode(
        self,
        key: str,
        title: str,
        said: Sequence[str],
        *,
        published: date | None = None,
        url: str = "",
        show_title: str = "News in Review",
        show_id: int | None = None,
        seconds: float = 10.0,
        speakers: Mapping[int, str] | None = None,
        doubts: Mapping[int, str] | None = None,
    ) -> int:
        """An episode whose segments last ``seconds`` each; the id of its transcript."""
        episode = Episode(
            identity=f"test:{key}",
            key=key,
            title=title,
            published=published,
            url=url,
            show_title=show_title,
            show_id=show_id,
            updated_at=NOW,
        )
        self.session.add(episode)
        self.session.flush()
        return self.transcript(episode.id or 0, said, seconds=seconds, speakers=speakers, doubts=doubts)

    def transcript(
        self,
        episode_id: int,
        said: Sequence[str],
        *,
        source: str = "whisper",
        seconds: float = 10.0,
        speakers: Mapping[int, str] | None = None,
        doubts: Mapping[int, str] | None = None,
    ) -> int:
        counted = dict(Counter((doubts or {}).values()))
        transcript = Transcript(
            episode_id=episode_id, source=source, shown=True, marks=counted, checksum=source, created_at=NOW
        )
        self.session.add(transcript)
        self.session.flush()
        for position, text in enumerate(said):
            start = position * seconds
            speaker = (speakers or {}).get(position)
            place = {"position": position, "start": start, "end": start + seconds}
            kind = (doubts or {}).get(position)
            detail = {"marks": [{"kind": kind, "detail": 'as it says, {"kind": "loop"}'}]} if kind else None
            self.session.add(
                Segment(transcript_id=transcript.id or 0, text=text, speaker=speaker, detail=detail, **place)
            )
        index.index_transcript(self.session, transcript.id or 0)
        return transcript.id or 0

    def article(
        self, url: str, title: str, paragraphs: Sequence[str], *, published: date | None = None, dek: str = ""
    ) -> int:
        article = Article(url=url, title=title, dek=dek, published=published, checksum=url, updated_at=NOW)
        self.session.add(article)
        self.session.flush()
        for position, text in enumerate(paragraphs):
            self.session.add(Paragraph(article_id=article.id or 0, position=position, text=text))
        index.index_article(self.session, article.id or 0)
        return article.id or 0

    def link(self, episode_id: int, article_id: int, status: str, confidence: float = 0.9) -> None:
        self.session.add(Link(episode_id=episode_id, article_id=article_id, status=status, confidence=confidence))
        self.session.flush()


BRIDGE = [
    "Good evening and welcome to News in Review, it is the third of March.",
    "Tonight the harbour bridge: after eleven years of argument the council has voted.",
    "Nine councillors were in favour, four against, and the mayor said it's a turning",
    "point for the old town, which has been cut off since the storm.",
    "The toll will be two crowns for a car, bicycles cross free of charge.",
    "Fishermen don't like it: their boats are taller than the planned bridges.",
    "Ferry operators fear for their jobs, operations will end by autumn.",
    "The engineer Ilse Varga told us about piles that reach 40 metres down.",
    "She said that the ground under the harbour is softer than anybody had expected.",
    "In other news, the library on Mill Street reopens with 10,000 new books.",
    "Its café serves crème brûlée, and the reading room seats sixty.",
    "That was all from us, good night, and mind the icy roads tomorrow.",
]
FLOOD = [
    "Good evening, this is News in Review with the flood in the lower valley.",
    "The river rose three metres in one night, and the ferry broke from its chains.",
    "Volunteers filled sandbags all day, schools are closed until Thursday.",
    "The covid-19 ward of the hospital was moved to the second floor in time.",
    "Nobody was hurt, said the fire chief, though forty cellars are under water.",
    "The mayor's office asks people not to drive through the tunnel.",
    "A tunnel beneath the port was planned instead of a bridge, years ago.",
    "Repairs of the dam will cost 1.5 million crowns, half of it from the state.",
    "Now the weather: rain, rain and more rain, easing off by the weekend.",
]
SCHOOL = [
    "Welcome. The new school on the hill has its first pupils today.",
    "Teachers complain about c++ lessons without computers, the head calls it a start.",
    "Parents from the harbour side say the bus takes an hour, a bridge would help.",
    "The school kitchen cooks for two hundred, and the soup was praised by all.",
    "We also look at the election: who is running, who ran before, and who will run again.",
]


def fill(room: Newsroom) -> None:
    """Three episodes, four articles, two links; one of them only proposed."""
    show = room.show("News in Review", "https://video.example/channel/review")
    other = room.show("Valley Sport", "https://video.example/channel/sport")
    bridge = "https://www.youtube.com/watch?v=harbourbrdg"
    room.episode(
        "54",
        "News in Review – Episode 54: The bridge vote",
        BRIDGE,
        published=date(2026, 3, 3),
        url=bridge,
        show_id=show,
        speakers={0: "Host", 7: "Ilse Varga", 8: "Ilse Varga"},
    )
    flood = "https://cast.example/55.mp3"
    room.episode(
        "55",
        "News in Review – Episode 55: High water",
        FLOOD,
        published=date(2026, 3, 10),
        url=flood,
        show_id=show,
        speakers={6: "Marek Żuk"},
        doubts={5: "silence", 8: "loop"},
    )
    room.episode("S1", "Valley Sport special", SCHOOL, url="", show_title="Valley Sport", show_id=other)
    room.article(
        "https://paper.example/bridge",
        "Council votes for the harbour bridge",
        [
            "The council has decided: a bridge will cross the harbour. It was a turning point, said the mayor.",
            "Nine voted in favour. The toll, two crowns for each car, pays for the upkeep; bicycles go free.",
            "Critics had wanted a tunnel. “It would have cost twice as much,” said the engineer, Ilse Varga, on Tuesday.",
        ],
        published=date(2026, 3, 4),
        dek="Video channel – News in Review – Episode 54.",
    )
    room.article(
        "https://paper.example/flood",
        "High water in the lower valley",
        ["The river rose by three metres.", "The ferry drifted away; volunteers secured it. Schools stay closed."],
        published=date(2026, 3, 11),
    )
    room.article("https://paper.example/soup", "Soup for two hundred", ["The school kitchen’s leek soup, a recipe."])
    room.article("https://paper.example/title-only", "A picture of the lighthouse", [])
    room.link(1, 1, "linked")
    room.link(2, 2, "proposed")
    room.link(2, 3, "rejected")
