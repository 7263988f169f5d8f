"""What is given can be read back by its class, and a value that is none is refused where a document is made."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from episodes.documents import alignment, articles, episodes, links, manual, outcomes, search, shows, transcripts
from episodes.documents.document import Document
from tests.documents.record import RECORD

#: The beginning of a command or address -> what it gives; the longest counts.
TYPES: dict[str, Any] = {
    "nir shows": list[shows.Show],
    "nir shows glossary": shows.Glossary,
    "nir episodes": list[episodes.ListedEpisode],
    "nir show ": episodes.WholeEpisode,
    "nir articles": list[articles.Article],
    "nir articles sites": list[articles.Site],
    "nir search": list[search.Hit],
    "nir links": list[links.Link],
    "nir passages": list[alignment.AlignedParagraph],
    "nir marks": list[transcripts.DoubtfulMoment],
    "nir corrections": list[transcripts.Correction],
    "nir status": outcomes.Status,
    "0. nir shows glossary": shows.Glossary,
    "1. nir import": list[outcomes.Outcome],
    "3. nir articles add": list[outcomes.Outcome],
    "4. nir links import": list[outcomes.Outcome],
    "5. nir link": links.LinkCounts,
    "search {": search.Answer,
    'show {"name": "ep-12"': episodes.ShownEpisode,
    'show {"name": "https': articles.ShownArticle,
    "/api/search": list[search.Hit],
    "/api/episodes": list[episodes.ListedEpisode],
    "/api/episodes/": episodes.WholeEpisode,
    "/api/episodes/ep-12/passages": list[alignment.AlignedParagraph],
    "/api/episodes/ep-12/transcript.json": transcripts.TimedWords,
    "/api/article?": articles.WholeArticle,
}
RECORDED = json.loads(RECORD.read_text(encoding="utf-8"))
READ = {
    name: TYPES[max(begins, key=len)]
    for name in RECORDED
    if name != "nir links export" and (begins := [begin for begin in TYPES if name.startswith(begin)])
}


@pytest.mark.parametrize("name", READ)
def test_what_is_given_can_be_read_back(name: str) -> None:
    reader = TypeAdapter(READ[name])
    read = reader.validate_json(RECORDED[name], strict=True)

    assert json.loads(RECORDED[name]) == reader.dump_python(read, mode="json", by_alias=True)


def test_each_document_is_read_back_somewhere() -> None:
    def below(kind: type[Document]) -> set[type[Document]]:
        return {kind}.union(*(below(one) for one in kind.__subclasses__()))

    named = {kind for kind in below(Document) if not kind.__name__.startswith("_")}
    described = json.dumps([TypeAdapter(kind).json_schema() for kind in TYPES.values()])

    missing = {kind.__name__ for kind in named if f'"title": "{kind.__name__}"' not in described}
    assert missing == {"Document", "Check", "Error", manual.Topic.__name__, manual.WholeTopic.__name__}


@pytest.mark.parametrize("wrong", [{"status": "perhaps"}, {"confidence": "high"}, {"more": 1}, {"id": None}])
def test_a_value_that_is_none_is_refused(wrong: dict[str, object]) -> None:
    (given,) = json.loads(RECORDED["nir links --status rejected"])

    assert links.Link(**given).as_dict() == given
    with pytest.raises(ValidationError):
        links.Link(**given | wrong)


def test_a_document_does_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        links.Evidence(kind="name", detail="", weight=1).kind = "date"
