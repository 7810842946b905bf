"""A workflow in words on a terminal."""

from collections.abc import Sequence

from engine.cli.printing import data, pairs, table
from engine.workflow_words import ACTION_HEADS, sections, title
from workflows.definition import Definition
from workflows.text import joined

__all__ = ["show", "title"]


def show(key: str, definition: Definition, published: Sequence[tuple[str, str]] = ()) -> None:
    """Print the whole page, with how it was published."""
    data(f"{key}  {title(definition)}")
    pairs(published, indent="  ")
    for section in sections(definition):
        data()
        data(section.head)
        if section.first:
            pairs(section.first, indent="  ")
            data()
        if section.actions:
            table(ACTION_HEADS, section.actions, indent="  ")
        else:
            pairs(section.pairs, indent="  ")
        if section.note:
            data(joined(["  ", section.note], ""))
