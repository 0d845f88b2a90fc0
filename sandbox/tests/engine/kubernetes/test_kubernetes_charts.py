"""Remote charts: pulled by Helm when asked, then rendered by it; every other is stood in for."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

import sandbox.__main__ as command_line
from sandbox.kubernetes import helm_command
from sandbox.kubernetes.api_server_backend import ApiServerBackend
from sandbox.clusters.charts import STANDS_IN_FOR
from sandbox.clusters.charts.archives import DIRECTORY_VARIABLE
from sandbox.kubernetes.kinds import Kind
from sandbox.programs import binaries
from sandbox.tests.engine.kubernetes.conftest import ready_replicas
from sandbox.tests.unit.kubernetes.driver import RELEASE, AbortedError, Driver, Made

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("releases")]

DEPLOYMENT = Kind("apps", "v1", "Deployment")
WORKLOAD = """
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  labels: {greeting: {{ .Values.greeting | quote }}}
spec:
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}}
    spec:
      containers:
        - name: web
          image: web
          readinessProbe: {httpGet: {path: /, port: 80}}
"""
# The address of a reference is one that nobody may ask; the rest of the schema is in force.
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2019-09/schema",
    "properties": {
        "greeting": {"type": "string"},
        "labels": {"$ref": "http://127.0.0.1:1/definitions.json#/labels"},
    },
}


def archive(directory: Path, name: str = "web", version: str = "1.2.3") -> Path:
    """A chart as `helm package` writes it."""
    described = {"apiVersion": "v2", "name": name, "version": version, "appVersion": "9"}
    files = {
        "Chart.yaml": json.dumps(described),
        "values.yaml": "greeting: hello\n",
        "values.schema.json": json.dumps(SCHEMA),
        "templates/workload.yaml": WORKLOAD,
    }
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{name}-{version}.tgz"
    with tarfile.open(path, "w:gz") as packed:
        for file, text in files.items():
            member = tarfile.TarInfo(f"{name}/{file}")
            member.size = len(text.encode())
            packed.addfile(member, io.BytesIO(text.encode()))
    return path


@pytest.fixture
def charts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of archives, empty."""
    monkeypatch.setenv(DIRECTORY_VARIABLE, str(tmp_path / "charts"))
    return tmp_path / "charts"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the base class.
        self.server.asked.append(self.path)  # type: ignore[attr-defined]


class Repository:
    """A chart repository on this computer; it serves while the test runs.

    Attributes:
        asked: the paths that it was asked for.
    """

    def __init__(self, directory: Path) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(directory)))
        self.asked: list[str] = []
        self._server.asked = self.asked  # type: ignore[attr-defined]
        self.host = f"127.0.0.1:{self._server.server_port}"
        self.address = f"http://{self.host}/stable"
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    archive(tmp_path / "served" / "stable")
    helm_command.run(["repo", "index", str(tmp_path / "served" / "stable")])
    served = Repository(tmp_path / "served")
    yield served
    served.close()


@pytest.fixture
def pull(repository: Repository) -> Callable[..., int]:
    """`python -m sandbox charts`, for the chart of the repository."""
    binaries.ensure("helm")

    def run(version: str = "1.2.3", name: str = "web") -> int:
        return command_line.main(["charts", name, "--repo", repository.address, "--version", version])

    return run


def release(repository: str, version: str = "1.2.3", **inputs: Any) -> dict[str, Any]:
    options = {"repo": repository}
    return {"chart": "web", "version": version, "name": "web", "repositoryOpts": options, **inputs}


def workload(server: ApiServerBackend, made: Made) -> dict[str, Any]:
    found = server.get(DEPLOYMENT, made.id.partition("/")[0], "web")
    assert found is not None
    return found


def test_a_chart_that_was_pulled_is_rendered_by_helm_and_becomes_ready(
    engine: Driver, server: ApiServerBackend, repository: Repository, pull: Callable[..., int], charts: Path
) -> None:
    assert pull() == 0
    assert [path.relative_to(charts) for path in charts.rglob("*.tgz")] == [
        Path(repository.host, "stable", "web-1.2.3.tgz")
    ]
    asked = len(repository.asked)
    made = engine.make(RELEASE, "web", release(repository.address, values={"greeting": "hi"}))
    found = workload(server, made)
    assert found["metadata"]["labels"]["greeting"] == "hi"
    assert STANDS_IN_FOR not in found["metadata"]["annotations"]
    assert ready_replicas(server, engine.namespace) == 1
    assert made.outputs["status"]["appVersion"] == "9"
    assert (engine.log.warnings, len(repository.asked)) == ([], asked)


def test_an_archive_that_somebody_put_there_is_as_good_as_a_pulled_one(
    engine: Driver, server: ApiServerBackend, charts: Path
) -> None:
    archive(charts / "registry.example.org" / "team")
    inputs = {"chart": "oci://registry.example.org/team/web", "version": "v1.2.3", "name": "web"}
    made = engine.make(RELEASE, "web", inputs)
    assert workload(server, made)["metadata"]["labels"]["greeting"] == "hello"


def test_another_version_is_stood_in_for_and_says_so(
    engine: Driver, server: ApiServerBackend, charts: Path
) -> None:
    archive(charts / "charts.example.org")
    made = engine.make(RELEASE, "web", release("https://charts.example.org", "1.2.4"))
    assert workload(server, made)["metadata"]["annotations"][STANDS_IN_FOR] == "web@1.2.4"
    assert engine.log.warnings == [
        "the chart web 1.2.4 is stood in for: on this computer is only 1.2.3",
    ]


def test_a_chart_of_this_name_and_version_from_elsewhere_is_not_taken_for_it(
    engine: Driver, server: ApiServerBackend, charts: Path
) -> None:
    archive(charts / "charts.example.org")
    made = engine.make(RELEASE, "web", release("https://charts.example.com"))
    assert workload(server, made)["metadata"]["annotations"][STANDS_IN_FOR] == "web@1.2.3"


def test_a_chart_that_arrives_after_its_stand_in_is_a_change_and_takes_its_place(
    engine: Driver, server: ApiServerBackend, charts: Path
) -> None:
    inputs = release("https://charts.example.org")
    stood_in = engine.make(RELEASE, "web", inputs)
    assert set(engine.diff(stood_in, inputs).detailedDiff) == set()
    server.delete(DEPLOYMENT, engine.namespace, "web", "Background")
    kept = archive(charts / "charts.example.org")
    answer = engine.diff(stood_in, inputs)
    assert (set(answer.detailedDiff), list(answer.replaces)) == ({"chart"}, [])
    real = engine.update(stood_in, inputs)
    assert STANDS_IN_FOR not in workload(server, real)["metadata"].get("annotations", {})
    assert set(engine.diff(real, inputs).detailedDiff) == set()
    assert engine.read(real) == real
    kept.unlink()
    assert set(engine.diff(real, inputs).detailedDiff) == {"chart"}
    assert set(engine.diff(real, inputs, ignored=["chart"]).detailedDiff) == set()


def test_the_charts_own_schema_is_in_force_without_what_it_refers_to_elsewhere(
    engine: Driver, charts: Path
) -> None:
    archive(charts / "charts.example.org")
    with pytest.raises(AbortedError, match="at '/greeting': got number, want string"):
        engine.make(RELEASE, "web", release("https://charts.example.org", values={"greeting": 1}))


@pytest.mark.parametrize("damage", [lambda content: content[:-9], lambda content: b"<html>"])
def test_a_damaged_archive_fails_the_preview_with_its_path(
    engine: Driver, charts: Path, damage: Callable[[bytes], bytes]
) -> None:
    path = archive(charts / "charts.example.org")
    path.write_bytes(damage(path.read_bytes()))
    failures = engine.check(RELEASE, "web", release("https://charts.example.org")).failures
    assert [failure.property for failure in failures] == ["chart"]
    said = f"file '{path}' does not appear to be a gzipped archive: "
    assert failures[0].reason.startswith(said)
    assert failures[0].reason.endswith(
        ". Delete it, and the chart is stood in for, or pull it anew with `make charts`."
    )


def test_an_archive_that_holds_another_chart_fails_the_preview(engine: Driver, charts: Path) -> None:
    path = archive(charts / "charts.example.org", version="1.2.4")
    path = path.rename(path.with_name("web-1.2.3.tgz"))
    failures = engine.check(RELEASE, "web", release("https://charts.example.org")).failures
    assert failures[0].reason.startswith(f"file '{path}' holds the chart web 1.2.4, not web 1.2.3. Delete")


def test_what_is_here_is_not_pulled_again_unless_it_is_damaged(
    repository: Repository, pull: Callable[..., int], charts: Path
) -> None:
    pull()
    path = next(charts.rglob("*.tgz"))
    whole, asked = path.read_bytes(), list(repository.asked)
    assert (pull(), repository.asked) == (0, asked)
    path.write_bytes(whole[:100])
    assert (pull(), path.read_bytes()) == (0, whole)


def test_a_repository_that_cannot_be_reached_is_told_and_leaves_nothing(
    repository: Repository, pull: Callable[..., int], charts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.close()
    assert pull() == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("error: Helm cannot pull the chart web 1.2.3: ")
    assert "connection refused" in said
    place = charts / repository.host / "stable" / "web-1.2.3.tgz"
    assert said.endswith(
        " Try again where its registry can be reached, or bring the archive and put it at "
        f"{place}. Until then the sandbox stands in for the chart."
    )
    assert list(charts.iterdir()) == []


def test_a_version_that_the_repository_does_not_have_is_told_and_leaves_nothing(
    pull: Callable[..., int], charts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert pull("1.2.4") == 1
    assert 'chart "web" version "1.2.4" not found' in capsys.readouterr().err
    assert list(charts.iterdir()) == []


@pytest.mark.parametrize("arguments", [["1.2"], ["^1.2.3"], [""], ["1.2.3", ".."]])
def test_only_an_exact_version_of_a_named_chart_is_pulled(
    repository: Repository, pull: Callable[..., int], charts: Path, arguments: list[str]
) -> None:
    assert pull(*arguments) == 1
    assert (repository.asked, charts.exists()) == ([], False)
