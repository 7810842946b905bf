"""The language people are spoken to in: Vietnamese or English. Texts of the rooms below are said in it by the doors.

Catalogues are gettext's, in `engine/locale`; the words in them are looked up by their English template.
"""

import gettext
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from workflows.text import Text, shown

LANGUAGES = ("en", "vi")
DOMAIN = "cascade"
LOCALES = Path(__file__).parent / "locale"

_in_use: ContextVar[str] = ContextVar("language", default="en")


def use(language: str) -> None:
    """Speak this language from now on, in this context (a command, a request)."""
    _in_use.set(language if language in LANGUAGES else "en")


def in_use() -> str:
    return _in_use.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language for a while: where a thread of its own says something, or one reader wants another."""
    before = _in_use.set(language)
    try:
        yield
    finally:
        _in_use.reset(before)


def of_environment(environment: Mapping[str, str] = os.environ) -> str:
    """The language the locale asks for; English where it says nothing that we speak."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        asked = environment.get(name, "")
        if asked:
            return "vi" if asked.lower().startswith("vi") else "en"
    return "en"


def looked_up(message: str) -> str:
    """A message without values in the language in use, such as a line of help; what no catalogue knows stays as it is."""
    return message if in_use() == "en" or not message else _catalogue(in_use()).gettext(message)


def told(text: str) -> str:
    """A text in the language in use; what was not written with `say` stays as it is."""
    if not isinstance(text, Text) or in_use() == "en":
        return str(text)
    catalogue = _catalogue(in_use())
    if not text.template:
        template = ""  # under which a catalogue keeps what it says of itself
    elif text.plural is None:
        template = catalogue.gettext(text.template)
    else:
        template = catalogue.ngettext(text.template, text.plural, text.number)
    return template.format(**{name: _value(value) for name, value in text.values.items()})


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_value(one) for one in value)
    return told(value) if isinstance(value, Text) else shown(value)


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALES, [language], fallback=True)
