"""What is sent to issue a document or to change one, and what is answered."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from engine.web.api.parameters import Asking, Body, Texts, maybe, maybe_day, text

_LETTER_MAX = 1_000_000
DRAFT = {
    "number": 61,
    "issued_on": "2023-08-16",
    "notation": "SKHCN-VP",
    "type": "CV",
    "subject": "Triển khai kết luận của Thủ tướng Chính phủ",
    "issue": {"issuer": "skhcn"},
    "items": [
        {"number": "1", "text": "Rà soát, báo cáo kết quả thực hiện", "due": "31/8/2023", "lead": ["vp", "ttut"]}
    ],
}


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of it: the cascade, the entries of its journal, the directive and obligations that were made. `again` says
    that it had been carried out before, and nothing was done now; `notes` are what whoever asked should know."""

    cascade: str
    first_seq: int
    last_seq: int
    directive: int | None
    obligations: tuple[int, ...]
    again: bool
    links: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Urged:
    """The obligations that a letter urges."""

    symbol: str
    obligations: tuple[int, ...]


class Letter(Body):
    """The text of a letter."""

    text: str = text("The text of a dispatch, as it was copied or read from its file.", most=_LETTER_MAX,
                     examples=["SỞ KHOA HỌC VÀ CÔNG NGHỆ\nSố: 61/SKHCN-VP\n..."])  # fmt: skip


class Issuing(Asking):
    """A reviewed draft, and what is said beside it; what is left out is left to the draft."""

    draft: dict[str, Any] | str = Field(
        description="A draft as `cascade directive read` and POST /drafts make it: an object, or the text of its YAML.",
        examples=[DRAFT],
    )
    under: str | None = maybe("The obligation it passes on, CASCADE/N.", most=50, examples=["4c8d17h2k9qd/2"])
    workflow: str | None = maybe("The workflow, where several suit.", most=80)
    issuer: str | None = maybe("Whose document it is.", most=80)
    to: Texts = Field([], description="Who leads every item.")
    number: str | None = maybe("Its number, such as 61.", most=20)
    issued_on: str | None = maybe_day("Its own date.")
    arrived_on: str | None = maybe_day("The day it reached its holders.")
    replaces: str | None = maybe("The directive it takes the place of, CASCADE/N.", most=50)
    open_work: Literal["repoint", "stop", "keep"] | None = Field(
        None, description="What becomes of open work under the replaced one."
    )
    continues: str | None = maybe("The cascade of the year before that it continues.", most=40)
    attach: bool = Field(False, description="It is registered already: let its items rest on what this one names too.")
    another: bool = Field(False, description="It is another document than the one registered under its symbol.")


class Revocation(Asking):
    """A document revokes a directive."""

    document: str = text("The symbol of the document that revokes it.", examples=["75/SKHCN-VP"])
    reason: str = text("Why; kept in the journal.", examples=["The flood has passed"])
    open_work: Literal["stop", "keep"] | None = Field(
        None, description="What becomes of open work; else as the workflow says."
    )
    happened_on: str | None = maybe_day("The day of that document, where an outside office wrote it.")


class ChangedItem(Body):
    """What changes of one item; what is left out stays."""

    item: str = text("The item's own label.", most=40, examples=["1"])
    due: str | None = maybe_day("Its new date.")
    text: str | None = maybe("Its new words.", most=20_000)


class Amendment(Asking):
    """A later document of the same issuer changes items."""

    document: str = text("The symbol of the document that says so.", examples=["70/SKHCN-VP"])
    reason: str = text("Why; kept in the journal.", examples=["The flood has passed"])
    changes: Annotated[list[ChangedItem], Field(min_length=1, max_length=500)] = Field(
        description="The items that change.", examples=[[{"item": "1", "due": "2023-09-15"}]]
    )
    happened_on: str | None = maybe_day("The day of that document, where an outside office wrote it.")


class Linking(Asking):
    """A further document on which an item rests."""

    symbol: str = text("The further document.", examples=["05/KH-SKHCN"])
    kind: Literal["implements", "continues", "reports_into", "urges", "amends", "cites"] = Field(
        "implements", description="How the item bears on it."
    )
    item: str | None = maybe("The item's label; every item where none is given.", most=40)
    issued_on: str | None = maybe_day("The document's own date.")
    to: str | None = maybe("The obligation that document is about, CASCADE/N.", most=50)


class Urging(Asking):
    """An urging letter."""

    symbol: str = text("The letter's symbol.", examples=["88/SKHCN-VP"])
    happened_on: str | None = maybe_day("Its day, where an outside office wrote it.")
