"""What an operator may set: flags over environment over file. Names are `CASCADE_` and the field in capitals."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from workflows.commands import Actor
from workflows.errors import Incomplete
from workflows.text import say
from workflows.words import ROLES


class Settings(BaseSettings):
    """Everything that differs between installations and is not data."""

    model_config = SettingsConfigDict(env_prefix="CASCADE_", env_file=".env", extra="ignore")

    database: str = Field("cascade.db", description="a SQLite path, or a postgresql:// URL")
    read_database: str | None = Field(None, description="a replica of it, which everything that only looks reads from")
    as_: str | None = Field(None, validation_alias="CASCADE_AS", description="who acts: OFFICE/ROLE")
    messages: Path | None = Field(None, description="a file that messages are appended to; else they are printed")
    listen: str = Field("", description="where the web answers, HOST:PORT; 127.0.0.1:8000 where none is given")
    metrics_listen: str = Field("", description="an address of its own for /metrics")
    https: bool = Field(False, description="the web is reached by https, through a proxy")
    proxies: str = Field(
        "", description="the addresses of proxies whose X-Forwarded headers are believed, with commas between"
    )
    requests_per_second: float = Field(
        50, ge=0, le=100_000, description="requests of one address a second; 0 bounds them not at all"
    )
    requests_burst: int = Field(
        200, ge=1, le=1_000_000, description="requests of one address at once, before that counts"
    )
    beat_seconds: float = Field(5, gt=0, le=3600, description="seconds between two rounds")
    public_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s?#@]+$",
        description="where this installation's pages are; links in messages begin so",
    )
    secrets: Path | None = Field(None, description="a folder of secrets: mail-password, link-key, webhook-NAME")
    mail_server: str | None = Field(
        None, description="HOST or HOST:PORT; messages go by e-mail where a seat has an address"
    )
    mail_security: Literal["starttls", "tls", "none"] = "starttls"
    mail_from: str | None = Field(None, description="the address that e-mails come from")
    mail_user: str | None = Field(None, description="who signs in to the mail server; the password is in mail-password")
    mail_trusted: Path | None = Field(None, description="certificates of the office's own to trust, PEM")
    mail_digest: bool = Field(False, description="the messages of one round to one address become one e-mail")
    webhooks_private: bool = Field(False, description="webhooks may be in this network, and without https")
    backups: Path | None = Field(None, description="a folder; the service makes a backup there once a day")
    backup_hour: int = Field(2, ge=0, le=23, description="the hour of Vietnam's day from which it is made")
    backup_keep: int | None = Field(None, ge=1, description="how many of them are kept; all where none is given")
    pg_bin: Path | None = Field(None, description="where pg_dump and pg_restore are; else on PATH")
    seal_key: Path | None = Field(None, description="the file of the key that seals the journal, outside the database")
    seal_seconds: float = Field(60, gt=0, le=86_400, description="seconds between two seals, where something changed")
    seal_folders: str = Field("", description="folders on other disks that seals are written to, with commas between")
    seal_mail: str | None = Field(None, description="an address that the newest seal is sent to")
    seal_mail_hours: float = Field(24, gt=0, le=8_760, description="hours between two such e-mails")
    seal_syslog: str | None = Field(
        None, description="HOST:PORT, tcp://HOST:PORT or a path such as /dev/log, which is told every seal"
    )
    seal_webhook: str | None = Field(None, description="a URL that is told every seal; its secret is webhook-seal")
    file_megabytes: int = Field(20, ge=1, le=25, description="how large a file given with an act may be")
    files_of_a_field: int = Field(10, ge=1, le=20, description="how many files one field of a form takes")
    file_kinds: str = Field(
        "pdf docx xlsx pptx odt ods png jpg tif txt", description="the kinds of files that are taken, by their content"
    )
    node: str | None = Field(
        None,
        max_length=64,
        pattern=r"^[^\p{C}]*$",
        description="this node's name; the host's name and process where none is given",
    )
    lang: Literal["vi", "en"] | None = Field(
        None, description="the language to speak; as the locale says where none is given"
    )
    log_level: Literal["TRACE", "DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


def parse_actor(text: str | None, acting_for: str | None = None) -> Actor:
    """`OFFICE/ROLE` as an actor that is only claimed. Raises Incomplete where it is missing or names no known role."""
    if not text:
        raise Incomplete(say("act"), say("nobody is named; say who acts: --as OFFICE/ROLE"))
    office, _, role = text.partition("/")
    if not office or role not in ROLES:
        because = say("{text!r} is not OFFICE/ROLE with a role of {roles}", text=text, roles=list(ROLES))
        raise Incomplete(say("act"), because)
    return Actor(office, role, acting_for=acting_for)
