"""HTTP with patience, and an end to it: a head that does not come, an answer that nobody reads, more than there is room for."""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 15.0
READ_SECONDS = 30.0
_READ_LEAST = 30_000  # bytes of an answer that are read in that time, or nobody reads it


class PatientProtocol(H11Protocol):
    """Hangs up on whoever connects and does not send the whole head of a request in time, or does not read the answer. Where
    no connection is left, the oldest of those that are waited for makes room."""

    _waiting: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None
    _begun_at = 0.0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._begun_at = self.loop.time()
        transport.set_write_buffer_limits(0)  # so that we are told whenever something waits to be read
        self._wait_for_head()
        self._make_room()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]:
            self._wait_for_head()  # a head has begun and not ended
        elif self.conn.their_state is not h11.IDLE:
            self._wait_no_more()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._wait_for_reader()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._all_read()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_no_more()
        self._all_read()
        super().connection_lost(exc)

    def _make_room(self) -> None:
        """Connections are bounded: each takes a file's number, and without one not even the database can be opened."""
        most, open_ = self.limit_concurrency, [one for one in self.connections if not one.transport.is_closing()]
        if most is not None and len(open_) >= most:
            idle = [one for one in open_ if isinstance(one, PatientProtocol) and one._is_waited_for and one is not self]
            min(idle, key=lambda one: one._begun_at, default=self).transport.abort()

    @property
    def _is_waited_for(self) -> bool:
        """Has nothing to be done yet: a head, the rest of a body or another request has still to come."""
        cycle: Any = self.cycle  # None before the first request, whatever its type says
        return cycle is None or bool(cycle.response_complete or cycle.more_body)

    def _wait_for_head(self) -> None:
        if self._waiting is None:
            self._waiting = self.loop.call_later(HEAD_SECONDS, self._hang_up)

    def _wait_no_more(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _hang_up(self) -> None:
        self._waiting = None
        if not self.transport.is_closing() and self.conn.their_state is h11.IDLE:
            self.transport.close()

    def _wait_for_reader(self) -> None:
        left = self.transport.get_write_buffer_size()
        self._unread = self.loop.call_later(READ_SECONDS, self._look_at_reader, left)

    def _all_read(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _look_at_reader(self, before: int) -> None:
        if before - self.transport.get_write_buffer_size() < _READ_LEAST:
            self.transport.abort()
        else:
            self._wait_for_reader()
