"""What of a passage is best embedded: its text, its title, both as one text, or both apart.

    python -m bench.embedded_text [SET ...]

The sets of bench.retrieval that have titles (none has headings below them), by the passages' vectors alone; of FAQs
the title is the question. Each cell is nDCG@10 / hit@1. "apart, best" takes the higher of the two cosines, "apart,
mean" their mean; "one text" is what ships, beside which an FAQ entry's question is embedded by itself for the
author's answer.
"""

import argparse
import sys

import numpy as np

from bench.retrieval import articles_by, bar, score
from bench.sets import Task, tasks
from index.chunk import chunk_article
from index.embedder import TextEmbedder, load_embedder

SETS = ("stackfaq", "squad2", "clapnq", "datatalks_faq")


def row(task: Task, embedder: TextEmbedder) -> list[str]:
    """A cell for each way."""
    chunks = [chunk for article in task.corpus.articles for chunk in chunk_article(article)]
    asked = embedder.embed_passages(list(bar([question for question, _ in task.questions])))

    def cosines(texts: list[str]) -> np.ndarray:
        return np.asarray(asked @ embedder.embed_passages(list(bar(texts))).T)

    text = cosines([chunk.text for chunk in chunks])
    title = cosines([chunk.title for chunk in chunks])
    ways = (text, title, cosines([chunk.passage for chunk in chunks]), np.maximum(text, title), (text + title) / 2)
    return [str(score([articles_by(chunks, scores) for scores in way], task)) for way in ways]


def main() -> int:
    """Print a row a set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=SETS)
    embedder = load_embedder()
    print("| set | text | title | one text | apart, best | apart, mean |\n|---|---|---|---|---|---|")
    for task in tasks(frozenset(parser.parse_args().names)):
        if any(article.title for article in task.corpus.articles):
            print(f"| {task.name} | {' | '.join(row(task, embedder))} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
