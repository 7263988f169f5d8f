"""Choose one sentence for each paragraph, all together, by the Viterbi algorithm.

A show mostly follows an article from top to bottom, but it jumps. So order is a reward between neighbouring paragraphs and not a rule: a
paragraph that clearly belongs elsewhere goes there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

#: Nats added if a paragraph begins later than the one before, subtracted if earlier; half is subtracted for the same moment.
ORDER_REWARD = 1.5
#: Candidate sentences per paragraph.
CANDIDATES = 20


def best_sequence(belief: Array, starts: Array) -> list[int]:
    """Return the number of the sentence chosen for each paragraph.

    ``belief`` is a table of sentences x paragraphs, at least one of each: log-probabilities over the sentences. ``starts`` are the
    sentences' seconds.
    """
    import numpy as np

    candidates = np.argsort(-belief, axis=0, kind="stable")[:CANDIDATES]
    total = belief[candidates[:, 0], 0]
    behind = []
    for paragraph in range(1, belief.shape[1]):
        before, here = starts[candidates[:, paragraph - 1]], starts[candidates[:, paragraph]]
        steps = total[:, None] + ORDER_REWARD * _order(here[None, :] - before[:, None])
        behind.append(steps.argmax(0))
        total = steps.max(0) + belief[candidates[:, paragraph], paragraph]
    place = int(total.argmax())
    chosen = [int(candidates[place, -1])]
    for paragraph in range(belief.shape[1] - 2, -1, -1):
        place = int(behind[paragraph][place])
        chosen.append(int(candidates[place, paragraph]))
    return chosen[::-1]


def _order(gap: Array) -> Array:
    import numpy as np

    return np.where(gap > 0, 1.0, np.where(gap < 0, -1.0, -0.5))
