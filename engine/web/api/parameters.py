"""What requests are made of: the parts of an address and the fields of a body, each with what it means and an example."""

from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field

NUMBER_MAX = 2_147_483_647
TEXT = r"^[^\x00]*$"  # no database keeps a NUL
DAY = r"^[0-9]{1,4}[/.-][0-9]{1,2}[/.-][0-9]{1,4}$"

CascadeId = Annotated[
    str, Path(pattern=r"^[0-9a-z]{1,32}$", description="The whole id of the cascade.", examples=["4c8d17h2k9qd"])
]
Number = Annotated[int, Path(ge=1, le=NUMBER_MAX, description="Its number within the cascade.", examples=[12])]
OfficeId = Annotated[str, Path(max_length=64, pattern=r"^[^\x00/]+$", description="An office's id.", examples=["vp"])]
Name = Annotated[
    str, Path(max_length=80, pattern=r"^[^\x00/]+$", description="Its name or id.", examples=["van-phong"])
]
Version = Annotated[int, Path(ge=1, le=NUMBER_MAX, description="Its version.")]
Limit = Annotated[int, Query(ge=1, le=200, description="How many at most.")]
Cursor = Annotated[
    str | None,
    Query(
        max_length=500,
        pattern=r"^[A-Za-z0-9_=-]+$",
        description="`next` of the page before this one.",
        examples=["WyJkdWUiLDJd"],
    ),
]


def word(says: str, example: str | None = None, called: str | None = None) -> Any:
    """A query parameter of one text; `called` where its name is a word of Python's."""
    examples = [example] if example else None
    return Query(alias=called, max_length=200, pattern=TEXT, description=says, examples=examples)


def given_day(says: str) -> Any:
    """A query parameter of one day."""
    return Query(max_length=10, pattern=DAY, description=says, examples=["2023-08-31"])


class Body(BaseModel):
    """What is sent. A key that is not known is refused, so that one that was mistyped is not passed over."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


def text(says: str, *, least: int = 1, most: int = 2_000, **more: Any) -> Any:
    """A field of text that has to be there."""
    return Field(min_length=least, max_length=most, pattern=TEXT, description=says, **more)


def maybe(says: str, *, most: int = 2_000, **more: Any) -> Any:
    """A field of text that may be left out."""
    return Field(None, max_length=most, pattern=TEXT, description=says, **more)


def maybe_day(says: str) -> Any:
    return Field(
        None, max_length=40, pattern=TEXT, description=f"{says} 2023-08-31 or 31/08/2023.", examples=["2023-08-31"]
    )


class Asking(Body):
    """What every act says: as whom."""

    as_: str | None = Field(
        None,
        alias="as",
        max_length=130,
        pattern=TEXT,
        description="The seat that acts, OFFICE/ROLE: one of the account's own, or one it stands in for today. It may be left"
        " out where the account has only one that may.",
        examples=["skhcn/leader"],
    )


Texts = Annotated[list[Annotated[str, Field(min_length=1, max_length=200, pattern=TEXT)]], Field(max_length=500)]
