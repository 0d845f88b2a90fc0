"""What the sandbox's page says of its Kubernetes is what the sandbox runs."""

import re
from pathlib import Path

import pytest

from sandbox.clusters import commands
from sandbox.clusters.charts import archives
from sandbox.clusters.files import DIRECTORY, Choices
from sandbox.clusters.nodes import autoscaler, pools
from sandbox.programs import binaries

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "sandbox.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def first_column(heading: str) -> set[str]:
    """The first cells of the rows of the table that `heading` begins."""
    rows = PAGE.split(f"\n{heading}\n", 1)[1].split("\n\n", 1)[0].splitlines()
    return {row.split("|")[1].strip() for row in rows[1:]}


def test_the_versions_are_those_that_run() -> None:
    assert f"**Kubernetes itself**, version {binaries.KUBERNETES_VERSION}," in PAGE
    provider = binaries.PROGRAMS[binaries.KUBERNETES_PROVIDER].version
    assert f"**Pulumi's own Kubernetes provider**, version {provider}," in PAGE


def test_every_program_that_a_cluster_needs_has_its_cost() -> None:
    assert first_column("| Program | Wall time, s |") == {
        *binaries.SERVERS,
        "Kubernetes provider",
    }
    assert first_column("| Process | Resident memory, MiB |") == {
        *binaries.SERVERS,
        "supervisor, with everything that stands in for Azure's half",
    }


def test_the_places_of_charts_are_those_that_are_looked_at(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv(archives.DIRECTORY_VARIABLE, raising=False)
    kept = archives.directory()
    assert f"`{kept.relative_to(tmp_path)}`" in PAGE
    assert f"`{archives.DIRECTORY_VARIABLE}` names" in PAGE
    for remote in (
        archives.Remote("oci://registry.example/team/web"),
        archives.Remote("web", "https://charts.example/stable"),
    ):
        place = remote.archive("1.2.3")
        assert place is not None
        assert f"`{place.relative_to(kept)}`" in PAGE


def test_the_directory_of_control_planes_is_named() -> None:
    assert f"| `{DIRECTORY}/` |" in PAGE
    assert f"`.sandbox/{DIRECTORY}/<hash of the cluster's id>/kubeconfig`" in PAGE


def test_time_is_as_short_as_the_page_says() -> None:
    assert pools.SECONDS_PER_MINUTE == 1.0
    assert "| a minute of a pool's drain timeout | a second |" in PAGE
    assert autoscaler.unneeded_seconds({"autoScalerProfile": {"scaleDownUnneededTime": "60m"}}) == 60.0
    assert "| a node is unneeded for `scaleDownUnneededTime` before it goes | a sixtieth of it |" in PAGE


@pytest.mark.parametrize("kind", ["persistentvolume-binder", "persistentvolume-attach-detach"])
def test_no_controller_gives_a_claim_its_volume(kind: str) -> None:
    arguments = commands.of(Choices("/clusters/aks", "10.0.0.0/16", 20001))["kube-controller-manager"]
    (controllers,) = (each for each in arguments if each.startswith("--controllers="))
    assert "statefulset-controller" in controllers
    assert f"{kind}-controller" not in controllers
    assert "a claim for a volume stays pending" in PAGE


def test_every_target_that_works_on_the_sandbox_is_shown() -> None:
    targets = re.findall(r"^([a-z]+):.*\n(?:\t.*\n)*?\t@\$\(sandbox\) ", MAKEFILE, re.MULTILINE)
    shown = re.findall(r"^make ([a-z]+)", PAGE, re.MULTILINE)
    assert {*targets} >= {"preview", "up", "clean"}
    assert {*targets, "kubectl"} - {*shown} == set()
