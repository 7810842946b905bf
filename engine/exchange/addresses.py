"""The addresses and telephones of seats, as a directory file writes them under an office: each is one plain one, or refused."""

import re
from collections.abc import Mapping
from typing import Any

from engine.exchange.deputies import Refuse
from workflows.strict_yaml import Path
from workflows.text import say
from workflows.words import ROLES

LANGUAGES = ("vi", "en")
WHOLE_OFFICE = "office"
_ADDRESS_MAX = 254  # RFC 5321, 4.5.3.1.3: a path of 256 with its brackets
# RFC 5321's dot-string and a host name: no quotes, no comments, no spaces, nothing past ASCII, so that an address can hold
# neither a second one nor a header.
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)


_PHONE = re.compile(r"\+?[0-9(][0-9 ().-]{2,38}[0-9]")


def is_address(text: Any) -> bool:
    return isinstance(text, str) and len(text) <= _ADDRESS_MAX and _ADDRESS.fullmatch(text) is not None


def check_email(email: Mapping[str, Any], place: Path, refuse: Refuse) -> None:
    """Every key is a role or `office`, every value one address."""
    for role, address in email.items():
        if role not in ROLES and role != WHOLE_OFFICE:
            known = [WHOLE_OFFICE, *ROLES]
            said = say("{role!r} is not a role; an address is of one of {roles}", role=role, roles=known)
            refuse((*place, role), "O108", said, key=True)
        elif not is_address(address):
            refuse(
                (*place, role), "O120", say("{address!r} is not an address such as vanthu@example.vn", address=address)
            )


def check_phone(phone: Mapping[str, Any], place: Path, refuse: Refuse) -> None:
    """Every key is a role or `office`, every value one telephone number."""
    for role, number in phone.items():
        if role not in ROLES and role != WHOLE_OFFICE:
            known = [WHOLE_OFFICE, *ROLES]
            said = say("{role!r} is not a role; a telephone is of one of {roles}", role=role, roles=known)
            refuse((*place, role), "O108", said, key=True)
        elif not isinstance(number, str) or not _PHONE.fullmatch(number):
            refuse(
                (*place, role), "O122", say("{number!r} is not a telephone number such as 0296 3852 576", number=number)
            )
