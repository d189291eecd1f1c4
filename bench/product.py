"""The product as it ships, over any index."""

from collections.abc import Callable

from bot.gate import Gate
from bot.generator import load_generator
from bot.pipeline import Bot
from bot.reader import load_reader
from bot.settings import Settings
from bot.verifier import CutVerifier
from index.search import Index


def product(settings: Settings) -> Callable[[Index], Bot]:
    """What makes a bot of an index; its models are loaded once."""
    generator = load_generator(settings.generator, settings.models, settings.engine)
    reader = load_reader(engine=settings.engine)
    return lambda index: Bot(index, generator, reader, CutVerifier(), Gate(), settings)
