"""Templates made into pages, in the language in use. What is filled in is escaped; a name that is missing is an error."""

from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from engine.language import in_use, told
from engine.web import wordings
from engine.wording import day_words
from workflows.calendar import VIETNAM, last_day
from workflows.text import Text, say, say_count

HERE = Path(__file__).parent
TEMPLATES, STATIC = HERE / "templates", HERE / "static"


class Paper:
    """The templates and what they may call: `_`, `_n`, the filters for dates, and the words of the trade."""

    def __init__(self) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            finalize=_spoken,
        )
        self.files = _assets()  # the address of each file of ours, by its name
        self._templates.globals |= {
            "_": _said,
            "_n": _counted,
            "words": wordings,
            "in_use": in_use,
            "asset": self.files,
        }
        self._templates.filters |= {"day": _day, "due": _due, "moment": _moment, "told": told, "thousands": _thousands}
        self._templates.filters["svg"] = _svg

    def made(self, template: str, values: Mapping[str, Any]) -> str:
        """The whole page."""
        return self._templates.get_template(template).render(values)


def _spoken(value: Any) -> Any:
    """A text in the language in use; everything else as it is."""
    return told(value) if isinstance(value, Text) else value


def _said(template: str, /, **values: Any) -> str:
    return told(say(template, **values))


def _counted(one: str, many: str, count: int, /, **values: Any) -> str:
    return told(say_count(one, many, count, **values))


def _day(day: date | datetime | None) -> Markup | str:
    """A day: dd/MM/yyyy, in Vietnam."""
    if day is None:
        return "–"
    on = day.astimezone(VIETNAM).date() if isinstance(day, datetime) else day
    return Markup('<time datetime="{}">{}</time>').format(on.isoformat(), f"{on:%d/%m/%Y}")


def _due(at: datetime | None) -> Markup | str:
    """A deadline: the day it belongs to, with the hour where that is not the day's end."""
    if at is None:
        return "–"
    return Markup('<time datetime="{}">{}</time>').format(last_day(at).isoformat(), told(day_words(at)))


def _moment(at: datetime | None) -> Markup | str:
    """A moment: dd/MM/yyyy HH:MM, 24 hours, in Vietnam."""
    if at is None:
        return "–"
    here = at.astimezone(VIETNAM)
    return Markup('<time datetime="{}">{}</time>').format(here.isoformat(timespec="minutes"), f"{here:%d/%m/%Y %H:%M}")


def _thousands(number: int) -> str:
    """As people here write it: 12.345 in Vietnamese, 12,345 in English."""
    return f"{number:,}" if in_use() == "en" else f"{number:,}".replace(",", ".")


def _svg(drawn: str) -> Markup:
    """A picture of `workflows.drawing`, which escapes what it is given, to stand within a page: without its first line,
    and without names that another picture of the page has too."""
    mark = sha256(drawn.encode()).hexdigest()[:8]
    inside = drawn.partition("?>")[2].strip()
    for name in ("title", "says", "hatch"):
        inside = inside.replace(f'id="{name}"', f'id="{name}-{mark}"', 1)
    inside = inside.replace("url(#hatch)", f"url(#hatch-{mark})")
    return Markup(inside.replace('aria-labelledby="title says"', f'aria-labelledby="title-{mark} says-{mark}"', 1))


def _assets() -> Mapping[str, str]:
    """The address of each file of ours, with a mark of its content: it may be kept for a year."""
    found = {}
    for file in sorted(STATIC.iterdir()):
        mark = sha256(file.read_bytes()).hexdigest()[:12]
        found[file.name] = f"/static/{file.name}?v={mark}"
    return found
