"""Small articles in the plain form, made of headings and bodies."""

from pathlib import Path

from corpus.types import Article, Corpus, Section


def article(name: str, *parts: tuple[str, str], title: str = "") -> Article:
    """One section for each (heading, body); a heading that ends in "?" makes an FAQ entry, "" makes no heading."""
    text, sections = "", []
    for number, (heading, body) in enumerate(parts):
        start = len(text)
        text += f"{heading}\n\n" if heading else ""
        begin = len(text)
        text += body + ("\n\n" if number + 1 < len(parts) else "")
        path = (heading,) if heading else ()
        sections.append(Section(path, f"s{number}" if heading else "", start, begin, len(text), heading.endswith("?")))
    return Article(name, title or name, "", text, tuple(sections))


def corpus(*articles: Article) -> Corpus:
    """The articles, sorted as a loader does."""
    return Corpus(Path("articles"), tuple(sorted(articles, key=lambda one: one.id)))


CATS = article(
    "cats.md",
    ("", "Cats are small animals that hunt mice."),
    ("Food", "A cat eats fish and meat. Milk is bad for a cat."),
    ("Can a cat swim?", "Yes. Most cats can swim but few cats like water."),
    title="Cats",
)
DOGS = article(
    "dogs.md",
    ("", "Dogs are loyal animals that guard a house."),
    ("Walks", "A dog needs a walk twice a day, whatever the weather."),
    ("Can a dog eat chocolate?", "No. Chocolate is poison for a dog."),
    title="Dogs",
)
BIRDS = article(
    "birds.md", ("", "Birds have feathers and lay eggs; a penguin is a bird that cannot fly."), title="Birds"
)
ANIMALS = corpus(CATS, DOGS, BIRDS)
