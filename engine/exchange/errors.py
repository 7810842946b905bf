"""Why a document is not taken in.

DocumentRefused
├── UnreadableDocument   it cannot be read as what it was given for
└── SecretDocument       it carries a secrecy mark, and must not be read here at all
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong with a file, at a line and column counted from 1."""

    line: int
    column: int
    says: str

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.says}"


class DocumentRefused(Exception):
    """A document was not taken in; nothing of it was kept."""


class UnreadableDocument(DocumentRefused):
    """What was given cannot be read; the sentence says what stands in the way and what to do.

    `problems` lists every fault found, in the order of the file, when there are places to point at.
    """

    def __init__(self, says: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__("\n  ".join([says, *map(str, problems)]))
        self.problems = problems


class SecretDocument(DocumentRefused):
    """The text carries a secrecy mark. Secret documents do not belong in such software (NĐ 30/2020/NĐ-CP)."""

    def __init__(self, mark: str, line: int) -> None:
        super().__init__(
            f'Line {line} carries the secrecy mark "{mark}". Secret documents do not belong in this software: '
            "the text was not read and nothing of it was kept. Register it with the secret documents, on paper."
        )
        self.mark = mark
        self.line = line
