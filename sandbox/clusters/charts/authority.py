"""A certificate authority that lives as long as its process, and speaks for any host."""

from __future__ import annotations

import datetime
import ssl
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

_VALIDITY: Final = datetime.timedelta(days=30)
_CLOCK_SKEW: Final = datetime.timedelta(days=1)
_NAME: Final = "sandbox chart registry"


class Authority:
    """Signs a certificate for each host that is asked for; all of them have one key."""

    def __init__(self, file: Path) -> None:
        """Write the authority's certificate, which clients are to trust, to *file*."""
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._contexts: dict[str, ssl.SSLContext] = {}
        constraints = x509.BasicConstraints(ca=True, path_length=0)
        file.write_bytes(self._certificate(_NAME, constraints))

    def context(self, host: str) -> ssl.SSLContext:
        """What a server needs to be taken for *host*."""
        if host not in self._contexts:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            with TemporaryDirectory() as scratch:
                pair = Path(scratch) / "pair.pem"
                pair.touch(mode=0o600)
                names = x509.SubjectAlternativeName([x509.DNSName(host)])
                pair.write_bytes(self._certificate(host, names) + self._private_key())
                context.load_cert_chain(pair)
            self._contexts[host] = context
        return self._contexts[host]

    def _certificate(self, subject: str, extension: x509.ExtensionType) -> bytes:
        now = datetime.datetime.now(datetime.UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, subject)]))
            .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, _NAME)]))
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _CLOCK_SKEW)
            .not_valid_after(now + _VALIDITY)
            .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
            .sign(self._key, hashes.SHA256())
        )
        return certificate.public_bytes(serialization.Encoding.PEM)

    def _private_key(self) -> bytes:
        return self._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
