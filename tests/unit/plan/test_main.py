"""`python -m plan`: what it prints and draws, and what it says where there is no plan."""

import re
import shutil
from pathlib import Path
from textwrap import dedent

import pytest

from plan.__main__ import main
from settings.errors import SettingsError
from tests.unit.plan.stacks import FILES, ROOT
from tests.unit.settings.stack import read, text_of

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_tables_say_who_has_what_how_full_it_gets_and_what_is_free(
    directory: Path, capsys: Captured
) -> None:
    shutil.copy(ROOT / "Pulumi.prod.yaml", directory)
    assert main(["--stack", "prod"]) == 0
    rows = [re.split(r"\s{2,}", line.strip()) for line in capsys.readouterr().out.splitlines()]
    for row in dedent(
        """\
        nodes|10.226.0.0/17|nodes and internal load balancers|32,763|39|44|< 1%
        privateendpoints|10.226.128.0/24|private endpoints
        bastion, kept for later|10.226.130.192/26|Azure Bastion
        free|10.226.131.16 - 10.226.191.255|largest: 10.226.160.0/19|15,600
        10.244.0.0/16|the pods|65,536|9,984|11,264|17%
        10.0.0.0/16|the services|65,536
        general|nodes|30|3|192|range of the pods
        """
    ).splitlines():
        assert row.split("|") in rows


def test_it_draws_beside_other_pictures_or_where_it_is_told(directory: Path, capsys: Captured) -> None:
    scenario = ROOT / "scenarios" / "minimal.yaml"
    assert main(["--stack", "trial", "--file", str(scenario)]) == 0
    assert (directory / ".plan" / "trial.svg").read_text(encoding="utf-8").startswith("<svg ")
    assert main(["--stack", "trial", "--file", str(scenario), "--picture", "here.svg"]) == 0
    assert "Address plan of trial" in (directory / "here.svg").read_text(encoding="utf-8")
    assert "Drawn in here.svg" in capsys.readouterr().out


WRONG = """\
aks-platform:network: {addressSpace: 10.1.0.0/24}
aks-platform:nodePools:
  batch: {vmSize: Standard_D4ds_v5, minCount: 1, maxCount: 200}
"""


def test_a_stack_file_is_refused_in_the_words_of_the_program(directory: Path, capsys: Captured) -> None:
    with pytest.raises(SettingsError) as refusal:
        read(text_of(WRONG), directory, warn=lambda _: None)
    assert main(["--stack", "dev"]) == 1
    told = capsys.readouterr()
    assert told.err == f"error: {refusal.value}\n"
    assert "/23 or larger for 226 nodes" in told.err
    assert told.out == ""
    assert not (directory / ".plan").exists()


def test_a_warning_is_told_and_stops_nothing(directory: Path, capsys: Captured) -> None:
    text = text_of("aks-platform:network: {cni: {networkDataplane: azure, networkPolicy: azure}}\n")
    (directory / "Pulumi.dev.yaml").write_text(text, encoding="utf-8")
    assert main(["--stack", "dev"]) == 0
    assert capsys.readouterr().err.startswith("warning: Pulumi.dev.yaml: 1 warning.")


SECRET = """\
azure-native:clientSecret: {secure: AAABAKxMz0vOPcM7}
"""


def test_secrets_of_the_provider_are_in_nobodys_way(directory: Path, capsys: Captured) -> None:
    (directory / "Pulumi.dev.yaml").write_text(text_of(SECRET), encoding="utf-8")
    assert main(["--stack", "dev"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "Pulumi.dev.yaml cannot be read: No such file or directory."),
        ("config: [", "Pulumi.dev.yaml is no YAML: "),
        ("- config\n", "Pulumi.dev.yaml is no map of keys and values."),
        ("config: 1\n", "Pulumi.dev.yaml: `config` is no map of keys and values."),
        (
            text_of("aks-platform:tags: {team: {secure: AAABAKxMz0vOPcM7}}\n"),
            "Pulumi.dev.yaml: aks-platform:tags is encrypted, and a plan decrypts nothing.",
        ),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(
    text: str | None, says: str, directory: Path, capsys: Captured
) -> None:
    if text is not None:
        (directory / "Pulumi.dev.yaml").write_text(text, encoding="utf-8")
    assert main(["--stack", "dev"]) == 1
    assert capsys.readouterr().err.startswith(f"error: {says}")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_stack_file_has_a_plan(file: Path) -> None:
    assert main(["--stack", file.stem.removeprefix("Pulumi."), "--file", str(file)]) == 0
