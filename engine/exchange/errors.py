"""Why a document is not taken in.

CascadeError
└── DocumentRefused          nothing of it was kept
    ├── UnreadableDocument   it cannot be read as what it was given for
    └── SecretDocument       it carries a secrecy mark, and must not be read here at all
"""

from collections.abc import Sequence

from workflows.errors import SHOWN_MAX, CascadeError, Problem
from workflows.text import joined, say


class DocumentRefused(CascadeError):
    """A document was not taken in; nothing of it was kept."""


class UnreadableDocument(DocumentRefused):
    """What was given cannot be read; the text says what stands in the way and what to do.

    `problems` lists every fault found, in the order of the file, where there are places to point at.
    """

    def __init__(self, says: str, problems: Sequence[Problem] = ()) -> None:
        self.problems = tuple(problems)
        super().__init__(_listed(says, self.problems))


class SecretDocument(DocumentRefused):
    """The text carries a secrecy mark; secret documents are kept out of such software."""

    def __init__(self, mark: str, line: int) -> None:
        super().__init__(
            say(
                'Line {line} carries the secrecy mark "{mark}". Such documents do not belong in this software: '
                "the text was not read, nothing of it was kept. Register it with secret documents, on paper.",
                line=line,
                mark=mark,
            )
        )
        self.mark = mark
        self.line = line


def _listed(says: str, problems: Sequence[Problem]) -> str:
    """The sentence with the problems below it, each on a line; every part can still be said in another language."""
    if not problems:
        return says
    lines = [
        joined((f"{one.source}:{one.line}:{one.column}", one.code, one.message), " ") for one in problems[:SHOWN_MAX]
    ]
    if len(problems) > SHOWN_MAX:
        lines.append(say("and {count} more; mend these first", count=f"{len(problems) - SHOWN_MAX:,}"))
    return joined((says, *lines), "\n  ")
