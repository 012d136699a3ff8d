"""Passwords of PostgreSQL: RFC 7677, and how a server keeps one, which is all that a statement may contain."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

ITERATIONS = 4096


def verifier(password: str) -> str:
    """What PostgreSQL takes in place of a password and stores as it is."""
    salt = secrets.token_bytes(16)
    salted = _salted(password, salt, ITERATIONS)
    stored = hashlib.sha256(_hmac(salted, b"Client Key")).digest()
    server = _hmac(salted, b"Server Key")
    return f"SCRAM-SHA-256${ITERATIONS}:{_text(salt)}${_text(stored)}:{_text(server)}"


class Exchange:
    """A client's side of one login."""

    def __init__(self, password: str) -> None:
        self._password = password
        self._bare = f"n=,r={_text(secrets.token_bytes(18))}"

    def first(self) -> bytes:
        return f"n,,{self._bare}".encode()

    def final(self, challenge: bytes) -> bytes:
        fields = dict(field.split("=", 1) for field in challenge.decode().split(","))
        salted = _salted(self._password, base64.b64decode(fields["s"]), int(fields["i"]))
        key = _hmac(salted, b"Client Key")
        unproved = f"c=biws,r={fields['r']}"
        said = f"{self._bare},{challenge.decode()},{unproved}".encode()
        signature = _hmac(hashlib.sha256(key).digest(), said)
        proof = bytes(a ^ b for a, b in zip(key, signature, strict=True))
        return f"{unproved},p={_text(proof)}".encode()


def _salted(password: str, salt: bytes, iterations: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
