"""Accounts and tokens: one's own, and those an administrator keeps."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy import Connection

from engine.access import administering
from engine.access.administering import seat_named
from engine.access.links import path_of
from engine.access.naming import folded
from engine.access.rules import DEEDS, may
from engine.access.tokens import GOOD_MAX
from engine.web.api import asking
from engine.web.api.door import Api
from engine.web.api.parameters import Body, Limit, Name, Texts, maybe, text, word
from engine.web.api.replies import Listed, Reply
from engine.web.visit import Visit
from storage import accounts
from storage.accounts import Account
from storage.credentials import Token
from workflows.errors import NotFound
from workflows.text import say

api = Api("account", "Who you are here, tokens, and accounts.")
_WORDS_MAX = 200


@dataclass(frozen=True, slots=True)
class Me:
    """Who asks: the seats of the account and those it stands in for today, and the deeds open to it with this token."""

    account: str
    shown: str
    language: str
    seats: tuple[str, ...]
    stands_in_for: tuple[str, ...]
    roles: tuple[str, ...]
    scopes: tuple[str, ...]
    deeds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TokenShown:
    """A token; never what opens, except in the answer that makes it: `secret` is shown this once."""

    id: str
    account: str
    name: str
    scope: str
    good: bool
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None
    secret: str | None = None


@dataclass(frozen=True, slots=True)
class AccountShown:
    """An account and what it holds."""

    name: str
    shown: str
    language: str
    seats: tuple[str, ...]
    roles: tuple[str, ...]
    created_at: datetime
    disabled_at: datetime | None
    has_password: bool
    must_change: bool
    password_link: str | None = None


class NewToken(Body):
    """A key for a program."""

    name: str = text("What it is for.", most=80, examples=["reports"])
    scope: Literal["feed", "read", "write", "admin"] = Field(
        "read", description="What it opens; each holds those before."
    )
    days: int = Field(90, ge=1, le=GOOD_MAX.days, description="For how long it is good.")


class NewAccount(Body):
    """A person who may come in."""

    name: str = text("By which they sign in.", most=_WORDS_MAX, examples=["vanthu"])
    shown: str = text("How they are called.", most=_WORDS_MAX, examples=["Văn thư Sở"])
    seats: Texts = Field([], description="OFFICE/ROLE each.", examples=[["skhcn/clerk"]])
    roles: Texts = Field([], description="admin, auditor, operator.")
    language: Literal["vi", "en"] = Field("vi", description="The language they read.")


class AccountChange(Body):
    """One change: `what` is done, with the seat, the role or the reason that it needs."""

    what: Literal["give_seat", "take_seat", "give_role", "take_role", "disable", "enable", "unlock"] = Field(
        description="What is done.", examples=["give_seat"]
    )
    seat: str | None = maybe("OFFICE/ROLE, for a seat.", most=130, examples=["vp/officer"])
    role: str | None = maybe("For a role.", most=20)
    why: str | None = maybe("For disabling.")


@api.get("/account", "look.own", Me)
def show_me(visit: Visit) -> Me:
    """Who I am here, and what is open to me"""
    one = visit.known
    return Me(one.account, one.shown, one.language, tuple("/".join(each) for each in one.seats),
              tuple("/".join(each.seat) for each in one.deputies), tuple(sorted(one.roles)), tuple(sorted(one.scopes)),
              tuple(deed for deed in DEEDS if may(one, deed)))  # fmt: skip


@api.get("/account/tokens", "look.own", Listed[TokenShown])
def list_my_tokens(visit: Visit) -> Listed[TokenShown]:
    """My tokens

    Revoked and expired ones too."""
    now = visit.site.gate.people.now()
    return Listed(tuple(_token(one, now) for one in visit.site.gate.tokens.listed(visit.known.account)))


@api.post("/account/tokens", "token.own", TokenShown, 201, keyed=False)
def make_my_token(visit: Visit, body: NewToken) -> Reply:
    """Make a token of mine

    Its secret is in this answer and nowhere else. No token makes tokens: this needs a session, with its form token in
    X-CSRF-Token; and no Idempotency-Key, since an answer that is kept would keep the secret."""
    tokens = visit.site.gate.tokens
    secret, made = tokens.make(visit.known.account, body.name, body.scope, timedelta(days=body.days))
    return Reply(_token(made, visit.site.gate.people.now(), secret), 201)


@api.delete("/account/tokens/{name}", "token.own")
def revoke_my_token(visit: Visit, name: Name) -> Reply:
    """Revoke a token of mine"""
    visit.site.gate.tokens.revoke(name, visit.known.account)
    return Reply(None, 204)


@api.get("/accounts", "look.account", Listed[AccountShown])
def list_accounts(visit: Visit, after: Annotated[str, word("From the account behind this one on.")] = "",
                  limit: Limit = 50) -> Listed[AccountShown]:  # fmt: skip
    """The accounts, by name

    `next` is what to send as `after`."""
    with visit.reading() as connection:
        found = accounts.listed(connection, limit + 1, folded(after))
        shown = tuple(_account(connection, one) for one in found[:limit])
    return Listed(shown, shown[-1].name if len(found) > limit else None)


@api.get("/accounts/{name}", "look.account", AccountShown)
def show_account(visit: Visit, name: Name) -> AccountShown:
    """One account"""
    with visit.reading() as connection:
        one = accounts.find(connection, folded(name))
        if one is None:
            raise NotFound(say("No account {name!r}. See: cascade account list", name=name))
        return _account(connection, one)


@api.post("/accounts", "account.edit", AccountShown, 201, keyed=False)
def add_account(visit: Visit, body: NewAccount) -> Reply:
    """Add an account

    Its owner chooses a password by `password_link`, which is good once and for a day; it is in this answer alone."""
    by, gate = asking.administrator(visit), visit.site.gate
    seats = [seat_named(one) for one in body.seats]
    with visit.database.transaction() as connection:
        made = administering.add_account(
            connection, body.name, body.shown, seats, body.roles, visit.now(), by, body.language
        )
        secret = gate.links.in_hand(connection, made.name, by)
        shown = _account(connection, made, path_of(secret))
    return Reply(shown, 201, path=f"/api/v1/accounts/{made.name}")


@api.post("/accounts/{name}/changes", "account.edit", AccountShown)
def change_account(visit: Visit, name: Name, body: AccountChange) -> AccountShown:
    """Give or take a seat or role; disable, enable, unlock

    Each on the record; what an account holds changes its sessions at once."""
    by, now = asking.administrator(visit), visit.now()
    with visit.database.transaction() as connection:
        match body.what:
            case "give_seat":
                administering.give_seat(connection, name, seat_named(body.seat or ""), now, by)
            case "take_seat":
                administering.take_seat(connection, name, seat_named(body.seat or ""), now, by)
            case "give_role":
                administering.give_role(connection, name, body.role or "", now, by)
            case "take_role":
                administering.take_role(connection, name, body.role or "", now, by)
            case "disable":
                administering.disable(connection, name, body.why or "", now, by)
            case "enable":
                administering.enable(connection, name, now, by)
            case "unlock":
                administering.unlock(connection, name, now, by)
        found = administering.get(connection, name)
        return _account(connection, found)


@api.get("/tokens", "look.account", Listed[TokenShown])
def list_tokens(visit: Visit, account: Annotated[str, word("Of this account only.")] = "") -> Listed[TokenShown]:
    """The tokens of all accounts"""
    now = visit.site.gate.people.now()
    return Listed(tuple(_token(one, now) for one in visit.site.gate.tokens.listed(folded(account))))


@api.delete("/tokens/{name}", "account.edit")
def revoke_token(visit: Visit, name: Name) -> Reply:
    """Revoke anybody's token

    On the record."""
    visit.site.gate.tokens.revoke(name, by=asking.administrator(visit))
    return Reply(None, 204)


def _token(one: Token, now: datetime, secret: str | None = None) -> TokenShown:
    return TokenShown(one.id, one.account, one.name, one.scope, one.good(now), one.created_at, one.expires_at, one.used_at,
                      one.revoked_at, secret)  # fmt: skip


def _account(connection: Connection, one: Account, link: str | None = None) -> AccountShown:
    seats = tuple("/".join(each) for each in accounts.seats_of(connection, one.name))
    roles = tuple(sorted(accounts.roles_of(connection, one.name)))
    return AccountShown(one.name, one.shown, one.language, seats, roles, one.created_at, one.disabled_at,
                        one.password is not None, one.must_change, link)  # fmt: skip
