"""Linking: which article belongs to which episode, with confidence and evidence. Pure: values in, verdicts out.

    values.py                EpisodeText and ArticleCandidate, the input; the output is ``episodes.values.Verdict``
    verdicts.py              ``link``: combine all evidence, apply the thresholds
    metadata.py              evidence that needs no full-text comparison, from:
      references.py          rung one: embedded videos, URLs in articles and descriptions
      number_mentions.py     rung two: the show's name with the episode's number
      titles_and_dates.py    similar titles, near dates
    text_score.py            rung three: how far the texts of a pair stand out, calibrated
      text_overlap.py        what two texts share: rare phrases, rare words, TF-IDF cosine
    text_evidence.py         shared phrases and names, as sentences for a person
    incremental.py           ``relink``: link new texts against a catalog that was linked before
      linking_state.py       the state kept between runs: an inverted index of features; finds candidates
      catalog_statistics.py  in how many texts each feature occurs
      features.py            the features kept of an episode and of an article
      serialization.py       a linking state as bytes

Words and stems are those of ``transcripts.tokens``. No module imports one above it. Importing the package is cheap: functions import
numpy when they need it.
"""

from episodes.linking.values import ArticleCandidate, EpisodeText, EvidenceKind
from episodes.linking.verdicts import link
from episodes.values import Evidence, Verdict

__all__ = ["ArticleCandidate", "EpisodeText", "Evidence", "EvidenceKind", "Verdict", "link"]
