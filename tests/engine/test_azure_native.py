from pathlib import Path

import pytest

from sandbox.cloud import Cloud
from sandbox.engine import Engine

pytestmark = pytest.mark.engine
PROGRAM = Path(__file__).with_name("azure_native_program")


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine(tmp_path, PROGRAM)


def test_a_program_lives_its_whole_life_in_the_simulated_azure(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = engine.up("dev", "--skip-preview", capture=True)
    assert made.succeeded, made.output
    assert "+ 8 created" in made.output
    assert engine.outputs("dev")["issuer"].startswith("https://westeurope.oic.prod-aks.azure.com/")

    again = engine.preview("dev", "--expect-no-changes", capture=True)
    assert again.succeeded, again.output
    refreshed = engine.refresh("dev", "--skip-preview", "--expect-no-changes", capture=True)
    assert refreshed.succeeded, refreshed.output

    monkeypatch.setenv("NODE_COUNT", "2")
    changed = engine.up("dev", "--skip-preview", capture=True)
    assert changed.succeeded, changed.output
    assert "~ 1 updated" in changed.output

    monkeypatch.setenv("NODE_SIZE", "Standard_D8ds_v5")
    replaced = engine.preview("dev", capture=True)
    assert "+-1 to replace" in replaced.output

    gone = engine.destroy("dev", "--skip-preview", capture=True)
    assert gone.succeeded, gone.output
    with Cloud.open(engine.root / "cloud.sqlite") as cloud:
        assert cloud.everything() == []
