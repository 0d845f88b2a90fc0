from __future__ import annotations

import hashlib
import socket
from pathlib import Path

import pytest

from sandbox.programs.download import DownloadError, download
from sandbox.tests.unit.programs.conftest import FileServer

CONTENT = bytes(range(256)) * 4096
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def test_a_good_file_arrives_whole_and_nothing_else_stays(server: FileServer, tmp_path: Path) -> None:
    server.files["file"] = CONTENT
    download(f"{server.url}/file", tmp_path / "file", SHA256)
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_file_with_another_checksum_leaves_nothing(server: FileServer, tmp_path: Path) -> None:
    server.files["file"] = CONTENT[:-1] + b"x"
    with pytest.raises(DownloadError, match=f"not the pinned sha256:{SHA256}"):
        download(f"{server.url}/file", tmp_path / "file", SHA256)
    assert list(tmp_path.iterdir()) == []


def test_a_bad_file_leaves_the_file_that_was_there_before(server: FileServer, tmp_path: Path) -> None:
    server.files["file"] = b"bad"
    (tmp_path / "file").write_bytes(b"before")
    with pytest.raises(DownloadError):
        download(f"{server.url}/file", tmp_path / "file", SHA256)
    assert (tmp_path / "file").read_bytes() == b"before"


def test_a_connection_that_breaks_is_taken_up_where_it_broke(server: FileServer, tmp_path: Path) -> None:
    server.files["file"] = CONTENT
    server.cut = [1000, 500_000]
    download(f"{server.url}/file", tmp_path / "file", SHA256)
    assert server.ranges == [None, "bytes=1000-", "bytes=501000-"]
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_a_connection_that_keeps_breaking_keeps_what_arrived_for_the_next_time(
    server: FileServer, tmp_path: Path
) -> None:
    server.files["file"] = CONTENT
    server.cut = [100, 100, 100, 100]
    with pytest.raises(DownloadError, match="broke 4 times"):
        download(f"{server.url}/file", tmp_path / "file", SHA256)
    assert not (tmp_path / "file").exists()
    assert (tmp_path / "file.part").read_bytes() == CONTENT[:400]

    download(f"{server.url}/file", tmp_path / "file", SHA256)
    assert server.ranges[-1] == "bytes=400-"
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_a_part_that_is_whole_already_is_only_checked(server: FileServer, tmp_path: Path) -> None:
    server.files["file"] = CONTENT
    (tmp_path / "file.part").write_bytes(CONTENT)
    download(f"{server.url}/file", tmp_path / "file", SHA256)
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_a_part_of_something_else_is_thrown_away_and_the_file_fetched_anew(
    server: FileServer, tmp_path: Path
) -> None:
    server.files["file"] = CONTENT
    (tmp_path / "file.part").write_bytes(b"something else")
    download(f"{server.url}/file", tmp_path / "file", SHA256)
    assert server.ranges == ["bytes=14-", None]
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_a_server_that_cannot_resume_sends_the_file_again(server: FileServer, tmp_path: Path) -> None:
    server.files["file"] = CONTENT
    server.resumes = False
    (tmp_path / "file.part").write_bytes(b"the start")
    download(f"{server.url}/file", tmp_path / "file", SHA256)
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_a_file_that_the_server_lacks_is_told_with_its_answer(server: FileServer, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="404 Not Found"):
        download(f"{server.url}/file", tmp_path / "file", SHA256)
    assert server.ranges == [None]


def test_a_server_that_refuses_connections_is_unreachable(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(DownloadError, match="cannot be reached"):
        download(f"http://127.0.0.1:{port}/file", tmp_path / "file", SHA256)


def test_a_server_that_never_answers_is_given_up(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(DownloadError, match=r"no answer in 0\.2 s"):
            download(f"http://127.0.0.1:{port}/file", tmp_path / "file", SHA256, answer_seconds=0.2)


def test_an_address_that_is_none_of_the_web_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="no address of a web server"):
        download(f"file://{tmp_path}/secret", tmp_path / "file", SHA256)
