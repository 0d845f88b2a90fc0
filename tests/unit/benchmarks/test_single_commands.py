import yaml

from benchmarks.single_commands import LARGEST_SCENARIO
from tests.unit.plan.stacks import ROOT
from tests.unit.settings.stack import handed_over
from tests.unit.test_program import run


def test_no_scenario_has_more_resources_than_the_one_that_is_measured() -> None:
    sizes = {}
    for file in sorted((ROOT / "scenarios").glob("*.yaml")):
        config = yaml.safe_load(file.read_text(encoding="utf-8"))["config"]
        sizes[file.stem] = len(run("prod", config=handed_over(config)).resources)
    assert max(sizes, key=lambda name: sizes[name]) == LARGEST_SCENARIO
