"""Accounts in words: how one stands and what it holds, its tokens, who came in."""

from collections.abc import Sequence
from datetime import datetime

from engine.access.noting import WHAT
from engine.access.rules import DEEDS
from engine.wording import moment_words
from storage.accounts import Account
from storage.credentials import Token
from storage.sign_ins import SignIn
from workflows.text import Text, joined, say


def state_words(one: Account, locked: datetime | None) -> Text:
    """Whether it may come in."""
    if one.disabled:
        return say("disabled since {moment}", moment=moment_words(one.disabled_at))
    if locked:
        return say("locked until {moment}", moment=moment_words(locked))
    if one.password is None:
        return say("no password yet")
    return say("has to change its password") if one.must_change else say("in use")


def held_words(seats: Sequence[tuple[str, str]], roles: Sequence[str]) -> str:
    """What it holds, in one line."""
    return joined([*roles, *("/".join(one) for one in seats)], ", ") if seats or roles else say("nothing")


def sign_in_words(one: SignIn) -> str:
    """Who came in, or why not."""
    said = WHAT.get(one.what, one.what)
    if not one.detail:
        return said
    deed = DEEDS.get(one.detail)  # what was denied stands there by its name
    return say("{said} ({detail})", said=said, detail=deed.says if deed else one.detail)


def token_words(one: Token, now: datetime) -> Text:
    """Whether it still opens anything."""
    if one.revoked_at:
        return say("revoked {moment}", moment=moment_words(one.revoked_at))
    if not one.good(now):
        return say("expired {moment}", moment=moment_words(one.expires_at))
    return say("good until {moment}", moment=moment_words(one.expires_at))
