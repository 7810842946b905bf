"""A signed link is good for one purpose, one message, one obligation and one seat, and for a time; nothing else is."""

from datetime import timedelta

import pytest

from engine.notify.links import LIFETIME, Links, acknowledgement, make, verify
from tests.support.posts import KEY, LINKS, NOW, message
from workflows.errors import Unmet

LATER = NOW + LIFETIME


def test_a_link_says_what_was_signed() -> None:
    claim = verify(KEY, make(KEY, message(deputy="unit-2/leader"), LATER), NOW)
    assert (claim.message, claim.cascade, claim.obligation) == ("c1-7-1", "c1", 2)
    assert (claim.office, claim.role, claim.deputy, claim.ends_at) == ("unit-1", "leader", "unit-2/leader", LATER)
    command = acknowledgement(claim)
    assert (command.id, command.action, command.by.known_by) == ("link-c1-7-1", "acknowledge", "link")
    assert str(command.by) == "unit-1/leader (unit-2/leader)"


def test_a_link_that_was_changed_anywhere_is_none() -> None:
    token = make(KEY, message(), LATER)
    for place in range(len(token)):
        for other in ("A", "B", ".", "\u00e9", ""):
            changed = token[:place] + other + token[place + 1 :]
            if changed != token:
                with pytest.raises(Unmet):
                    verify(KEY, changed, NOW)


def test_a_signature_of_another_message_key_or_purpose_is_none() -> None:
    token, other = make(KEY, message(), LATER), make(KEY, message(seq=8), LATER)
    mixed = f"{token.partition('.')[0]}.{other.partition('.')[2]}"
    for bad in (
        mixed,
        make(b"x" * 32, message(), LATER),
        make(KEY, message(), LATER, "decide"),
        "",
        ".",
        "a" * 2_000,
        "=.=",
    ):
        with pytest.raises(Unmet):
            verify(KEY, bad, NOW)


def test_a_link_ends() -> None:
    token = make(KEY, message(), LATER)
    assert verify(KEY, token, LATER - timedelta(seconds=1)).message == "c1-7-1"
    with pytest.raises(Unmet, match="has ended on 28/08/2023"):
        verify(KEY, token, LATER)


def test_a_key_that_is_short_signs_nothing() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        make(b"short", message(), LATER)


def test_only_a_rung_of_the_holder_has_a_link_to_acknowledge() -> None:
    giver = {"number": 2, "label": "x", "of": "giver"}
    assert LINKS.to_acknowledge(message(), NOW) is not None
    for other in (message("Assigned"), message(letter_to="gov"), message(obligation=None), message(fact=giver)):
        assert LINKS.to_acknowledge(other, NOW) is None
    assert Links("https://x.vn").to_acknowledge(message(), NOW) is None
    assert Links("https://x.vn/").of_obligation("c1", 2) == "https://x.vn/obligations/c1/2"
