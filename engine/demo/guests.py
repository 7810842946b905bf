"""The sample cascade to be looked at in a browser: the story up to a full day, and an account of each role to look with."""

import secrets
from dataclasses import dataclass

from engine.access import administering
from engine.access.passwords import Passwords
from engine.deeds import INSTALLER
from engine.demo import fresh
from engine.demo.play import play, read_story
from engine.notify.channels import Silent
from engine.runtime import opened
from storage.database import Database
from workflows.fields import parse_instant

DAY = "2023-09-19 09:30"  # a Tuesday on which reports wait for the leader, a unit is late, and dates are near
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another

# Posts of the sample directory, never a person's name.
_GUESTS = (
    ("vanthu", "Văn thư Sở", (("skhcn", "clerk"),), ()),
    ("giamdoc", "Giám đốc Sở", (("skhcn", "leader"),), ()),
    ("chuyenvien", "Chuyên viên Trung tâm", (("ttut", "officer"),), ()),
    ("quantri", "Quản trị", (), ("admin",)),
    ("kiemtra", "Kiểm tra viên", (), ("auditor",)),
    ("vanhanh", "Vận hành", (), ("operator",)),
)


@dataclass(frozen=True, slots=True)
class Guest:
    """An account of the demonstration, and its password, which is kept nowhere else."""

    role: str
    name: str
    password: str


def prepare(url: str) -> list[Guest]:
    """Make a fresh demonstration and play the story up to its day. Raises Conflict where the database holds anything else."""
    story, made = read_story(), []
    emptied, until = Database(url), parse_instant(DAY)
    fresh.make(emptied, parse_instant(story["from"]))
    emptied.close()
    steps = [one for one in story["steps"] if parse_instant(one["on"]) <= until and "kill" not in one]
    with opened(url, channel=Silent()) as runtime:
        play(runtime, {**story, "steps": steps, "until": DAY})
        passwords = Passwords()
        chosen = [_password() for _ in _GUESTS]
        hashed = [passwords.hashed(one) for one in chosen]
        with runtime.database.transaction() as connection:
            for (name, shown, seats, roles), password, known in zip(_GUESTS, chosen, hashed, strict=True):
                administering.add_account(connection, name, shown, seats, roles, runtime.now(), INSTALLER, "vi", known)
                made.append(Guest(roles[0] if roles else seats[0][1], name, password))
    return made


def _password() -> str:
    """Easy to type, hard to guess."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(12))
    return "-".join(letters[start : start + 4] for start in (0, 4, 8))
