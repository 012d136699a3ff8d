"""Certificates for servers of tests, of an authority that only those trust who are told to."""

import ssl
from pathlib import Path

from trustme import CA


class Authority:
    def __init__(self, folder: Path) -> None:
        self._ca = CA()
        self.file = folder / "authority.pem"
        """Its own certificate, for those who shall trust it."""
        self._ca.cert_pem.write_to_path(str(self.file))

    def serving(self, name: str) -> ssl.SSLContext:
        """What a server needs that has a certificate for this name."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert(name).configure_cert(context)
        return context
