"""A sentence for people: written in English, kept with its parts, so that a door can say it in another language.

The law knows no language. `say` gives a `Text`, which is its English and still knows its template and values; the
doors look the template up in a catalogue (gettext) and fill it in again. Values are never taken as templates.
"""

from collections.abc import Iterable, Mapping
from typing import Any


class Text(str):
    """An English sentence. `template` is what translators see; `values` fill it, texts and lists of texts among them.

    Where a number decides the form, `plural` is the template for many and `number` the number.
    """

    __slots__ = ("number", "plural", "template", "values")

    template: str
    values: Mapping[str, Any]
    plural: str | None
    number: int

    def __new__(cls, template: str, values: Mapping[str, Any], plural: str | None = None, count: int = 1) -> "Text":
        chosen = template if plural is None or count == 1 else plural
        made = super().__new__(cls, chosen.format(**{name: shown(value) for name, value in values.items()}))
        made.template, made.values, made.plural, made.number = template, values, plural, count
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return Text, (self.template, self.values, self.plural, self.number)


def say(template: str, /, **values: Any) -> Text:
    """A sentence with its parts: `say("{office} holds it", office=...)`. The template is always a literal of ours.

    A list or tuple among the values is shown with commas between.
    """
    return Text(template, values)


def say_count(one: str, many: str, count: int, /, **values: Any) -> Text:
    """The same where a number decides the form; the templates may name `{count}`, shown with thousands apart."""
    return Text(one, {"count": f"{count:,}", **values}, many, count)


def joined(parts: Iterable[str], by: str = ", ") -> Text:
    """Several texts as one, kept apart by a sign that is the same in every language, such as a semicolon or a new line."""
    values = {f"part{place}": part for place, part in enumerate(parts)}
    return Text(by.join(f"{{{name}}}" for name in values), values)


def mark(template: str) -> str:
    """The template itself, marked for translators: for tables of sentences that `say` fills in elsewhere."""
    return template


def shown(value: Any) -> str:
    """A value as its English sentence shows it."""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
