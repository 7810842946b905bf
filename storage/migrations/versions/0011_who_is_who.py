"""Who is who: accounts with their seats and roles, sessions, tokens, links, the API's answers, sign-ins and tries."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0011"
down_revision = "0010"


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _at(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, UTCDateTime(), nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "account", _text("name"), _text("shown"), _text("password", nullable=True), _text("language"),
        sa.Column("must_change", sa.Boolean(), nullable=False), _at("created_at"), _at("disabled_at", nullable=True),
        _number("epoch"), sa.PrimaryKeyConstraint("name"),
    )  # fmt: skip
    op.create_table(
        "account_seat", _text("account"), _text("office"), _text("role"),
        sa.PrimaryKeyConstraint("account", "office", "role"), sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index("account_seat_office", "account_seat", ["office", "role"])
    op.create_table(
        "account_role", _text("account"), _text("role"), sa.PrimaryKeyConstraint("account", "role"),
        sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_table(
        "session", _text("digest"), _text("account"), _number("epoch"), _text("address"), _at("created_at"),
        _at("seen_at"), _at("ends_at"), sa.PrimaryKeyConstraint("digest"),
    )  # fmt: skip
    op.create_index("session_account", "session", ["account"])
    op.create_index("session_ends", "session", ["ends_at"])
    op.create_table(
        "token", _text("id"), _text("digest"), _text("account"), _text("name"), _text("scope"), _at("created_at"),
        _at("expires_at", nullable=True), _at("used_at", nullable=True), _at("revoked_at", nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )  # fmt: skip
    op.create_index("token_digest", "token", ["digest"], unique=True)
    op.create_index("token_account", "token", ["account"])
    op.create_table(
        "link", _text("digest"), _text("purpose"), _text("account", nullable=True), _at("created_at"),
        _at("expires_at"), _at("used_at", nullable=True), sa.PrimaryKeyConstraint("digest"),
    )  # fmt: skip
    op.create_table(
        "answer", _text("account"), _text("request"), _text("digest"), _number("status", nullable=True),
        _text("body", nullable=True), _at("created_at"), sa.PrimaryKeyConstraint("account", "request"),
    )  # fmt: skip
    op.create_index("answer_created", "answer", ["created_at"])
    op.create_table(
        "sign_in", _text("id"), _at("at"), _text("account"), _text("address"), _text("what"),
        _text("detail", nullable=True), sa.PrimaryKeyConstraint("id"),
    )  # fmt: skip
    op.create_index("sign_in_at", "sign_in", ["at"])
    op.create_index("sign_in_account", "sign_in", ["account", "at"])
    op.create_table(
        "sign_in_try", _text("kind"), _text("value"), _number("failed"), _at("last_at"), _at("until"),
        sa.PrimaryKeyConstraint("kind", "value"),
    )  # fmt: skip
