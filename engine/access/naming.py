"""The names that accounts go by, and the digests that secrets are kept as."""

import hashlib
import re
import secrets
import unicodedata

from workflows.errors import Incomplete
from workflows.fields import is_text
from workflows.text import say

_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,62}")
SHOWN_MAX = 200  # letters of a person's name
SECRET_MAX = 128  # letters of anything that is shown to be known
_SECRET_BYTES = 32
NO_NAME = "?"  # what is kept of what was typed as a name and cannot be one: people type passwords there


def folded(name: str) -> str:
    """A name as it is looked for: case, width and spaces around it do not matter."""
    return unicodedata.normalize("NFKC", name[:SECRET_MAX]).strip().casefold()


def typed_name(name: str) -> str:
    """What is kept of a name that was typed."""
    found = folded(name)
    return found if _NAME.fullmatch(found) else NO_NAME


def checked_name(name: str) -> str:
    """The name of a new account, folded. Raises Incomplete."""
    found = folded(name)
    if not _NAME.fullmatch(found):
        because = say("{name!r} is no name for an account; it has 1 to 63 letters a to z, digits, or . _ @ -, and begins"
                      " with a letter or digit", name=name[:80])  # fmt: skip
        raise Incomplete(say("add an account"), because)
    return found


def checked_shown(shown: str) -> str:
    """A person's name as pages show it. Raises Incomplete."""
    found = " ".join(unicodedata.normalize("NFC", shown).split())
    if not found or len(found) > SHOWN_MAX or not is_text(found):
        because = say("the name to show is wanted: 1 to {most} letters on one line", most=SHOWN_MAX)
        raise Incomplete(say("name a person"), because)
    return found


def bounded(text: str, most: int = 64) -> str:
    """A text of a stranger's as it may be kept: short, and on one line."""
    return "".join(letter if letter.isprintable() else "?" for letter in text[:most])


def new_secret(prefix: str = "") -> str:
    return prefix + secrets.token_urlsafe(_SECRET_BYTES)


def digest_of(secret: str) -> str:
    """How a secret is kept. It is long and random, so that one pass of sha256 is enough."""
    return hashlib.sha256(secret[:SECRET_MAX].encode("utf-8", "surrogatepass")).hexdigest()
