"""A PostgreSQL client of the few messages that an administrator needs; no driver is among the sandbox's packages.

https://www.postgresql.org/docs/current/protocol-flow.html
"""

from __future__ import annotations

import socket
import ssl
from types import TracebackType

from .scram import Exchange

TIMEOUT_SECONDS = 60
Row = tuple[str | None, ...]


class PostgresError(Exception):
    """The server refused; `code` is the SQLSTATE."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(fields.get("M", "the connection ended"))
        self.code = fields.get("C", "")


class PostgresClient:
    def __init__(
        self, address: tuple[str, int], user: str, password: str, database: str, tls: ssl.SSLContext | None = None
    ) -> None:
        self._password = password
        self._socket: socket.socket = socket.create_connection(address, TIMEOUT_SECONDS)
        try:
            if tls:
                self._socket.sendall((8).to_bytes(4, "big") + (80877103).to_bytes(4, "big"))
                if self._exactly(1) != b"S":
                    raise PostgresError({"M": "the server does not speak TLS"})
                self._socket = tls.wrap_socket(self._socket, server_hostname=address[0])
            words = f"user\0{user}\0database\0{database}\0\0".encode()
            self._socket.sendall((len(words) + 8).to_bytes(4, "big") + (196608).to_bytes(4, "big") + words)
            self._log_in()
        except BaseException:
            self._socket.close()
            raise

    def __enter__(self) -> PostgresClient:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._socket.close()

    def query(self, text: str) -> list[Row]:
        """The rows of one statement."""
        self._send(b"Q", text.encode() + b"\0")
        rows: list[Row] = []
        refused: PostgresError | None = None
        while True:
            kind, body = self._receive()
            if kind == b"D":
                rows.append(_row(body))
            elif kind == b"E":
                refused = PostgresError(_fields(body))
            elif kind == b"Z":
                if refused:
                    raise refused
                return rows

    def _log_in(self) -> None:
        exchange = Exchange(self._password)
        while True:
            kind, body = self._receive()
            if kind == b"E":
                raise PostgresError(_fields(body))
            if kind == b"Z":
                return
            step = int.from_bytes(body[:4], "big") if kind == b"R" else 0
            if step == 10:
                first = exchange.first()
                self._send(b"p", b"SCRAM-SHA-256\0" + len(first).to_bytes(4, "big") + first)
            elif step == 11:
                self._send(b"p", exchange.final(body[4:]))

    def _send(self, kind: bytes, body: bytes) -> None:
        self._socket.sendall(kind + (len(body) + 4).to_bytes(4, "big") + body)

    def _receive(self) -> tuple[bytes, bytes]:
        head = self._exactly(5)
        return head[:1], self._exactly(int.from_bytes(head[1:], "big") - 4)

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            more = self._socket.recv(size - len(data))
            if not more:
                raise PostgresError({})
            data += more
        return data


def _fields(body: bytes) -> dict[str, str]:
    return {field[:1].decode(): field[1:].decode("utf-8", "replace") for field in body.split(b"\0") if field}


def _row(body: bytes) -> Row:
    columns, at = int.from_bytes(body[:2], "big"), 2
    row: list[str | None] = []
    for _ in range(columns):
        size = int.from_bytes(body[at : at + 4], "big", signed=True)
        at += 4
        row.append(None if size < 0 else body[at : at + size].decode())
        at += max(size, 0)
    return tuple(row)


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
