from __future__ import annotations

import hashlib
import socket
from pathlib import Path

import pytest

from sandbox.programs.download import DownloadError, download
from sandbox.tests.unit.programs.conftest import FileServer

CONTENT = bytes(range(256)) * 4096
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def target(server: FileServer, tmp_path: Path) -> Path:
    """Where the file that the server holds is to arrive."""
    server.files["file"] = CONTENT
    return tmp_path / "file"


@pytest.mark.parametrize(
    ("part", "resumes", "cut", "ranges"),
    [
        (None, True, [], [None]),
        (None, True, [1000, 500_000], [None, "bytes=1000-", "bytes=501000-"]),
        (CONTENT[:400], True, [], ["bytes=400-"]),
        (CONTENT, True, [], [f"bytes={len(CONTENT)}-"]),
        (b"something else", True, [], ["bytes=14-", None]),
        (b"the start", False, [], ["bytes=9-"]),
    ],
    ids=["at once", "broken twice", "begun", "whole already", "begun with something else", "no resuming"],
)
def test_a_file_arrives_whole_from_where_an_earlier_download_broke_off(
    server: FileServer,
    target: Path,
    part: bytes | None,
    resumes: bool,
    cut: list[int],
    ranges: list[str | None],
) -> None:
    server.resumes, server.cut = resumes, cut
    if part is not None:
        target.with_suffix(".part").write_bytes(part)
    download(f"{server.url}/file", target, SHA256)
    assert server.ranges == ranges
    assert target.read_bytes() == CONTENT
    assert list(target.parent.iterdir()) == [target]


def test_a_connection_that_keeps_breaking_keeps_what_arrived_for_the_next_time(
    server: FileServer, target: Path
) -> None:
    server.cut = [100, 100, 100, 100]
    with pytest.raises(DownloadError, match="broke 4 times"):
        download(f"{server.url}/file", target, SHA256)
    assert not target.exists()
    assert target.with_suffix(".part").read_bytes() == CONTENT[:400]


def test_a_file_with_another_checksum_leaves_only_what_was_there_before(
    server: FileServer, target: Path
) -> None:
    server.files["file"] = CONTENT[:-1] + b"x"
    target.write_bytes(b"before")
    with pytest.raises(DownloadError, match=f"not the pinned sha256:{SHA256}"):
        download(f"{server.url}/file", target, SHA256)
    assert list(target.parent.iterdir()) == [target]
    assert target.read_bytes() == b"before"


def test_a_file_that_the_server_lacks_is_reported_with_its_answer(server: FileServer, target: Path) -> None:
    with pytest.raises(DownloadError, match="404 Not Found"):
        download(f"{server.url}/other", target, SHA256)
    assert server.ranges == [None]


def test_a_server_that_refuses_connections_or_never_answers_is_reported(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/file"
        with pytest.raises(DownloadError, match=r"no answer in 0\.2 s"):
            download(url, tmp_path / "file", SHA256, answer_seconds=0.2)
    with pytest.raises(DownloadError, match="cannot be reached"):
        download(url, tmp_path / "file", SHA256)


def test_an_address_that_is_not_http_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="not an HTTP address"):
        download(f"file://{tmp_path}/secret", tmp_path / "file", SHA256)
