"""Which headings are questions that readers ask, and so FAQ entries with the text below as the author's answer."""

import re

from corpus.blocks import FAQ_LEVEL, Block, Heading, List, Paragraph

# Longer "questions" in real help centres were paragraphs; the longest heading of the Debian FAQ has 170 characters.
MAX_QUESTION = 300
MIN_QUESTION_WORDS = 2

_QUESTION_MARK = re.compile(r"[?\uff1f\u061f][!?\"'\u201d\u2019»)\]\s]*$")
_AUXILIARY = r"(?:is|are|was|were|do|does|did|can|could|should|would|will|has|have|had|may|must)(?:n['\u2019]t)?"
_SUBJECT = r"(?:i|we|you|it|he|she|they|there|this|that|these|those|my|our|your|the|a|an|any|all)"
# Without a question mark only an unmistakable order of words counts: "How do I ...", "Can I ...", "How to ...", but not
# "How they relate" or "When the distinction matters".
_INTERROGATIVE = re.compile(
    rf"(?:(?:how|what|why|when|where|who|which|whose|whom)\s+{_AUXILIARY}\b"
    rf"|how\s+(?:to|many|much|long|often|far|soon)\b"
    rf"|what\s+(?:kinds?|types?|sorts?)\s+of\b"
    rf"|{_AUXILIARY}\s+{_SUBJECT}\b)",
    re.IGNORECASE,
)
# "1.2. ", "3) ", "Q: ", "Q4. ", "Question 2: " and the symbols that decorate headings.
_NUMBERING = re.compile(
    r"^(?:[^\w¿(\"'\u201c\u2018«]+|(?:Q|Question)\s*\d*\s*[.:)]\s+|\d+(?:\.\d+)*[.)]?\s+(?=[A-Z¿\"\u201c]))+",
    re.IGNORECASE,
)
_ANSWER_MARK = re.compile(r"^(?:A|Answer)\s*\d*\s*[.:)]\s+", re.IGNORECASE)
_QUESTION_MARKER = re.compile(r"^(?:Q|Question)\s*\d*\s*[.:)]\s+", re.IGNORECASE)
_FAQ_HEADING = re.compile(
    r"\bfaqs?\b|frequently asked|\bq\s*&\s*a\b|questions (?:and|&) answers|common questions", re.IGNORECASE
)
# "Is CLIP an LLM? No, it ...": the first sentence is the question, what follows starts like a sentence.
_ASKED_AND_ANSWERED = re.compile(
    r"^([^?\uff1f\u061f.!]{3,200}(?:[^?\uff1f\u061f]{0,100})[?\uff1f\u061f][\"'\u201d\u2019]?)\s+(?=[^\W_]|[\"'\u201c\u2018(])(.+)$",
    re.DOTALL,
)


def is_question(text: str) -> bool:
    """Whether a heading asks something: it ends with a question mark or opens like a question."""
    bare = bare_question(text)
    if not bare or len(bare) > MAX_QUESTION or len(bare.split()) < MIN_QUESTION_WORDS:
        return False
    return bool(_QUESTION_MARK.search(bare) or _INTERROGATIVE.match(bare))


def bare_question(text: str) -> str:
    """The question without its outline number, its "Q:" and the symbols before it."""
    return _NUMBERING.sub("", text).strip()


def is_faq_heading(text: str) -> bool:
    """Whether a heading announces questions and answers."""
    return bool(_FAQ_HEADING.search(text)) and not _QUESTION_MARK.search(text)


def question_headings(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Blocks in which questions set as bold lines, as "Q: ... A: ..." or as "Question? Answer." are headings."""
    found: list[Block] = []
    in_faq = False
    for at, block in enumerate(blocks):
        if isinstance(block, Heading):
            in_faq = is_faq_heading(block.text) or (in_faq and is_question(block.text))
            found.append(block)
        elif isinstance(block, Paragraph):
            following = blocks[at + 1] if at + 1 < len(blocks) else None
            found.extend(_split(block, following, in_faq))
        else:
            found.append(block)
    return tuple(found)


def _split(block: Paragraph, following: Block | None, in_faq: bool) -> list[Block]:
    """A paragraph as it is, or as a question heading with the answer that stands in the same paragraph."""
    question, answer = _question_and_answer(block, in_faq)
    answered = answer or isinstance(following, Paragraph | List)
    if not question or not answered:
        return [Paragraph(_ANSWER_MARK.sub("", block.text) if in_faq else block.text)]
    heading = Heading(FAQ_LEVEL, bare_question(question))
    return [heading, Paragraph(_ANSWER_MARK.sub("", answer))] if answer else [heading]


def _question_and_answer(block: Paragraph, in_faq: bool) -> tuple[str, str]:
    bold = block.bold.strip()
    if bold and bold.endswith(("?", "\uff1f", "\u061f")) and is_question(bold):
        return bold, block.text[len(block.bold) :].strip()
    marked = bool(_QUESTION_MARKER.match(block.text))
    if marked and is_question(block.text):
        return block.text, ""
    if in_faq or marked:
        match = _ASKED_AND_ANSWERED.match(block.text)
        if match and is_question(match[1]) and not is_question(match[2]):
            return match[1], match[2]
    return "", ""
