"""The one exception tree: every message is a line that says what is wrong, where, and what to do."""


class FootnoteError(Exception):
    """A mistake or a mishap that the person reading the message can mend."""


class CorpusError(FootnoteError):
    """An article, or the folder of articles, cannot be read."""


class StoredIndexError(FootnoteError):
    """An index is missing, stale, damaged or foreign; the message names the command that mends it."""


class ModelError(FootnoteError):
    """Weights are missing or are not the ones that were promised."""


class SettingsError(FootnoteError):
    """A setting has a value that cannot be used."""


class QuestionError(FootnoteError):
    """A question that cannot be answered as asked: empty, or far too long."""


class EvaluationError(FootnoteError):
    """A file of questions, or a report to compare with, cannot be used."""


class RecordsError(FootnoteError):
    """What visitors asked cannot be read, or a draft made of it not written."""
