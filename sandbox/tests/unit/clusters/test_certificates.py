from __future__ import annotations

import ipaddress
import ssl
import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from sandbox.clusters.certificates import Certificates

SERVICE_ADDRESS = ipaddress.IPv4Address("10.0.0.1")


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    made = Certificates(tmp_path / "certificates")
    made.ensure(SERVICE_ADDRESS)
    return made


def _load(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def test_the_server_is_known_by_loopback_and_by_the_service_address(certificates: Certificates) -> None:
    names = (
        _load(certificates.certificate).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    )
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == [
        "127.0.0.1",
        "10.0.0.1",
    ]
    assert names.get_values_for_type(x509.DNSName) == [
        "localhost",
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
    ]


def test_a_strict_client_trusts_the_server_by_the_authority_alone(certificates: Certificates) -> None:
    client = ssl.create_default_context(cafile=str(certificates.authority))
    client.verify_flags |= ssl.VerifyFlags.VERIFY_X509_STRICT
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificates.certificate, certificates.key)
    assert _shake_hands(client, server, "127.0.0.1") == "kube-apiserver"
    with pytest.raises(ssl.SSLCertVerificationError, match=r"192\.0\.2\.1"):
        _shake_hands(client, server, "192.0.2.1")


def _shake_hands(client: ssl.SSLContext, server: ssl.SSLContext, host: str) -> str:
    """The common name that the server shows a client who connects to *host*."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = client.wrap_bio(to_client, to_server, server_hostname=host)
    theirs = server.wrap_bio(to_server, to_client, server_side=True)
    done = {"ours": False, "theirs": False}
    while not all(done.values()):
        for name, side in (("ours", ours), ("theirs", theirs)):
            try:
                side.do_handshake()
                done[name] = True
            except ssl.SSLWantReadError:
                continue
    shown = ours.getpeercert() or {}
    return dict(pair[0] for pair in shown["subject"])["commonName"]  # type: ignore[reportArgumentType]


def test_the_authority_signs_certificates_and_its_key_is_nowhere(certificates: Certificates) -> None:
    authority = _load(certificates.authority)
    assert authority.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is True
    _load(certificates.certificate).verify_directly_issued_by(authority)
    public = authority.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    assert sorted(path.name for path in certificates.directory.iterdir()) == [
        "ca.crt",
        "server.crt",
        "server.key",
        "service-account.key",
    ]


def test_only_the_user_can_read_the_files(certificates: Certificates) -> None:
    assert stat.S_IMODE(certificates.directory.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in certificates.directory.iterdir()} == {0o600}


def test_what_is_there_is_kept(certificates: Certificates) -> None:
    before = {path.name: path.read_bytes() for path in certificates.directory.iterdir()}
    certificates.ensure(ipaddress.IPv4Address("10.9.0.1"))
    assert {path.name: path.read_bytes() for path in certificates.directory.iterdir()} == before


def test_what_was_left_half_made_is_made_anew(certificates: Certificates) -> None:
    certificates.service_account_key.unlink()
    certificates.key.write_bytes(b"half")
    certificates.ensure(SERVICE_ADDRESS)
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificates.certificate, certificates.key)
    assert certificates.service_account_key.exists()
