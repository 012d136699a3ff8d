"""A client of Redis' protocol: https://valkey.io/topics/protocol/"""

from __future__ import annotations

import socket
import ssl
from types import TracebackType
from typing import Any

TIMEOUT_SECONDS = 30


class RedisError(Exception):
    """The server refused."""


class RedisClient:
    def __init__(self, address: tuple[str, int], tls: ssl.SSLContext | None = None) -> None:
        connected = socket.create_connection(address, TIMEOUT_SECONDS)
        try:
            self._socket = tls.wrap_socket(connected, server_hostname=address[0]) if tls else connected
        except BaseException:
            connected.close()
            raise
        self._file = self._socket.makefile("rb")

    def __enter__(self) -> RedisClient:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()
        self._socket.close()

    def call(self, *words: str) -> Any:
        parts = [f"*{len(words)}\r\n".encode()]
        for word in words:
            encoded = word.encode()
            parts.append(f"${len(encoded)}\r\n".encode() + encoded + b"\r\n")
        self._socket.sendall(b"".join(parts))
        return self._reply()

    def _reply(self) -> Any:
        line = self._file.readline()
        if not line.endswith(b"\r\n"):
            raise RedisError("the connection ended")
        kind, rest = line[:1], line[1:-2].decode()
        if kind == b"-":
            raise RedisError(rest)
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if rest == "-1" else self._file.read(int(rest) + 2)[:-2].decode("utf-8", "replace")
        if kind == b"*":
            return [self._reply() for _ in range(int(rest))]
        return rest
