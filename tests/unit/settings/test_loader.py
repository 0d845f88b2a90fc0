"""Settings are read once, completely and strictly; problems are reported together and show no secret."""

import contextvars
import json
import time
from contextlib import suppress
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any, get_args, get_origin

import pulumi
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from components.identity.settings import AccessSettings
from components.ingress.settings import NoIngressSettings
from components.nodepool.settings import GpuNodePoolSettings, SystemNodePoolSettings, UserNodePoolSettings
from components.settings import Settings
from settings import loader
from settings.errors import SettingsError, dotted
from settings.model import keys_of
from settings.shape import is_model
from settings.stack_file import StackFile
from tests.unit.settings.stack import LEAST, PROJECT, handed_over, read, settings, text_of

LEAST_CONFIG = handed_over(LEAST)


def test_what_a_stack_does_not_say_has_its_default(tmp_path: Path) -> None:
    stack = read(text_of(""), tmp_path)

    assert stack == Settings(
        location="westeurope",
        environment="dev",
        access=AccessSettings(admin_group_object_ids=("00000000-0000-0000-0000-000000000001",)),
    )


def test_what_a_stack_says_is_read(tmp_path: Path) -> None:
    stack = read(
        text_of(
            """\
aks-platform:workload: shop
aks-platform:protect: false
aks-platform:availabilityZones: ["1"]
aks-platform:network: {addressSpace: 10.1.0.0/16, peerAddressSpaces: [10.2.0.0/16]}
aks-platform:cluster: {kubernetesVersion: "1.37", systemPool: {count: 2, nodeTaints: [a=b:PreferNoSchedule]}}
aks-platform:nodePools:
  web: {vmSize: Standard_D4ds_v5, count: 2}
  system2: {kind: system, vmSize: Standard_D4ds_v5, count: 1}
  t4: {kind: gpu, vmSize: Standard_NC4as_T4_v3, minCount: 0, maxCount: 2}
aks-platform:ingress: {kind: none}
"""
        ),
        tmp_path,
    )

    assert (stack.workload, stack.protect, stack.availability_zones) == ("shop", False, ("1",))
    assert stack.network.address_space == IPv4Network("10.1.0.0/16")
    assert stack.network.peer_address_spaces == (IPv4Network("10.2.0.0/16"),)
    assert stack.cluster.kubernetes_version == "1.37"
    assert stack.cluster.system_pool.count == 2
    assert stack.cluster.system_pool.node_taints == ("a=b:PreferNoSchedule",)
    assert stack.node_pools == {
        "web": UserNodePoolSettings(vm_size="Standard_D4ds_v5", count=2),
        "system2": SystemNodePoolSettings(vm_size="Standard_D4ds_v5", count=1),
        "t4": GpuNodePoolSettings(vm_size="Standard_NC4as_T4_v3", min_count=0, max_count=2),
    }
    assert stack.ingress == NoIngressSettings()


MISTAKES: dict[str, tuple[object, ...]] = {
    "workload": ("Shop", "workload"),
    "protect": ("perhaps", "protect"),
    "tags": ({"a/b": "c"}, 'tags["a/b"]'),
    "availabilityZones": (["4"], "availabilityZones[0]"),
    "access": ({"adminGroupObjectIDs": ["team"]}, "access.adminGroupObjectIDs[0]"),
    "network": ({"cni": {"podCidr": "10.244.0.0"}}, "network.cni.podCidr"),
    "cluster": ({"tier": "free", "systemPool": {"count": 0}}, "cluster.tier", "cluster.systemPool.count"),
    "nodePools": (
        {"Web": {"vmSize": "Standard_D4ds_v5", "count": 1}, "a": {"count": "1"}, "b": {"kind": "c"}},
        "nodePools.Web",
        "nodePools.a.vmSize",
        "nodePools.a.count",
        "nodePools.b.kind",
    ),
    "registry": ({"retentionDays": 1}, "registry.retentionDays"),
    "monitoring": ({"enabled": 1}, "monitoring.enabled"),
    "ingress": ({"replicas": 0}, "ingress.replicas"),
    "nodePool": ({}, "nodePool"),
}
"""Values that are wrong, by key, and the places of what is wrong in them."""


@given(keys=st.sets(st.sampled_from(sorted(MISTAKES)), min_size=1), lost=st.booleans())
@hypothesis_settings(suppress_health_check=[HealthCheck.too_slow])
def test_every_mistake_is_reported_whatever_else_is_wrong(keys: set[str], lost: bool) -> None:
    config, expected = dict(LEAST_CONFIG), set()
    for key in keys:
        value, *places = MISTAKES[key]
        config[f"{PROJECT}:{key}"] = value if isinstance(value, str) else json.dumps(value)
        expected |= {f"{PROJECT}:{place}" for place in places}
    if lost:
        del config["azure-native:location"]
        expected.add("azure-native:location")

    with pytest.raises(SettingsError) as refusal:
        loader.read(Settings, config, project=PROJECT, stack="dev")

    titles = [
        line.partition(". ")[2]
        for line in str(refusal.value).splitlines()
        if line.startswith("  ") and line[2] != " "
    ]
    assert {title.partition(" ")[0] for title in titles} == expected
    assert len(refusal.value.problems) == len(expected)


VALUES = st.sampled_from(
    [None, True, 0, 3, "1", "gpu", "none", "10.0.0.0/8", "Standard_D4ds_v5", [1], ["1"], {}]
)


def said(of: Any) -> st.SearchStrategy[Any]:
    """Right and wrong values of the type ``of``, with known and unknown keys."""
    if is_model(of):
        keys = {key: said(of.model_fields[name].annotation) for key, name in keys_of(of).items()}
        return VALUES | st.fixed_dictionaries({}, optional={**keys, "kind": VALUES, "cuont": VALUES})
    if get_origin(of) is dict:
        return st.dictionaries(st.sampled_from(["a", "B", "[key]"]), said(get_args(of)[1]), max_size=2)
    return st.one_of(
        VALUES, *(said(member) for member in get_args(of) if get_args(member) or is_model(member))
    )


@given(stack=said(Settings).filter(lambda stack: isinstance(stack, dict)))
@hypothesis_settings(suppress_health_check=[HealthCheck.too_slow])
def test_whatever_a_stack_file_says_is_read_or_refused(stack: dict[str, object]) -> None:
    began = time.process_time()

    with suppress(SettingsError):
        settings(**stack)

    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("keys", "refused"),
    [
        (
            {"network": {"egress": {"publicIpCount": 0}, "serviceCidr": "10.0.0.0/29"}},
            ["network.egress.publicIpCount", "network.serviceCidr"],
        ),
        (
            {
                "nodePools": {
                    "a": {"kind": "b"},
                    "b": {"count": 1},
                    "c": {"vmSize": "Standard_D4ds_v5", "count": 1, "maxPods": 10},
                }
            },
            ["nodePools.a.kind", "nodePools.b.vmSize", "nodePools.c.maxPods"],
        ),
        ({"nodePools": {"a": {"vmSize": "Standard_D4ds_v5", "cuont": 1}}}, ["nodePools.a.cuont"]),
        (
            {"availabilityZones": ["1", "4"], "cluster": {"teir": "Free", "systemPool": {"count": 0}}},
            ["availabilityZones[1]", "cluster.teir", "cluster.systemPool.count"],
        ),
        ({"cluster": {"tier": "free", "costAnalysis": True}}, ["cluster.tier"]),
        (
            {
                "cluster": {"systemPool": {"nodeTaints": ["CriticalAddonsOnly=true:NoSchedule"]}},
                "nodePools": {"a": {"count": 1}},
            },
            ["nodePools.a.vmSize"],
        ),
    ],
    ids=[
        "a value",
        "a pool",
        "a misspelt key",
        "a list",
        "a value that a rule needs",
        "a pool that a rule needs",
    ],
)
def test_rules_run_where_what_they_need_can_be_read(keys: dict[str, object], refused: list[str]) -> None:
    with pytest.raises(SettingsError) as refusal:
        settings(**keys)

    assert [dotted(problem.path) for problem in refusal.value.problems] == refused


def test_problems_are_reported_in_the_order_of_the_stack_file(tmp_path: Path) -> None:
    text = text_of(
        "aks-platform:registry: {retentionDays: 1}\naks-platform:workload: Shop\naks-platform:protect: 1"
    )

    with pytest.raises(SettingsError) as refusal:
        read(text, tmp_path)

    assert [(problem.path[0], problem.line) for problem in refusal.value.problems] == [
        ("registry", 4),
        ("workload", 5),
        ("protect", 6),
    ]


def test_a_message_is_whole(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refusal:
        read("config:\n  aks-platform:protect: false\n", tmp_path)

    assert str(refusal.value) == (
        "Pulumi.dev.yaml: 2 problems. Nothing was created or changed.\n"
        "\n"
        "  1. azure-native:location is missing\n"
        "     limit   required\n"
        "     reason  the platform is built in one location, which has no default\n"
        "     write   azure-native:location: westeurope\n"
        "\n"
        "  2. aks-platform:access is missing\n"
        "     limit   required\n"
        "     reason  local accounts are off, so without an administrators' group no one could use the "
        "cluster\n"
        "     write   access: {adminGroupObjectIDs: [<object id of an Entra group>]}"
    )


def test_a_stack_name_that_does_not_fit_into_names_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refusal:
        read(text_of(""), tmp_path, stack="Dev_1")

    assert str(refusal.value) == (
        "Pulumi.Dev_1.yaml: 1 problem. Nothing was created or changed.\n"
        "\n"
        '  1. pulumi:stack = "Dev_1"\n'
        "     limit   lower-case letters, digits and single hyphens between them\n"
        "     reason  all resource names contain it, and this is what Azure allows in every one of them\n"
        "     write   pulumi stack rename dev-1"
    )


def test_a_secret_is_never_shown(tmp_path: Path) -> None:
    text = text_of(
        """\
aks-platform:network: {addressSpace: 10.1.0.0/16, cni: {podCidr: 10.1.0.0/17}, dnsServiceIP: 10.9.9.9}
aks-platform:password: 4711
aks-platform:token: hunter2
aks-platform:ingresss: hunter3
"""
    )
    secret = {f"{PROJECT}:{key}" for key in ("network", "password", "token", "ingresss")}

    with pytest.raises(SettingsError) as refusal:
        read(text, tmp_path, secret=secret)

    message = str(refusal.value)
    assert [
        word for word in ("10.1.0.0/16", "10.1.0.0/17", "10.9.9.9", "4711", "hunter") if word in message
    ] == []
    assert "  1. aks-platform:network.cni.podCidr (line 4) = [secret]\n" in message
    assert "a range that does not overlap the virtual network's [secret]\n" in message
    assert '     write   ingress: "[secret]"' in message


def test_the_error_ends_a_pulumi_program_without_a_traceback() -> None:
    error = SettingsError([], source="Pulumi.dev.yaml", project=PROJECT)

    assert isinstance(error, pulumi.RunError)
    assert isinstance(error, ValueError)


class _Mocks(pulumi.runtime.Mocks):
    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, object]]:
        return args.name, {}

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[str, object], None]:
        return {}, None


def _loaded(config: dict[str, str], secret: list[str]) -> Settings:
    def run() -> Settings:
        pulumi.runtime.set_mocks(_Mocks(), project=PROJECT, stack="dev")
        pulumi.runtime.set_all_config(config, secret)
        return loader.load(Settings)

    return contextvars.copy_context().run(run)


def test_load_reads_the_config_of_the_running_stack() -> None:
    stack = _loaded({**LEAST_CONFIG, "aks-platform:workload": "shop", "other:key": "x"}, [])

    assert (stack.location, stack.environment, stack.workload) == ("westeurope", "dev", "shop")


def test_load_finds_lines_in_the_stack_file_and_hides_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = text_of("aks-platform:workload: Shop\naks-platform:registry: {sku: gold}")
    (tmp_path / "Pulumi.dev.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    config = {**LEAST_CONFIG, "aks-platform:workload": "Shop", "aks-platform:registry": '{"sku": "gold"}'}

    with pytest.raises(SettingsError) as refusal:
        _loaded(config, ["aks-platform:registry"])

    assert [(problem.title) for problem in refusal.value.problems] == [
        'workload (line 4) = "Shop"',
        "registry.sku (line 5) = [secret]",
    ]


@pytest.mark.parametrize(
    ("beside", "title"),
    [
        ("", '["1", "2", "3"], the default'),
        ('aks-platform:availabilityZones: ["1", "2", "3"]', '["1", "2", "3"]'),
    ],
)
def test_what_pulumi_takes_from_the_project_file_is_told_as_the_default(
    beside: str, title: str, tmp_path: Path
) -> None:
    text = text_of(f"azure-native:location: westus\n{beside}")
    (tmp_path / "Pulumi.dev.yaml").write_text(text)
    config = {**LEAST_CONFIG, "azure-native:location": "westus"}
    config[f"{PROJECT}:availabilityZones"] = '["1", "2", "3"]'  # as in the config of Pulumi.yaml

    with pytest.raises(SettingsError) as refusal:
        loader.read(
            Settings, config, project=PROJECT, stack="dev", file=StackFile.of("dev", PROJECT, tmp_path)
        )

    (problem,) = refusal.value.problems
    assert problem.title.partition(" = ")[2] == title


def test_no_line_is_given_if_the_file_has_another_value(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text(text_of("aks-platform:workload: shop"))
    file = StackFile.of("dev", PROJECT, tmp_path)

    assert file.line_of(("workload",), "shop") == 4
    assert file.line_of(("workload",), "Shop") is None
    assert file.line_of(("network", "podCidr"), "10.0.0.0/8") is None


@pytest.mark.parametrize("text", [None, "a: [", "", "just text", "config: 3"])
def test_without_a_stack_file_that_can_be_read_there_are_no_lines(text: str | None, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "Pulumi.dev.yaml").write_text(text)

    assert StackFile.of("dev", PROJECT, tmp_path).line_of(("workload",), "shop") is None


def test_least_is_the_least(tmp_path: Path) -> None:
    for key in LEAST:
        text = "config:\n" + "".join(
            f"  {other}: {value}\n" for other, value in LEAST.items() if other != key
        )
        with pytest.raises(SettingsError):
            read(text, tmp_path)
