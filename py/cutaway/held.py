"""held: the last photo's result, so that a change need not begin with the photo."""

from cutaway.result import Result

#: Pixels of a photo that is held, at most: a larger one takes too much memory.
MOST = 50_000_000


class Held:
    """One result at most, under the number of the job that made its matte."""

    def __init__(self) -> None:
        self._job = 0
        self._result: Result | None = None

    def keep(self, job: int, result: Result) -> None:
        """Holds a result in place of the last one, if it is not too large."""
        if job != self._job:
            self.clear()
        if result.matte.alpha.size <= MOST:
            self._job, self._result = job, result

    def clear(self) -> None:
        self._job, self._result = 0, None

    def result(self, job: int) -> Result | None:
        """What that job made, or None where it is not held."""
        return self._result if job == self._job else None
