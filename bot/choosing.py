"""A chat model chooses what is said, word by word, among a closed set of sentences; what runs it is behind two seams.

bot/generator_openvino.py and bot/generator_torch.py are the two that there are; bot/generator.py chooses between them.
"""

import itertools
import threading
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from typing import Protocol

import numpy as np

from bot.types import Choices, Message
from corpus.errors import ModelError
from index.types import Vectors

# Tokens of prompt and reply together that the cache of keys and values may hold; our prompts stay far below.
CONTEXT_TOKENS = 4096
MOST_SENTENCES = 4  # of a reply, room for which must be left
MEND_CHOICE = "set FOOTNOTE_GENERATOR to an instruct or chat model, or leave it empty"
TRIAL = (Message("system", "Answer."), Message("user", "Why?"))  # what every chat template must take


class Chat(Protocol):
    """A tokenizer with a chat template."""

    @property
    def stops(self) -> frozenset[int]:
        """Tokens that end a reply."""

    @property
    def marks(self) -> Sequence[str]:
        """What the tokenizer reads as one of its added tokens, role marks among them; the longest first."""

    def prompt(self, turns: Sequence[Mapping[str, str]]) -> list[int]:
        """Tokens of the turns (`role`, `content`) up to where the reply begins.

        jinja2.TemplateError when the template refuses them, ValueError when there is none.
        """

    def tokens(self, text: str) -> list[int]:
        """Tokens of a text alone, no marks added."""


class Steps(Protocol):
    """One reply's way through a model, which keeps keys and values of all that was run."""

    def logits(self, tokens: Sequence[int], among: Sequence[int]) -> Vectors:
        """(len(among),): of each of these to come next, once `tokens` are run after what was.

        Without tokens it is asked of the same place again; the first time there is one at least.
        """


class Model(Protocol):
    """A causal language model; several replies may be under way at once."""

    @property
    def room(self) -> int:
        """Tokens that prompt and reply may have together."""

    def begin(self) -> Steps:
        """A new reply; what it keeps goes with it."""


class ChoosingGenerator:
    """A causal language model with a chat template; it chooses greedily, so the same messages give the same reply."""

    def __init__(self, chat: Chat, model: Model) -> None:
        self._chat = chat
        self._model = model

    def choose(
        self, messages: Sequence[Message], choices: Choices, already: Sequence[str] = ()
    ) -> Generator[str, None, None]:
        """Sentence after sentence, after those said `already`; ModelError when the messages do not fit the context.

        Where several sentences may go on, the likeliest token decides; where only one is left, nothing is run.
        """
        prompt = self._encode(messages)
        longest = MOST_SENTENCES * max((len(self._tokens(one)) for one in choices.options([])), default=0)
        if len(prompt) + longest > self._model.room:
            raise ModelError(f"the prompt has {len(prompt)} tokens; lower top_k or max_question_chars")
        stops = self._chat.stops
        said = list(already)
        run = _Run(self._model.begin(), [*prompt, *self._tokens(" ".join(said))])
        while options := choices.options(said):
            before = " " if said else ""
            left = {one: self._tokens(before + one) for one in options}
            # Another sentence, or the end: asked once, at the first token.
            stop = stops if choices.enough(said) else frozenset()
            for place in itertools.count():
                here = {one: ids[place] for one, ids in left.items() if place < len(ids)}
                done = [one for one in left if one not in here]  # one that begins another may end here
                follow = set(here.values()) | stop | (stops if done else frozenset())
                if not here and not stop:
                    break
                token = run.likeliest(follow)
                if token in stop:
                    return
                if token in stops:
                    left = {one: left[one] for one in done}
                    break
                run.settle(token)
                left, stop = {one: left[one] for one, its in here.items() if its == token}, frozenset()
            said.append(next(iter(left)))
            yield said[-1]

    def check(self, name: str) -> "ChoosingGenerator":
        """Itself; ModelError, naming the model, when its chat template is missing or takes no question."""
        from jinja2 import TemplateError

        try:
            self._encode(TRIAL)
        except (ValueError, TemplateError):
            raise ModelError(f"the generator {name} has no chat template that works; {MEND_CHOICE}") from None
        return self

    def _encode(self, messages: Sequence[Message]) -> list[int]:
        from jinja2 import TemplateError

        turns = [{"role": message.role, "content": self._plain(message.content)} for message in messages]
        try:
            return self._chat.prompt(turns)
        except TemplateError:  # some know no system role: then whoever asks says it
            said = {"role": "user", "content": "\n\n".join(turn["content"] for turn in turns)}
            return self._chat.prompt([said])

    def _tokens(self, sentence: str) -> list[int]:
        return self._chat.tokens(self._plain(sentence))

    def _plain(self, content: str) -> str:
        """The content without anything the tokenizer would read as one of its role marks."""
        while any(mark in content for mark in self._chat.marks):  # removing one may join the halves of another
            for mark in self._chat.marks:
                content = content.replace(mark, "")
        return content


class LateGenerator:
    """A generator that is loaded when there is first something to choose: most answers leave it no choice."""

    def __init__(self, load: Callable[[], ChoosingGenerator]) -> None:
        self._load = load
        self._loading = threading.Lock()
        self._loaded: ChoosingGenerator | None = None

    def choose(self, messages: Sequence[Message], choices: Choices) -> Generator[str, None, None]:
        """What the generator itself would say: a sentence that is the only one needs no model."""
        said: list[str] = []
        while not choices.enough(said) and len(options := choices.options(said)) == 1:
            said.append(options[0])
            yield options[0]
        if choices.options(said):
            yield from self._ready().choose(messages, choices, said)

    def _ready(self) -> ChoosingGenerator:
        with self._loading:
            self._loaded = self._loaded or self._load()
            return self._loaded


class _Run:
    """One reply's way through the model: what is settled is run once it matters."""

    def __init__(self, steps: Steps, prompt: Sequence[int]) -> None:
        self._steps = steps
        self._waiting = list(prompt)  # tokens that are settled and were not run yet

    def settle(self, token: int) -> None:
        """What comes next; nothing is run."""
        self._waiting.append(token)

    def likeliest(self, among: Collection[int]) -> int:
        """The token of these that most likely comes next, ties by the token's number; of one alone nothing is run."""
        ordered = sorted(among)
        if len(ordered) == 1:
            return ordered[0]
        waiting, self._waiting = self._waiting, []
        return ordered[int(np.argmax(self._steps.logits(waiting, ordered)))]
