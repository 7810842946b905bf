"""What an administrator does to an account: seats, roles, disable, enable, unlock, a link for a password, tokens."""

from fastapi import Response

from engine.access import administering
from engine.web.pages.accounts import link_page, page_of_account
from engine.web.replies import Page, go
from engine.web.routes import Routes
from engine.web.visit import Visit
from storage.accounts import Account
from workflows.errors import NotFound, Refused

routes = Routes()


@routes.post("/accounts/{name}/seat", "account.edit")
def give_seat(visit: Visit, name: str) -> Page | Response:
    """A seat more."""
    return _changed(visit, name, "given", administering.give_seat, administering.seat_named, "seat")


@routes.post("/accounts/{name}/seat/take", "account.edit")
def take_seat(visit: Visit, name: str) -> Page | Response:
    """A seat less."""
    return _changed(visit, name, "taken", administering.take_seat, administering.seat_named, "seat")


@routes.post("/accounts/{name}/role", "account.edit")
def give_role(visit: Visit, name: str) -> Page | Response:
    """A role of the whole installation more."""
    return _changed(visit, name, "given", administering.give_role, str, "role")


@routes.post("/accounts/{name}/role/take", "account.edit")
def take_role(visit: Visit, name: str) -> Page | Response:
    """A role less; the last admin keeps theirs."""
    return _changed(visit, name, "taken", administering.take_role, str, "role")


@routes.post("/accounts/{name}/disable", "account.edit")
def disable(visit: Visit, name: str) -> Page | Response:
    """Let nobody in by it any more."""
    return _changed(visit, name, "disabled", administering.disable, str, "why")


@routes.post("/accounts/{name}/enable", "account.edit")
def enable(visit: Visit, name: str) -> Page | Response:
    """Take it back into use."""
    return _changed(visit, name, "enabled", administering.enable)


@routes.post("/accounts/{name}/unlock", "account.edit")
def unlock(visit: Visit, name: str) -> Page | Response:
    """Listen to its name again."""
    return _changed(visit, name, "unlocked", administering.unlock)


@routes.post("/accounts/{name}/password", "account.edit")
def password_link(visit: Visit, name: str) -> Page:
    """A link by which its owner chooses a password, shown this once."""
    by = visit.known.administrator()
    try:
        with visit.database.transaction() as connection:
            account: Account = administering.get(connection, name)
            secret = visit.site.gate.links.in_hand(connection, account.name, by)
    except Refused as refused:
        return page_of_account(visit, name, wrong=refused.text)
    return link_page(visit, account.name, account.shown, secret, new=False)


@routes.post("/accounts/{name}/token", "account.edit")
def revoke_token(visit: Visit, name: str) -> Page | Response:
    """Revoke a token of somebody else's."""
    try:
        visit.site.gate.tokens.revoke(visit.typed("id"), account=name, by=visit.known.administrator())
    except (Refused, NotFound) as refused:
        return page_of_account(visit, name, wrong=refused.text)
    return go(f"/accounts/{name}?done=revoked")


def _changed(visit: Visit, name: str, word: str, deed: object, read: object = None, field: str = "") -> Page | Response:
    """Carry a deed out, and show the account again; what stands in the way stands above it."""
    assert callable(deed)
    try:
        given = [read(visit.typed(field))] if callable(read) else []
        with visit.database.transaction() as connection:
            deed(connection, name, *given, visit.now(), visit.known.administrator())
    except (Refused, NotFound) as refused:
        return page_of_account(visit, name, wrong=refused.text)
    if name == visit.known.account and word in ("given", "taken", "disabled"):
        return go("/sign-in")
    return go(f"/accounts/{name}?done={word}")
