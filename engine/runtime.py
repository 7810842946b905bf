"""Puts the parts together; the only place that knows them all."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text

from engine.clock import Clock, SimulatedClock, SystemClock
from engine.execute import Executor
from engine.files import Limits, limits_of
from engine.notify.channels import Console, File
from engine.notify.links import Links
from engine.notify.parcels import Channel, Way
from engine.notify.secrets import Secrets
from engine.scheduler.campaigns import CampaignRound
from engine.scheduler.delivery import Delivery
from engine.scheduler.elapse import ElapseRound
from engine.scheduler.uploads import UploadRound
from engine.settings import Settings
from storage import installation, schema
from storage.database import Database
from storage.errors import NotSimulated, Unavailable, WrongSchema
from workflows.offices import Offices
from workflows.text import say

if TYPE_CHECKING:
    from engine.scheduler.backups import BackupRound
    from engine.scheduler.hooks import HookRound
    from engine.scheduler.sealing import SealRound
    from storage.as_of import Past


class Runtime:
    """An opened installation: its database, its time, its executor and its rounds."""

    def __init__(
        self, database: Database, clock: Clock, channel: Channel, node: str, settings: Settings | None = None
    ) -> None:
        self.database, self.clock, self.node = database, clock, node
        self.past: Past | None = None  # set where it is no installation, but what was known of one at an instant
        self.executor = Executor(database, clock)
        self.campaigns = CampaignRound(self.executor, database, clock)
        self.elapse = ElapseRound(self.executor, database, clock, node)
        # What happens in simulated time happened to nobody: it is told to no address, and to no webhook.
        post = settings if settings and not self.simulated else None
        self.secrets = Secrets(settings.secrets) if settings and settings.secrets else None
        self.webhooks_private = bool(settings and settings.webhooks_private)
        self.links = _links(settings, self.secrets)
        self.files = limits_of(settings) if settings else Limits()
        way: Way = self._mail(post, channel) if post and post.mail_server else channel
        self.uploads = UploadRound(database, clock)
        self.delivery = Delivery(database, clock, way, self.executor, node)
        self.hooks = self._hooks(post) if post else None
        self.backups = self._backups(settings) if settings and settings.backups else None
        self.seals = self._seals(settings) if settings else None

    def _backups(self, settings: Settings) -> "BackupRound":
        from engine.scheduler.backups import BackupRound  # for a service that makes them

        folder = settings.backups or Path()
        return BackupRound(self.database, self.clock, folder, settings.backup_hour, settings.backup_keep, settings.pg_bin,
                           self.node)  # fmt: skip

    def _hooks(self, settings: Settings) -> "HookRound":
        from engine.notify.webhooks import Sender  # http and ssl: for a service, not for every command
        from engine.scheduler.hooks import HookRound

        return HookRound(self.database, self.clock, Sender(settings.webhooks_private), self.secrets, self.node)

    def _mail(self, settings: Settings, others: Channel) -> Way:
        """E-mail for whoever has an address, the other channel for the rest."""
        from engine.notify.mail import Mail  # smtplib and ssl: for who sends e-mail
        from engine.witnessing import mail_server

        server = mail_server(settings, self.secrets)
        return Mail(server, others, self._offices, self.now, self.links, settings.mail_digest)

    def _seals(self, settings: Settings) -> "SealRound":
        from engine.scheduler.sealing import SealRound  # as above
        from engine.sealing import Sealer
        from engine.witnessing import witnesses

        sealer = Sealer(self.database, self.clock, settings.seal_key) if settings.seal_key else None
        found = witnesses(settings, self.secrets, self.now, simulated=self.simulated)
        return SealRound(self.database, self.clock, sealer, found, self.node, settings.seal_seconds)

    def _offices(self) -> Offices:
        with self.database.reading() as connection:
            return self.executor.known(connection).offices

    @property
    def simulated(self) -> bool:
        return isinstance(self.clock, SimulatedClock)

    def now(self) -> datetime:
        return self.clock.now()

    def move_to(self, instant: datetime) -> None:
        """Set the time of a simulated database, forward only. Raises NotSimulated anywhere else."""
        with self.database.transaction() as connection:
            installation.set_simulated_at(connection, instant)
        if not isinstance(self.clock, SimulatedClock):
            raise NotSimulated(say("This database lives in real time: its time cannot be set."))
        self.clock.move_to(instant)

    def follow_simulation(self) -> None:
        """On a simulated database another process may have moved the time forward."""
        if isinstance(self.clock, SimulatedClock):
            with self.database.reading() as connection:
                found = installation.read(connection)
            if found and found.simulated_at:
                self.clock.move_to(found.simulated_at)

    def follow_server(self) -> None:
        """On PostgreSQL all nodes go by the server's time; its offset is measured anew at each beat."""
        if not self.database.is_sqlite and isinstance(self.clock, SystemClock):
            with self.database.reading() as connection:
                self.clock.follow(connection.execute(text("SELECT clock_timestamp()")).scalar_one())


def _links(settings: Settings | None, secrets: Secrets | None) -> Links | None:
    """The links that messages bear: none without an address of the pages; no one-click ones without a folder of secrets."""
    if settings is None or settings.public_url is None:
        return None
    return Links(settings.public_url, secrets.key_of_links() if secrets else None)


def check(database: Database) -> installation.Installation:
    """The installation a database is. Raises WrongSchema or Unavailable, saying what to do, where it is none that fits."""
    database.check_place()
    if database.is_sqlite and not Path(database.url.database or "").exists():
        said = say("There is no database {database}. Create it: cascade db create --database {database}",
                   database=database.shown)  # fmt: skip
        raise Unavailable(said)
    with database.reading() as connection:
        if not schema.fits(connection):
            from storage import migrate  # Alembic: a third of a second, for those who have to be told

            migrate.check(connection, database.shown)
        found = installation.read(connection)
    if found is None:
        said = say("{database} has a schema but is no installation; give another database", database=database.shown)
        raise WrongSchema(said)
    return found


@contextmanager
def opened(
    database_url: str,
    messages: Path | None = None,
    node: str | None = None,
    channel: Channel | None = None,
    settings: Settings | None = None,
) -> Iterator[Runtime]:
    """Open an installation for one command or one service. Raises WrongSchema or Unavailable, saying what to do.

    With `settings`, messages leave as these say: by e-mail and webhooks, and by the channel where there is no address.
    """
    node = node or f"{socket.gethostname()}:{os.getpid()}"
    database = Database(database_url, f"cascade {node}")
    try:
        found = check(database)
        clock: Clock = SimulatedClock(found.simulated_at) if found.simulated_at else SystemClock()
        out = channel or (File(messages) if messages else Console())
        runtime = Runtime(database, clock, out, node, settings)
        runtime.follow_server()
        yield runtime
    finally:
        database.close()
