"""What the tools say when they cannot go on: one sentence for the person at the keyboard."""

import errno


class Problem(Exception):
    """Something a person can act on; its text is one sentence, shown without a traceback."""


class Unreachable(Problem):
    """A place on the network that does not answer, or not as it should: another may."""


class WrongFile(Problem):
    """A file that is not the pinned one: another place may have the right one."""


def explain(error: OSError, doing: str) -> Problem:
    """Turn the system's refusal into a sentence; ``doing`` completes "… while <doing>"."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(doing)
    return Problem(f"{error.strerror or error} while {doing}.")


def disk_full(doing: str) -> Problem:
    """The sentence for a full disk."""
    return Problem(
        f"The disk is full: no space left while {doing}. "
        "Free some space and run the same command again; what was finished is kept."
    )
