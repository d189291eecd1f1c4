"""How much of a question a text speaks of, its words weighed by how rare they are in the articles."""

from index.lexical import LexicalIndex, terms


class Coverage:
    """Shares of a question's words, each weighed by its inverse document frequency in the index."""

    def __init__(self, lexical: LexicalIndex) -> None:
        self._lexical = lexical

    def share(self, question: str, text: str) -> float:
        """The weight of the question's terms that stand in the text over the weight of them all, 0..1."""
        asked = set(terms(question))
        weights = {term: self._lexical.idf(term) for term in asked}
        total = sum(weights.values())
        if total <= 0:
            return 0.0
        said = set(terms(text))
        return sum(weight for term, weight in weights.items() if term in said) / total

    def unknown(self, question: str) -> tuple[str, ...]:
        """The question's words, as asked, that stand in no article, each once, in order."""
        found: dict[str, None] = {}
        for word in question.split():
            kept = terms(word)
            if kept and not any(self._lexical.known(term) for term in kept):
                found[word.strip(".,;:!?\"'()[]")] = None
        return tuple(found)
