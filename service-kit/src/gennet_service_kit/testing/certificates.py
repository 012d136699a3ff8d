"""Certificates for the servers of tests."""

import ssl
from pathlib import Path

from trustme import CA


class Authority:
    """A certificate authority that no client trusts by itself; its certificate is in the folder."""

    def __init__(self, folder: Path) -> None:
        self._ca = CA()
        self.file = folder / "authority.pem"
        """The authority's certificate, for clients that shall trust it."""
        self._ca.cert_pem.write_to_path(str(self.file))

    def serving(self, name: str) -> ssl.SSLContext:
        """Returns what a server needs to have a certificate for this name."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert(name).configure_cert(context)
        return context
