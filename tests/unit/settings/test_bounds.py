"""Whatever a config holds, reading it ends in settings or in an ordinary refusal, of bounded length."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from components.settings import Settings
from settings import loader
from settings.errors import SettingsError
from settings.stack_file import StackFile
from tests.unit.settings.stack import LEAST, PROJECT, handed_over, text_of


def refusal(config: dict[str, str], file: StackFile | None = None) -> str:
    with pytest.raises(SettingsError) as refused:
        loader.read(Settings, {**handed_over(LEAST), **config}, project=PROJECT, stack="dev", file=file)
    return str(refused.value)


@pytest.mark.parametrize("levels", [21, 250, 600, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_what_is_nested_too_deep_is_refused(levels: int, opening: str, closing: str) -> None:
    deep = opening * levels + "1" + closing * levels

    assert refusal({f"{PROJECT}:network": deep}) == (
        "Pulumi.dev.yaml: 1 problem. Nothing was created or changed.\n"
        "\n"
        "  1. aks-platform:network = [...]\n"
        "     limit   at most 20 levels of maps and lists\n"
        "     reason  no setting is nested that deep\n"
        "     write   nothing: remove network, or most of it"
    )


def test_a_config_of_too_many_values_is_refused() -> None:
    peers = json.dumps({"peerAddressSpaces": ["10.9.0.0/16"] * 3000})

    assert refusal({f"{PROJECT}:network": peers}) == (
        "Pulumi.dev.yaml: 1 problem. Nothing was created or changed.\n"
        "\n"
        "  1. aks-platform:network = [...]\n"
        "     limit   at most 3,000 values in a stack file\n"
        "     reason  the stack file has 3,007, most of them here\n"
        "     write   nothing: remove network, or most of it"
    )


def test_a_message_has_the_first_problems_and_counts_the_rest() -> None:
    peers = json.dumps({"peerAddressSpaces": ["10.9.0.0/16"] * 300})

    message = refusal({f"{PROJECT}:network": peers})

    assert message.startswith("Pulumi.dev.yaml: 299 problems. ")
    assert message.count("\n     limit ") == 50
    assert message.endswith("\n\n  ... and 249 more, shown once these are fixed.")


def test_each_of_several_ranges_is_offered_another_place() -> None:
    ranges = ["10.9.0.0/16", "10.9.0.0/16", "10.9.0.0/20", "10.0.0.0/12"]
    spaces = json.dumps({"additionalAddressSpaces": ranges})

    offered = [
        line.split()[1] for line in refusal({f"{PROJECT}:network": spaces}).splitlines() if "write" in line
    ]

    assert offered == ["10.16.0.0/16", "10.17.0.0/20", "10.32.0.0/12"]


POOL = {"vmSize": "Standard_D2ds_v5", "count": 1}
COSTLY: dict[str, dict[str, Any]] = {
    "equal ranges": {"network": {"additionalAddressSpaces": ["10.9.0.0/16"] * 2900}},
    "equal peers": {"network": {"peerAddressSpaces": ["10.9.0.0/16"] * 2900}},
    "subnets without a range": {"network": {"subnets": {f"s{number}": {} for number in range(2900)}}},
    "subnets on top of each other": {
        "network": {"subnets": {f"s{number}": {"addressPrefix": "10.224.0.0/24"} for number in range(1400)}}
    },
    "pools": {"nodePools": {f"p{number}": {**POOL, "osDiskType": "Ephemeral"} for number in range(700)}},
    "labels": {"nodePools": {"a": {**POOL, "nodeLabels": {f"a b{number}": "c d" for number in range(2900)}}}},
    "keys that do not exist": {f"networkk{number}": number for number in range(2900)},
    "long keys that do not exist": {"network": {"addressSpace" * 80 + str(n): n for n in range(2900)}},
    "a key of a million letters": {"x" * 1_000_000: 1},
    "a name of a million letters": {"nodePools": {"x" * 1_000_000: POOL}},
    "secrets": {"tags": {f"a/{number}": f"a secret {number}" for number in range(2900)}},
}


@pytest.mark.parametrize("keys", COSTLY.values(), ids=COSTLY)
def test_what_is_large_is_refused_in_time_and_in_brief(keys: dict[str, Any], tmp_path: Path) -> None:
    own = {f"{PROJECT}:{key}": value for key, value in keys.items()}
    (tmp_path / "Pulumi.dev.yaml").write_text(json.dumps({"config": own}))
    file, config = StackFile.of("dev", PROJECT, tmp_path), {**handed_over(LEAST), **handed_over(own)}
    began = time.process_time()

    with pytest.raises(SettingsError) as refused:
        loader.read(Settings, config, project=PROJECT, stack="dev", secret={f"{PROJECT}:tags"}, file=file)

    # Most take less than one second, none more than two. This is for what would take minutes.
    assert time.process_time() - began < 20
    assert len(str(refused.value)) < 200_000


FILES = {
    "not UTF-8": text_of("aks-platform:workload: Shop # \N{LATIN SMALL LETTER E WITH ACUTE}").encode(
        "latin-1"
    ),
    "UTF-16": text_of("aks-platform:workload: Shop").encode("utf-16"),
    "deep lists": text_of(f"other:key: {'[' * 20_000}{']' * 20_000}\naks-platform:workload: Shop").encode(),
    "a deep block": text_of(f"other:key: {'- ' * 5_000}x\naks-platform:workload: Shop").encode(),
    "a tab": text_of("\taks-platform:workload: Shop").encode(),
    "a date that does not exist": b"config:\n  aks-platform:workload: 2026-02-31",
    "a list for a key": b"config:\n  ? [a, b]\n  : c",
    "nothing": b"",
    "a comment": b"# nothing",
    "a list": b"- a",
    "text": b"just text",
    "no config": b"config:",
    "too much": b"#" * 1_000_001 + text_of("aks-platform:workload: Shop").encode(),
}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_a_file_that_cannot_be_read_gives_no_line_and_costs_no_problem(
    content: bytes, tmp_path: Path
) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_bytes(content)

    message = refusal({f"{PROJECT}:workload": "Shop"}, StackFile.of("dev", PROJECT, tmp_path))

    assert '  1. aks-platform:workload = "Shop"\n' in message


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + text_of("aks-platform:workload: Shop").encode(),
        text_of("aks-platform:workload: Shop").replace("\n", "\r\n").encode(),
        text_of("aks-platform:workload: &name Shop\nother:key: *name").encode(),
        (text_of("aks-platform:workload: Shop") + "\n---\nconfig: {}").encode(),
    ],
    ids=["a byte order mark", "Windows' line ends", "an anchor", "two documents"],
)
def test_lines_are_found_in_every_form_of_file(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_bytes(content)

    message = refusal({f"{PROJECT}:workload": "Shop"}, StackFile.of("dev", PROJECT, tmp_path))

    assert '  1. aks-platform:workload (line 4) = "Shop"\n' in message


def test_a_file_is_not_parsed_where_nothing_is_wrong(tmp_path: Path) -> None:
    file = StackFile.of("dev", PROJECT, tmp_path)

    loader.read(Settings, handed_over(LEAST), project=PROJECT, stack="dev", file=file)

    assert "_root" not in vars(file)
