"""One HTTP request as it came in: raw enough to check its signature, read once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl


@dataclass(frozen=True)
class HttpRequest:
    method: str
    raw_path: str
    raw_query: str
    headers: dict[str, str]
    body: bytes
    peer: str = ""

    @property
    def query(self) -> list[tuple[str, str]]:
        return parse_qsl(self.raw_query, keep_blank_values=True)

    @property
    def form(self) -> list[tuple[str, str]]:
        if not self.header("content-type").startswith("application/x-www-form-urlencoded"):
            return []
        return parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True)

    def header(self, name: str) -> Any:
        """The header's text; an empty string for content-type, else None when absent."""
        value = self.headers.get(name.lower())
        return "" if value is None and name.lower() == "content-type" else value


def from_environ(environ: dict[str, Any]) -> HttpRequest:
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI") or environ.get("PATH_INFO", "/")
    if "://" in raw.split("?", 1)[0]:
        raw = "/" + raw.split("://", 1)[1].partition("/")[2]
    path, _, query = raw.partition("?")
    headers = {key[5:].replace("_", "-").lower(): value for key, value in environ.items() if key.startswith("HTTP_")}
    for key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(key):
            headers[key.replace("_", "-").lower()] = environ[key]
    if environ.get("wsgi.input_terminated") or int(environ.get("CONTENT_LENGTH") or 0):
        length = environ.get("CONTENT_LENGTH")
        stream = environ["wsgi.input"]
        body = stream.read(int(length)) if length else stream.read()
    else:
        body = b""
    return HttpRequest(
        method=environ["REQUEST_METHOD"],
        raw_path=path or "/",
        raw_query=query,
        headers=headers,
        body=body,
        peer=environ.get("REMOTE_ADDR", ""),
    )
