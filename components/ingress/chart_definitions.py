"""The custom resource definitions of a Helm chart, which Helm installs once and never upgrades."""

import json

import pulumi
from pulumi import InvokeOptions, ResourceOptions
from pulumi_kubernetes.yaml.v2 import ConfigGroup

from components.ingress.rendered_chart import custom_resource_definitions


def chart_definitions(name: str, *, chart: str, version: str, parent: pulumi.Resource) -> ConfigGroup:
    """Apply the definitions in `crds/` of a chart, as that version of it has them.

    The release waits for them by `depends_on` and leaves them alone by `skip_crds`. The Kubernetes provider
    of `parent` renders the chart with its default values; nothing else of it is applied. Definitions that are
    in the cluster already are taken over. None is ever deleted, because all objects of its kind would go with
    it: without the ingress, or with a chart that no longer has one, they stay in the cluster.

    https://helm.sh/docs/chart_best_practices/custom_resource_definitions/
    """
    rendered = pulumi.runtime.invoke_output(
        "kubernetes:helm:template",
        {"jsonOpts": json.dumps({"chart": chart, "version": version, "release_name": name})},
        InvokeOptions(parent=parent),
    )
    return ConfigGroup(
        name,
        # In the preview of a new stack there is no cluster, and so no answer.
        objs=rendered.apply(lambda answer: custom_resource_definitions(answer["result"] if answer else [])),
        opts=ResourceOptions(parent=parent, retain_on_delete=True),
    )
