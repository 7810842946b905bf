"""The document that a person means by its symbol, however it is spaced, or by its cascade and number."""

import re

from sqlalchemy import Connection

from engine.exchange.symbols import read_symbol
from storage.queries import obligations, registers, unreported
from storage.queries.sight import Sight
from storage.queries.unreported import Document
from workflows.errors import Incomplete, NotFound
from workflows.fields import show_day
from workflows.text import say

_PLACE = re.compile(r"([0-9a-z]{1,32})/([0-9]{1,9})")
_NAMED_MAX, _ITEMS_MAX = 5, 10_000


def called(connection: Connection, text: str) -> list[Document]:
    """The documents with this symbol, written so or in another way: `2221 /UBND-TH`, `05/kh–skhcn`; newest first."""
    wanted = text.strip()
    found = unreported.documents(connection, wanted)
    meant = None if found else read_symbol(wanted) or read_symbol(wanted.upper())
    if meant is None:
        return found
    near = unreported.numbered(connection, meant.number.lstrip("0") or "0")
    return [one for one in near if (symbol := read_symbol(one.symbol)) and symbol.key == meant.key]


def meant(connection: Connection, sight: Sight, text: str) -> Document:
    """The one document that is seen and meant. Raises NotFound, or Incomplete naming those it may be."""
    found = called(connection, text)
    place = _PLACE.fullmatch(text.strip())
    if not found and place:
        found = unreported.documents(connection, cascade=place[1], number=int(place[2]))
    found = [one for one in found if registers.find(connection, sight, one.cascade_id, one.number)]
    if not found:
        raise NotFound(
            say("There is no document {symbol!r} that you see. Its symbol stands in the register.", symbol=text.strip())
        )
    if len(found) > 1:
        places = [f"{one.cascade_id}/{one.number} ({show_day(one.issued_on)})" for one in found[:_NAMED_MAX]]
        more = say(", and more") if len(found) > _NAMED_MAX else ""
        said = say(
            "several documents are {symbol}; name one: {places}{more}", symbol=text.strip(), places=places, more=more
        )
        raise Incomplete(say("find the document"), said, fields={"document": said})
    return found[0]


def item_of(connection: Connection, document: Document, text: str) -> int:
    """The number of the item that is meant by its label, or by its number. Raises Incomplete naming the labels."""
    items = obligations.items(connection, document.cascade_id, _ITEMS_MAX, document.number)
    wanted = text.strip().rstrip(".")
    found = [one for one in items if one.label.rstrip(".") == wanted] or [
        one for one in items if str(one.number) == wanted
    ]
    if found:
        return found[0].number
    said = say(
        "{symbol} has no item {item}; it has {labels}",
        symbol=document.symbol,
        item=wanted,
        labels=[one.label for one in items[:40]],
    )
    raise Incomplete(say("find the item"), said, fields={"item": said})
