"""Linking: which article belongs to which episode, with confidence and evidence. Pure: values in, verdicts out.

    values.py             EpisodeText, ArticleCandidate -> Verdict with Evidence
    verdicts.py           ``link``: everything together, the thresholds
    metadata.py           what is known of a pair without reading texts:
      references.py       rung one: videos embedded, addresses in descriptions
      number_mentions.py  rung two: the show's name with the episode's number
      titles_and_dates.py like titles, near dates
    text_score.py         rung three: how far a pair's texts stand out, calibrated
      text_overlap.py     what texts share: rare phrases, rare words, cosine
    text_evidence.py      shared phrases and names as a person reads them
    incremental.py        ``relink``: new texts among a catalog that was linked before
      linking_state.py    what is kept of the whole catalog: who has which feature; candidates
      catalog_statistics.pyhow common each feature is
      features.py         what of an episode and an article is kept
      serialization.py    a linking state as bytes

Words and stems are those of ``transcripts.tokens``. Each lower file knows nothing of the upper ones. Loading costs nothing heavy: numpy
is imported where it is used.
"""

from episodes.linking.values import ArticleCandidate, EpisodeText, Kind
from episodes.linking.verdicts import link
from episodes.values import Evidence, Verdict

__all__ = ["ArticleCandidate", "EpisodeText", "Evidence", "Kind", "Verdict", "link"]
