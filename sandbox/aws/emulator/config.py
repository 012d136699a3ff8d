"""The configuration file: shape, validation, and the error a person can act on."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import json
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
ACCESS_KEY_ID = re.compile(r"[A-Z0-9]{16,128}")


class ConfigError(Exception):
    """The configuration is unusable; the text names the member."""


@dataclass(frozen=True)
class Admin:
    """Client certificate with which the sandbox writes into a region's Kubernetes API."""

    ca_file: str
    cert_file: str
    key_file: str


@dataclass(frozen=True)
class ControlPlane:
    """The one real Kubernetes control plane an AWS region has here."""

    endpoint: str
    certificate_authority: str
    kubernetes_version: str
    issuer: str
    admin: Admin | None


@dataclass(frozen=True)
class Authenticator:
    """Where API servers ask about tokens and pods, and the authority (PEM) that signed its certificate."""

    port: int
    ca_file: str
    cert_file: str
    key_file: str


@dataclass(frozen=True)
class Stores:
    """The programs behind RDS and ElastiCache, and the folder of what they keep."""

    folder: str
    postgres_folder: str
    valkey: str


@dataclass(frozen=True)
class Config:
    host: str
    port: int
    authenticator: Authenticator | None
    account_id: str
    access_key_id: str
    secret_access_key: str
    clock_scale: float
    control_planes: dict[str, ControlPlane]
    stores: Stores | None = None


class _Object:
    """One JSON object being read; knows its path and which members nobody asked for."""

    def __init__(self, value: Any, path: str) -> None:
        if not isinstance(value, dict):
            raise ConfigError(f"{path or 'the file'}: must be an object")
        self._value = value
        self._path = path
        self._left = set(value)

    def _at(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name

    def optional(self, name: str) -> Any:
        self._left.discard(name)
        return self._value.get(name)

    def text(self, name: str, pattern: str = r"(?s).+") -> str:
        value = self.optional(name)
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            # The value may be a secret: never echo it.
            raise ConfigError(f"{self._at(name)}: must be a string matching {pattern}")
        return value

    def number(self, name: str, low: float, high: float) -> float:
        value = self.optional(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ConfigError(f"{self._at(name)}: must be a number from {low:g} to {high:g}")
        return value

    def port(self, name: str) -> int:
        return int(self.number(name, 0, 65535))

    def file(self, name: str) -> str:
        value = self.text(name)
        if not os.access(value, os.R_OK):
            raise ConfigError(f"{self._at(name)}: cannot be read")
        return value

    def child(self, name: str) -> _Object:
        return _Object(self.optional(name), self._at(name))

    def names(self) -> list[str]:
        return list(self._value)

    def end(self) -> None:
        if self._left:
            raise ConfigError(f"{self._at(sorted(self._left)[0])}: unknown member")


def load(path: Path) -> Config:
    try:
        mode = path.stat().st_mode
        raw = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot be read: {error}") from error
    if stat.S_IMODE(mode) & 0o077:
        raise ConfigError("holds credentials, so it must be readable by its owner only (chmod 600)")
    try:
        value = json.loads(raw)
    except ValueError as error:
        raise ConfigError(f"is not JSON: {error}") from error
    return parse(value)


def parse(value: Any) -> Config:
    root = _Object(value, "")
    listen = root.child("listen")
    host = listen.text("host")
    if not _is_loopback(host):
        raise ConfigError("listen.host: must be a loopback address")
    credentials = root.child("credentials")
    config = Config(
        host=host,
        port=listen.port("port"),
        authenticator=_authenticator(root),
        account_id=root.text("accountId", r"\d{12}"),
        access_key_id=credentials.text("accessKeyId", ACCESS_KEY_ID.pattern),
        secret_access_key=credentials.text("secretAccessKey", r".{16,}"),
        clock_scale=root.number("clockScale", 1, 1_000_000),
        control_planes=_control_planes(root.child("clusters")),
        stores=_stores(root),
    )
    for part in (listen, credentials, root):
        part.end()
    return config


def _authenticator(root: _Object) -> Authenticator | None:
    if root.optional("authenticator") is None:
        return None
    part = root.child("authenticator")
    result = Authenticator(part.port("port"), part.file("caFile"), part.file("certFile"), part.file("keyFile"))
    part.end()
    return result


def _stores(root: _Object) -> Stores | None:
    if root.optional("stores") is None:
        return None
    part = root.child("stores")
    # The emulator makes the folder.
    result = Stores(part.text("folder", r"/.+"), part.file("postgresFolder"), part.file("valkey"))
    part.end()
    return result


def _control_planes(clusters: _Object) -> dict[str, ControlPlane]:
    planes = {}
    for region in clusters.names():
        if not REGION.fullmatch(region):
            raise ConfigError(f"clusters.{region}: is not the name of an AWS region")
        part = clusters.child(region)
        authority = part.text("certificateAuthority")
        try:
            base64.b64decode(authority, validate=True)
        except binascii.Error as error:
            raise ConfigError(f"clusters.{region}.certificateAuthority: is not base64") from error
        planes[region] = ControlPlane(
            endpoint=part.text("endpoint", r"https?://\S+"),
            certificate_authority=authority,
            kubernetes_version=part.text("kubernetesVersion", r"1\.\d{1,3}"),
            issuer=part.text("issuer", r"https?://\S+"),
            admin=_admin(part),
        )
        part.end()
    return planes


def _admin(part: _Object) -> Admin | None:
    if part.optional("admin") is None:
        return None
    admin = part.child("admin")
    result = Admin(admin.file("caFile"), admin.file("certFile"), admin.file("keyFile"))
    admin.end()
    return result


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
