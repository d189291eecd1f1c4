"""What a draft may be made of: the ways to say each piece of evidence (bot/cuts.py), and no word besides.

The generator writes none of its own. It chooses, word by word, among these, and when to stop; so whatever it says is
supported by construction. The verifier has the last word all the same.
"""

from collections.abc import Sequence

from bot.cuts import sayings
from bot.quote import MOST_QUOTES, repeats
from bot.types import Evidence


class Guard:
    """One saying for each piece that answers, in their order, then perhaps one of the others."""

    def __init__(self, must: Sequence[Evidence], may: Sequence[Evidence]) -> None:
        further: list[Evidence] = []
        for piece in may:  # of two that say the same, one may hold the other, only the better ranked
            if piece not in must and not any(repeats(piece, one) for one in (*must, *further)):
                further.append(piece)
        self._must = [sayings(piece) for piece in must]
        self._may = [sayings(piece) for piece in further]

    @property
    def complete(self) -> bool:
        """Whether there is something to say for every piece that answers; a list or a table can only be quoted."""
        return bool(self._must) and all(self._must)

    def options(self, said: Sequence[str]) -> tuple[str, ...]:
        """What may come after these sentences; nothing when enough is said."""
        if not self.enough(said):
            return self._must[len(said)]
        if len(said) >= MOST_QUOTES:
            return ()
        left = (piece for piece in self._may if not any(one in piece for one in said))
        return tuple(dict.fromkeys(one for piece in left for one in piece))

    def enough(self, said: Sequence[str]) -> bool:
        """Whether every piece that answers was said."""
        return len(said) >= len(self._must)
