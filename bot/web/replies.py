"""What the bot says, in the shapes it is sent in."""

from pydantic import BaseModel

from bot.chat.exchange import cited_chunks
from bot.types import Answer, Citation, Claim, Suggestion
from bot.web.shapes import Reply, Sentence, Source, Suggested, safe


def sentence(claim: Claim) -> Sentence:
    """A claim as it is sent."""
    return Sentence(text=claim.text, footnotes=[citation.number for citation in claim.citations])


def source(citation: Citation) -> Source:
    """A citation as it is sent; an address nobody should follow, such as javascript:, is left out."""
    return Source(
        number=citation.number,
        article=citation.article_id,
        title=citation.title,
        url=safe(citation.url),
        headings=list(citation.heading_path),
        quote=citation.quote,
        start=citation.start,
        end=citation.end,
    )


def suggested(suggestion: Suggestion) -> Suggested:
    """A suggestion as it is sent."""
    return Suggested(question=suggestion.question, article=suggestion.article_id)


def reply(answer: Answer, name: str) -> Reply:
    """An answer as it is sent, under the id its reader may vote with."""
    return Reply(
        id=name,
        question=answer.question,
        lane=answer.lane,
        confidence=answer.confidence,
        sentences=[sentence(claim) for claim in answer.claims],
        citations=[source(citation) for citation in answer.citations],
        declined_because=answer.declined_because,
        uncovered=list(answer.uncovered),
        suggestions=[suggested(one) for one in answer.suggestions],
        passages=list(cited_chunks(answer)),
        seconds=dict(answer.timings),
    )


def event(name: str, data: BaseModel) -> bytes:
    """One server-sent event."""
    return f"event: {name}\ndata: {data.model_dump_json()}\n\n".encode()
