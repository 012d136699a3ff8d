"""The certificate authority of the sandbox's databases and caches: what RDS's bundle of authorities is on AWS."""

from __future__ import annotations

import ipaddress
import os
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

NAME = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sandbox-databases")])
LIFETIME = timedelta(days=365)


def write_private(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)


class Authority:
    """Kept in `folder`, because clients keep its certificate; `ca.crt` is the file for them."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "ca.crt"
        kept = folder / "ca.key"
        if not kept.exists() or not self.file.exists():
            key = ec.generate_private_key(ec.SECP256R1())
            write_private(self.file, _pem(_own(key)))
            write_private(kept, _key_pem(key))
        loaded = serialization.load_pem_private_key(kept.read_bytes(), None)
        assert isinstance(loaded, ec.EllipticCurvePrivateKey)
        self._key = loaded

    def context(self, folder: Path, address: str) -> ssl.SSLContext:
        """How a server in `folder` presents itself at an address."""
        key = ec.generate_private_key(ec.SECP256R1())
        # A certificate of RDS also names the instance; here there is no DNS that would know it.
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address)), x509.DNSName("localhost")])
        builder = _builder(key, x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, address)]))
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        signed = builder.add_extension(names, False).add_extension(issuer, False)
        certificate = signed.sign(self._key, hashes.SHA256())
        pair = folder / "server.pem"
        write_private(pair, _key_pem(key) + _pem(certificate))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pair)
        return context


def _builder(key: ec.EllipticCurvePrivateKey, subject: x509.Name) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(NAME)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + LIFETIME)
    )


def _own(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
    builder = _builder(key, NAME).add_extension(x509.BasicConstraints(True, None), True).add_extension(usage, True)
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return builder.add_extension(identifier, False).sign(key, hashes.SHA256())


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    encryption = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
