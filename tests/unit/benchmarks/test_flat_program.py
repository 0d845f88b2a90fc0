import ast
from textwrap import dedent

import pytest

from benchmarks.flat_program import awaited, flat_program
from benchmarks.recording import Registration
from benchmarks.sdk_classes import UnknownArgumentError

GROUP = Registration(
    type="azure-native:resources:ResourceGroup", name="rg-a", inputs={"tags": {"team": "web"}}, protect=True
)
CLUSTER = Registration(
    type="azure-native:containerservice:ManagedCluster",
    name="aks-a",
    inputs={"resourceGroupName": "<<rg-a name>>"},
    dependencies=("rg-a",),
    property_dependencies=("rg-a",),
)


def pool(**changes: object) -> Registration:
    given = {
        "type": "azure-native:containerservice:AgentPool",
        "name": "np-a",
        "inputs": {
            "resourceGroupName": "<<rg-a name>>",
            "resourceName": "<<aks-a name>>",
            "count": 2,
            "availabilityZones": ["1", "2"],
            "upgradeSettings": {"maxSurge": "10%"},
        },
        "dependencies": ("aks-a", "rg-a"),
        "property_dependencies": ("aks-a", "rg-a"),
        "ignore_changes": ("count",),
        "delete_before_replace": False,
    }
    return Registration(**(given | changes))  # type: ignore[arg-type]


def test_resources_become_constructor_calls_that_read_ids_and_names_off_each_other() -> None:
    assert flat_program([GROUP, CLUSTER, pool()]) == dedent('''\
        """Everything in one file."""

        from pulumi_azure_native import containerservice
        from pulumi_azure_native import resources
        import pulumi

        rg_a = resources.ResourceGroup(
            "rg-a",
            tags={
                "team": "web",
            },
            opts=pulumi.ResourceOptions(protect=True),
        )
        aks_a = containerservice.ManagedCluster(
            "aks-a",
            resource_group_name=rg_a.name,
        )
        np_a = containerservice.AgentPool(
            "np-a",
            resource_group_name=rg_a.name,
            resource_name_=aks_a.name,
            availability_zones=[
                "1",
                "2",
            ],
            count=2,
            upgrade_settings=containerservice.AgentPoolUpgradeSettingsArgs(
                max_surge="10%",
            ),
            opts=pulumi.ResourceOptions(delete_before_replace=False, ignore_changes=["count"]),
        )
        ''')


def test_the_variant_without_versioned_aliases_drops_them_before_the_first_resource() -> None:
    plain = ast.parse(flat_program([GROUP]))
    without = ast.parse(flat_program([GROUP], drop_versioned_aliases=True))
    added = [ast.unparse(node) for node in without.body]
    for node in plain.body:
        added.remove(ast.unparse(node))
    assert added == ["from versioned_aliases import drop_versioned_aliases", "drop_versioned_aliases()"]
    statements = [
        ast.unparse(node) for node in without.body if not isinstance(node, ast.ImportFrom | ast.Import)
    ]
    assert statements[1] == "drop_versioned_aliases()"


def test_a_reference_inside_a_text_is_joined_to_it() -> None:
    assignment = Registration(
        type="azure-native:authorization:RoleAssignment",
        name="ra-a",
        inputs={"roleDefinitionId": "/subscriptions/<<client subscription_id>>/x", "scope": "<<rg-a id>>"},
    )
    text = flat_program([GROUP, assignment])
    assert 'role_definition_id=pulumi.Output.concat("/subscriptions/", client.subscription_id, "/x"),' in text
    assert "scope=rg_a.id,\n" in text
    assert text.index("client = authorization.get_client_config()\n") < text.index("rg_a = ")


def test_only_what_nothing_else_implies_is_said_of_dependencies() -> None:
    assignment = Registration(type="azure-native:resources:ResourceGroup", name="first", inputs={})
    second = Registration(
        type="azure-native:resources:ResourceGroup", name="second", inputs={}, dependencies=("first",)
    )
    third = Registration(
        type="azure-native:resources:ResourceGroup", name="third", inputs={}, dependencies=("first", "second")
    )
    text = flat_program([assignment, second, third])
    assert text.count("depends_on=[first]") == 1
    assert text.count("depends_on=[second]") == 1
    assert awaited([assignment, second, third])["third"] == {"first", "second"}


def test_kubernetes_resources_go_through_a_provider_with_the_clusters_own_kubeconfig() -> None:
    provider = Registration(
        type="pulumi:providers:kubernetes",
        name="k8s",
        inputs={"kubeconfig": "{}", "clusterIdentifier": "<<aks-a id>>", "enableServerSideApply": "true"},
    )
    namespace = Registration(
        type="kubernetes:core/v1:Namespace",
        name="ns",
        inputs={"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "web"}},
        provider="k8s",
    )
    kubeconfig = (
        "pulumi.Output.secret("
        "credentials.kubeconfigs[0].value.apply(lambda text: base64.b64decode(text).decode()))"
    )
    assert flat_program([GROUP, CLUSTER, provider, namespace]).endswith(
        dedent("""\
        credentials = containerservice.list_managed_cluster_user_credentials_output(
            resource_group_name=rg_a.name,
            resource_name=aks_a.name,
        )
        k8s = Provider(
            "k8s",
            cluster_identifier=aks_a.id,
            enable_server_side_apply=True,
            kubeconfig=KUBECONFIG,
        )
        ns = core.v1.Namespace(
            "ns",
            metadata=meta.v1.ObjectMetaArgs(
                name="web",
            ),
            opts=pulumi.ResourceOptions(provider=k8s),
        )
        """).replace("KUBECONFIG", kubeconfig)
    )


def test_an_input_that_the_sdk_does_not_know_is_refused() -> None:
    odd = Registration(type="azure-native:resources:ResourceGroup", name="rg", inputs={"colour": "red"})
    with pytest.raises(UnknownArgumentError, match=r"^ResourceGroupArgs has no argument for colour\.$"):
        flat_program([odd])
