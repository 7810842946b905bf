"""A progress bar is for a person who waits: after a second, on a terminal, and gone when the work has ended."""

import io
from collections.abc import Iterator

import pytest
from rich.console import Console

from engine.cli.progress import progress, reaching


class Screen:
    """A terminal, and a clock that moves by hand."""

    def __init__(self) -> None:
        self.written, self.now = io.StringIO(), 0.0
        self.console = Console(file=self.written, force_terminal=True, width=80)

    def work(self, *seconds: float, silent: bool = False) -> Iterator[str]:
        """What the screen shows after each step that takes so long."""
        with progress("Storing", len(seconds), silent=silent, console=self.console, clock=lambda: self.now) as advance:
            for length in seconds:
                self.now += length
                advance()
                yield self.written.getvalue()


def test_nothing_is_shown_for_a_second_and_then_how_far_it_is() -> None:
    screen = Screen()
    shown = list(screen.work(0.4, 0.4, 0.4, 0.4))
    assert shown[:2] == ["", ""]
    assert "Storing" in shown[2]
    assert "3/4" in shown[2]


def test_short_work_shows_nothing() -> None:
    assert list(Screen().work(0.1, 0.1, 0.1)) == ["", "", ""]


def test_nothing_is_shown_beside_json() -> None:
    assert list(Screen().work(5, 5, 5, silent=True)) == ["", "", ""]


def test_nothing_is_shown_where_standard_error_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("Storing", 5) as advance:
        advance()
    assert capsys.readouterr() == ("", "")


def test_the_bar_goes_when_the_work_fails() -> None:
    screen = Screen()
    with pytest.raises(KeyError), progress("Storing", 5, console=screen.console, clock=lambda: screen.now) as advance:
        screen.now = 3.0
        advance()
        raise KeyError
    assert screen.written.getvalue().endswith(("\x1b[2K", "\x1b[?25h\r\x1b[1A\x1b[2K"))


def reached(*done: int, total: int | None = None) -> str:
    """What the screen has shown of work that says each half second how much is done in all."""
    screen = Screen()
    with reaching("Writing", total, console=screen.console, clock=lambda: screen.now) as reach:
        for count in done:
            screen.now += 0.5
            reach(count)
    return screen.written.getvalue()


def test_work_whose_end_is_not_known_shows_how_much_is_done() -> None:
    assert reached(2_000) == ""
    assert "4,000 " in reached(2_000, 4_000)


def test_more_than_was_expected_is_shown_as_it_is() -> None:
    assert "1,700/1,700" in reached(600, 1_700, total=1_200)


def test_work_that_is_tried_again_counts_anew() -> None:
    assert "2,000/9,000" in reached(4_000, 6_000, 2_000, total=9_000).split("6,000/9,000")[-1]
