from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime.proto import provider_pb2
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderServicer

from benchmarks import timed_plugin
from benchmarks.timed_plugin import TIMED_PLUGINS, Request, busy_seconds, cpu_seconds, take_requests
from sandbox.engine import plugin
from sandbox.engine.directory import ROOT_VARIABLE
from sandbox.engine.plugin_installation import PLUGINS


def request(start: float, end: float) -> Request:
    return Request(method="Check", start=start, end=end, cpu_seconds=0.25)


@pytest.mark.parametrize(
    ("spans", "busy"),
    [
        ([], 0.0),
        ([(1, 3)], 2.0),
        ([(1, 3), (5, 6)], 3.0),
        ([(1, 3), (2, 4)], 3.0),
        ([(1, 10), (2, 4), (9, 11)], 10.0),
    ],
)
def test_time_in_which_several_requests_run_counts_once(
    spans: Sequence[tuple[float, float]], busy: float
) -> None:
    assert busy_seconds([request(*span) for span in spans]) == busy


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20))))
def test_busy_time_is_the_number_of_seconds_that_some_request_covers(spans: list[tuple[int, int]]) -> None:
    requests = [request(start, start + length) for start, length in spans]
    covered = {second for start, length in spans for second in range(start, start + length)}
    assert busy_seconds(requests) == len(covered)


def test_processor_time_of_requests_adds_up() -> None:
    assert cpu_seconds([request(0, 1), request(0, 1)]) == 0.5


def test_every_plugin_of_the_sandbox_has_a_timed_one() -> None:
    assert TIMED_PLUGINS.keys() == PLUGINS.keys()
    for name, timed in TIMED_PLUGINS.items():
        source = Path(timed.path, *timed.module.split(".")).with_suffix(".py").read_text()
        assert f'serve("{PLUGINS[name].module}")' in source


class Answering(ResourceProviderServicer):
    def Check(self, request: Any, context: Any) -> provider_pb2.CheckResponse:
        return provider_pb2.CheckResponse(inputs=request.news)

    def Diff(self, request: Any, context: Any) -> provider_pb2.DiffResponse:
        raise ValueError("refused")


@pytest.fixture
def timed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What `serve` hands to the sandbox's own, for a stand-in that serves `Answering`."""
    served = []
    (tmp_path / "standin.py").write_text(
        "from sandbox.engine.plugin import serve\n"
        "from tests.unit.benchmarks.test_timed_plugin import Answering\n"
        "serve(Answering)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv(ROOT_VARIABLE, str(tmp_path))
    monkeypatch.setattr(plugin, "serve", lambda factory: served.append(factory()))
    timed_plugin.serve("standin")
    return served[0]


def test_a_timed_servicer_answers_like_its_own_and_notes_each_request(timed: Any, tmp_path: Path) -> None:
    asked = provider_pb2.CheckRequest()
    asked.news["name"] = "web"
    assert timed.Check(asked, None).inputs["name"] == "web"
    with pytest.raises(ValueError, match="refused"):
        timed.Diff(None, None)

    noted = take_requests(tmp_path)
    assert [each.method for each in noted] == ["Check", "Diff"]
    assert all(each.end >= each.start and each.cpu_seconds >= 0 for each in noted)
    assert take_requests(tmp_path) == ()
