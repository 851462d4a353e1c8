"""The one error type people meet: a stable code and a sentence that says what to do."""


class CutawayError(Exception):
    """A failure that can be explained.

    Parameters
    ----------
    code : str
        Stable and lower-case with hyphens, for programs: ``"empty-file"``, ``"truncated"``, …
    sentence : str
        For people: what happened and what to do about it.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


class EngineError(CutawayError):
    """Inference failed on one provider; the road may try the next one.

    ``cause`` is the engine's own wording, kept for the receipt.
    """

    def __init__(self, code: str, sentence: str, cause: str) -> None:
        super().__init__(code, sentence)
        self.cause = cause
