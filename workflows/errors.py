"""Why the law says no.

CascadeError
├── Refused                a command the law does not allow; nothing was stored
│   ├── NotOpen            the state does not know this action
│   ├── NotYours           another party has to do it
│   ├── Incomplete         a field that is asked for is missing or unusable
│   ├── Unmet              a rule stands in the way (join, parent's date, limit, same person)
│   └── Conflict           the same command id was used for something else
├── NotFound               no such office, cascade, directive, obligation, workflow, entry
└── InvalidDefinition      a workflow, calendar or office file that cannot be used; carries every problem
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workflows.text import Text, joined, say, say_count


class CascadeError(Exception):
    """Anything this project refuses or cannot do; its text is written for the person who asked."""

    @property
    def text(self) -> str:
        """What it says: a `Text` where it was written as one, so that a door can say it in another language."""
        return self.args[0] if self.args and isinstance(self.args[0], str) else str(self)


class Refused(CascadeError):
    """The law does not allow a command. Says what was asked, what stands in the way and what is open instead."""

    def __init__(self, asked: str, because: str, open_now: Sequence[str] = ()) -> None:
        self.asked = asked
        self.because = because
        self.open_now = tuple(open_now)
        super().__init__(_refusal(asked, because, self.open_now))


def _refusal(asked: str, because: str, open_now: tuple[str, ...]) -> Text:
    """The whole sentence. `because` ends without a full stop; one that is a list of lines keeps its end as it is."""
    if because.endswith(")") and "\n" in because:
        return say("Cannot {asked}: {because}", asked=asked, because=because)
    because = because if isinstance(because, Text) else because.rstrip(".")
    if open_now:
        return say("Cannot {asked}: {because}. Open to you now: {open}.", asked=asked, because=because, open=open_now)
    return say("Cannot {asked}: {because}.", asked=asked, because=because)


class NotOpen(Refused):
    """The state machine has no such step from the present state."""


class NotYours(Refused):
    """The action is open, but to another party."""


class Incomplete(Refused):
    """A field the definition asks for is missing, unknown or unusable. `fields` says what is wrong with each, where that is
    known apart."""

    def __init__(
        self, asked: str, because: str, open_now: Sequence[str] = (), fields: Mapping[str, str] | None = None
    ) -> None:
        self.fields = dict(fields or {})
        super().__init__(asked, because, open_now)


class Unmet(Refused):
    """A rule other than the state machine stands in the way."""


class Conflict(Refused):
    """A command id came back with different content."""


class NotFound(CascadeError):
    """The thing named does not exist here."""


SHOWN_MAX = 100  # problems that a refusal spells out


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a file, where it is wrong. `line` and `column` count from 1."""

    source: str
    line: int
    column: int
    code: str
    message: str
    warning: bool = False

    @property
    def text(self) -> Text:
        """The whole line: where, which code, and what is wrong."""
        place = f"{self.source}:{self.line}:{self.column} {self.code}"
        if self.warning:
            return say("{place} warning: {message}", place=place, message=self.message)
        return joined([place, self.message], " ")

    def __str__(self) -> str:
        return str(self.text)


class InvalidDefinition(CascadeError):
    """A definition file cannot be used; `problems` names every fault at once."""

    def __init__(self, source: str, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        lines = [say("{source} cannot be used:", source=source), *(one.text for one in self.problems[:SHOWN_MAX])]
        more = len(self.problems) - SHOWN_MAX
        if more > 0:
            lines.append(say_count("and {count} more; mend it first", "and {count} more; mend these first", more))
        super().__init__(joined(lines, "\n  "))
