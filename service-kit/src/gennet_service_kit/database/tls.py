"""How the server's certificate is verified."""

import ssl
from collections.abc import Collection
from typing import Any

from .settings import PostgresSettings


def tls_of(settings: PostgresSettings) -> ssl.SSLContext | bool:
    """Returns what checks certificate and host name, as libpq does for sslmode=verify-full."""
    if settings.tls == "off":
        return False
    context = ssl.create_default_context(cafile=settings.ca_file)
    names = settings.tls_names.split()
    if names:
        # `host` leads to one of several servers, and is in the certificate of none: RDS names the
        # endpoint of the instance alone.
        context.check_hostname = False
        context.sslobject_class = named_by(names)
    return context


def named_by(names: Collection[str]) -> type[ssl.SSLObject]:
    """Returns a connection whose handshake fails where the certificate has none of the names."""

    class Named(ssl.SSLObject):
        def do_handshake(self) -> None:
            super().do_handshake()
            subjects = names_in(self.getpeercert())
            if subjects.isdisjoint(names):
                raise ssl.SSLCertVerificationError(
                    f"the certificate is for {', '.join(sorted(subjects)) or 'no name'}"
                )

    return Named


def names_in(certificate: Any) -> set[str]:
    """Returns the DNS names and IP addresses of a certificate, as getpeercert shows it."""
    return {value for _, value in (certificate or {}).get("subjectAltName", ())}
