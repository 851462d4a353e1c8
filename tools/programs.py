"""Running other people's programs, and saying in one sentence why one failed."""

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.problems import Problem, Unreachable, disk_full

#: How pip, npm and apt word it when there is no way to the network.
NO_NETWORK = re.compile(
    r"name resolution|failure resolving|Could not resolve|Name or service not known"
    r"|NewConnectionError|Connection refused|ProxyError|ConnectTimeout|timed out"
    r"|Network is unreachable|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH"
    r"|ETIMEDOUT|EHOSTUNREACH",
    re.IGNORECASE,
)
DISK_FULL = re.compile(r"ENOSPC|No space left on device|Disk quota exceeded", re.IGNORECASE)


def run(
    command: Sequence[str | Path],
    doing: str,
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Run a program quietly and return what it printed.

    ``doing`` completes "… while <doing>". Raises ``Problem`` when the program is missing or fails,
    ``Unreachable`` when it could not get what it wanted.
    """
    try:
        result = subprocess.run(
            [str(word) for word in command],
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
        )
    except OSError as error:
        name = Path(command[0]).name
        raise Problem(f"{name} could not be started while {doing}: {error.strerror}.") from error
    if result.returncode:
        raise _explain(result.stderr + result.stdout, doing)
    return result.stdout


def _explain(output: str, doing: str) -> Problem:
    if DISK_FULL.search(output):
        return disk_full(doing)
    if NO_NETWORK.search(output):
        return Unreachable(
            f"No network while {doing}: connect this machine and run the same command again."
        )
    return Unreachable(f"Something failed while {doing}: {_reason(output)}")


def _reason(output: str) -> str:
    """The line of a program's output that most likely names the cause."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"(npm )?(ERROR|error|E:)", line)]
    return (errors or lines or ["it gave no reason"])[-1 if not errors else 0][:300]
