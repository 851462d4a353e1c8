"""Progress on a terminal and in a log."""

from pathlib import Path

import pytest

from tools.progress import Progress, watching


class Screen:
    """A stream that is a terminal or is not."""

    def __init__(self, terminal: bool) -> None:
        self.text = ""
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None:
        pass


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_fits_where_it_is_shown(terminal: bool) -> None:
    screen = Screen(terminal)
    now = iter(range(100))
    progress = Progress(screen, clock=lambda: float(next(now)))  # type: ignore[arg-type]
    for megabyte in range(11):
        progress("Downloading", megabyte * 1_000_000, 10_000_000)
    progress.say("Done")
    lines = screen.text.splitlines()
    assert lines[-1] == "Done"
    assert lines[-2].endswith("Downloading: 10.0 of 10.0 MB")
    shown = screen.text.count("Downloading")
    if terminal:
        assert screen.text.count("\n") == 2
        assert shown == 11
    else:
        assert "\r" not in screen.text
        assert shown == 3  # at 0, 5 and 10 seconds


def test_a_growing_folder_is_reported(tmp_path: Path) -> None:
    seen: list[int] = []
    with watching(tmp_path, "Filling", 0, lambda what, done, total: seen.append(done)):
        (tmp_path / "file").write_bytes(bytes(1000))
        while not seen:
            (tmp_path / "file").touch()
    assert seen[-1] == 1000
