"""Addresses and ports of this machine's loopback interface."""

from __future__ import annotations

import ipaddress
import secrets
import socket


def listen(port: int) -> tuple[socket.socket, str, int]:
    """Its own address, so that the port is the one that was asked for, as on AWS.

    Where only 127.0.0.1 exists (macOS), or if all that were tried are taken, the port is another one.
    """
    for _ in range(8):
        # 127.64.0.0/10
        number = int(ipaddress.ip_address("127.64.0.0")) + secrets.randbelow(2**22 - 2) + 1
        listener = _bound(str(ipaddress.ip_address(number)), port)
        if listener:
            return listener, str(ipaddress.ip_address(number)), port
    listener = _bound("127.0.0.1", 0)
    assert listener
    return listener, "127.0.0.1", listener.getsockname()[1]


def _bound(address: str, port: int) -> socket.socket | None:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
        listener.listen(128)
    except OSError:
        listener.close()
        return None
    return listener


def free_port() -> int:
    """Below the ports of outgoing connections, so that it stays free while its server restarts."""
    while True:
        port = 20_000 + secrets.randbelow(12_700)
        listener = _bound("127.0.0.1", port)
        if listener:
            listener.close()
            return port
