"""Pulumi programs that the tests of Kubernetes run, and manifests that Kubernetes refuses."""

from __future__ import annotations

from typing import Any

Manifest = dict[str, Any]

HEAD = """
import json
import pulumi
from pulumi_kubernetes import Provider, core, apps, helm, meta

config = pulumi.Config()
provider = Provider("k8s", kubeconfig=config.require("kubeconfig"))
own = pulumi.ResourceOptions(provider=provider)
"""

FILLS_THE_CLUSTER = f"""{HEAD}
app = {{"app": config.require("app")}}
team = core.v1.Namespace("team", metadata={{"name": "team"}}, opts=own)
inside = {{"namespace": team.metadata.name}}
secret = core.v1.Secret("token", metadata=inside, string_data={{"token": "hush"}}, opts=own)
core.v1.ConfigMap("settings", metadata=inside, data=app, opts=own)
web = apps.v1.Deployment(
    "web",
    metadata=inside,
    spec={{
        "replicas": config.require_int("replicas"),
        "selector": {{"matchLabels": app}},
        "template": {{
            "metadata": {{"labels": app}},
            "spec": {{"containers": [{{"name": "web", "image": "nginx:1.29"}}]}},
        }},
    }},
    opts=own,
)
ingress = helm.v3.Release(
    "ingress",
    name="ingress",
    chart="oci://ghcr.io/nginx/charts/nginx-ingress",
    version="2.6.4",
    namespace=team.metadata.name,
    values={{
        "controller": {{"replicaCount": config.require_int("replicas"), "service": {{"type": "ClusterIP"}}}}
    }},
    opts=own,
)
other = helm.v3.Release(
    "other",
    name="other",
    chart="oci://registry.example/team/queue",
    version="1.2.3",
    namespace=team.metadata.name,
    values={{"replicaCount": 1}},
    opts=own,
)
pulumi.export("name", web.metadata.name)
pulumi.export("data", secret.data)
pulumi.export("releases", [ingress.status, other.status])
"""

WAITS_FOR_A_NODE = f"""{HEAD}
app = {{"app": "picky"}}
apps.v1.Deployment(
    "picky",
    metadata={{"name": "picky"}},
    spec={{
        "selector": {{"matchLabels": app}},
        "template": {{
            "metadata": {{"labels": app}},
            "spec": {{
                "nodeSelector": {{"wanted": "yes"}},
                "containers": [{{"name": "web", "image": "nginx:1.29"}}],
            }},
        }},
    }},
    opts=own,
)
"""

IS_REFUSED = f"""{HEAD}
for name, manifest in json.loads(open("manifests.json").read()).items():
    group, _, version = manifest["apiVersion"].rpartition("/")
    token = f"kubernetes:{{group or 'core'}}/{{version}}:{{manifest['kind']}}"
    if manifest["metadata"]["name"] == "web":
        manifest["metadata"]["name"] = name
    pulumi.CustomResource(token, name, manifest, own)
for name, release in json.loads(open("releases.json").read()).items():
    helm.v3.Release(name, name=name, namespace="default", opts=own, **release)
"""


def manifest(api_version: str, kind: str, name: str = "web", **content: Any) -> Manifest:
    metadata = {"name": name, "namespace": "default"} if kind != "Namespace" else {"name": name}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **content}


def deployment(name: str = "web", *, pod: Manifest | None = None, **spec: Any) -> Manifest:
    labels = {"app": "web"}
    template = {
        "metadata": {"labels": labels},
        "spec": {"containers": [{"name": "web", "image": "nginx:1.29"}], **(pod or {})},
    }
    spec = {"selector": {"matchLabels": labels}, "template": template, **spec}
    return manifest("apps/v1", "Deployment", name, spec=spec)


def container(**fields: Any) -> Manifest:
    return deployment(pod={"containers": [{"name": "web", "image": "nginx", **fields}]})


def service(name: str = "web", annotations: dict[str, str] | None = None, **spec: Any) -> Manifest:
    made = manifest("v1", "Service", name, spec={"type": "LoadBalancer", "ports": [{"port": 80}], **spec})
    made["metadata"]["annotations"] = annotations or {}
    return made


def ingress(*paths: Manifest, **spec: Any) -> Manifest:
    rules = [{"http": {"paths": list(paths)}}]
    return manifest("networking.k8s.io/v1", "Ingress", spec={"rules": rules, **spec})


def labelled(**labels: str) -> Manifest:
    made = manifest("v1", "Namespace", "team")
    made["metadata"]["labels"] = labels
    return made


def _soon(made: Manifest) -> Manifest:
    """The same, and the provider waits three seconds for it."""
    given = made["metadata"].get("annotations") or {}
    made["metadata"]["annotations"] = {**given, "pulumi.com/timeoutSeconds": "3"}
    return made


_BACKEND = {"service": {"name": "web", "port": {"number": 80}}}
_JOB = deployment()["spec"] | {"selector": None}
_AUTOSCALER = {
    "minReplicas": 5,
    "maxReplicas": 2,
    "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
}
_MISSING_ADDRESS = {"service.beta.kubernetes.io/azure-pip-name": "none"}

REFUSED: dict[str, tuple[Manifest, str]] = {
    "wrong-type": (
        deployment(replicas="three"),
        "expected numeric (int or float), got string",
    ),
    "malformed-quantity": (
        container(resources={"limits": {"memory": "1 GB"}}),
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ),
    "request-above-its-limit": (
        container(resources={"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}),
        (
            "spec.template.spec.containers[0].resources.requests: Invalid value: "
            '"2": must be less than or equal to cpu limit of 1'
        ),
    ),
    "fraction-of-a-gpu": (
        container(resources={"limits": {"nvidia.com/gpu": "500m"}}),
        (
            "spec.template.spec.containers[0].resources.limits[nvidia.com/gpu]: Invalid value: "
            '"500m": must be an integer'
        ),
    ),
    "no-image": (
        container(image=""),
        "spec.template.spec.containers[0].image: Required value",
    ),
    "mount-without-its-volume": (
        container(volumeMounts=[{"name": "data", "mountPath": "/data"}]),
        'spec.template.spec.containers[0].volumeMounts[0].name: Not found: "data"',
    ),
    "toleration-with-a-value-to-exist": (
        deployment(pod={"tolerations": [{"key": "a", "operator": "Exists", "value": "b"}]}),
        "spec.template.spec.tolerations[0].operator: Invalid value:",
    ),
    "selector-that-misses-the-template": (
        deployment(selector={"matchLabels": {"app": "other"}}),
        (
            'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template '
            "`labels`"
        ),
    ),
    "capital-in-a-name": (
        deployment("Web"),
        (
            'metadata.name: Invalid value: "Web": a lowercase RFC 1123 subdomain must consist of lower case '
            "alphanumeric characters, '-' or '.'"
        ),
    ),
    "dot-in-the-name-of-a-namespace": (
        manifest("v1", "Namespace", "a.b"),
        'Namespace "a.b" is invalid: metadata.name: Invalid value: "a.b": must not contain dots',
    ),
    "label-key": (
        labelled(**{"a b": "c"}),
        'metadata.labels: Invalid value: "a b": name part must consist of',
    ),
    "label-value": (
        labelled(a="b c"),
        'metadata.labels: Invalid value: "b c": a valid label must be an empty',
    ),
    "long-label-value": (labelled(a="x" * 64), "must be no more than 63 bytes"),
    "unsupported-word": (
        service(type="Loadbalancer"),
        (
            'spec.type: Unsupported value: "Loadbalancer": supported values: "ClusterIP", "ExternalName", '
            '"LoadBalancer", "NodePort"'
        ),
    ),
    "service-without-ports": (service(ports=[]), "spec.ports: Required value"),
    "port-out-of-range": (
        service(ports=[{"port": 70000}]),
        "spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive",
    ),
    "ingress-path-that-is-not-absolute": (
        ingress({"path": "api", "pathType": "Prefix", "backend": _BACKEND}),
        'spec.rules[0].http.paths[0].path: Invalid value: "api": must be an absolute path',
    ),
    "ingress-path-without-its-type": (
        ingress({"path": "/", "backend": _BACKEND}),
        "spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified",
    ),
    "ingress-backend-without-its-port": (
        ingress({"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "web"}}}),
        "spec.rules[0].http.paths[0].backend: Required value: port name or number is required",
    ),
    "ingress-for-an-address": (
        ingress(rules=[{"host": "10.0.0.1"}]),
        'spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address',
    ),
    "disruption-budget-with-both-limits": (
        manifest("policy/v1", "PodDisruptionBudget", spec={"minAvailable": 1, "maxUnavailable": 1}),
        "minAvailable and maxUnavailable cannot be both set",
    ),
    "job-whose-pods-restart-always": (
        manifest("batch/v1", "Job", spec={key: value for key, value in _JOB.items() if value}),
        'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ),
    "quota-for-an-unknown-resource": (
        manifest("v1", "ResourceQuota", spec={"hard": {"gpus": "1"}}),
        'spec.hard[gpus]: Invalid value: "gpus": must be a standard resource type or fully qualified',
    ),
    "negative-quota": (
        manifest("v1", "ResourceQuota", spec={"hard": {"pods": "-1"}}),
        'spec.hard[pods]: Invalid value: "-1": must be greater than or equal to 0',
    ),
    "binding-to-nothing": (
        manifest("rbac.authorization.k8s.io/v1", "RoleBinding", roleRef={"kind": "Pod", "name": "x"}),
        'roleRef.kind: Unsupported value: "Pod": supported values: "Role", "ClusterRole"',
    ),
    "autoscaler-upside-down": (
        manifest("autoscaling/v2", "HorizontalPodAutoscaler", spec=_AUTOSCALER),
        "spec.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas`",
    ),
    # These are made, and never become what they were made for.
    "workload-that-no-node-takes": (
        _soon(deployment("lonely", pod={"nodeSelector": {"wanted": "yes"}})),
        "'lonely' timed out waiting to be Ready",
    ),
    "service-without-its-public-address": (
        _soon(service("front", _MISSING_ADDRESS)),
        (
            "SyncLoadBalancerFailed: Error syncing load balancer: failed to ensure load balancer: PublicIP "
            "from annotation azure-pip-name(-IPv6)=none for service default/front doesn't exist"
        ),
    ),
}
"""Manifests by a name for each, with the words of the API server or the provider that refuse them."""

REFUSED_RELEASES: dict[str, tuple[dict[str, Any], str]] = {
    "values-of-a-wrong-type": (
        {
            "chart": "oci://ghcr.io/nginx/charts/nginx-ingress",
            "version": "2.6.4",
            "values": {"controller": {"replicaCount": "two", "kind": "pod"}},
        },
        "values don't meet the specifications of the schema(s) in the following chart(s):",
    ),
    "release-that-never-gets-ready": (
        {
            "chart": "oci://ghcr.io/nginx/charts/nginx-ingress",
            "version": "2.6.4",
            "timeout": 3,
            "values": {
                "controller": {
                    "ingressClass": {"name": "other"},
                    "service": {"annotations": _MISSING_ADDRESS},
                }
            },
        },
        (
            "failed to become available within allocated timeout. Error: Helm Release "
            "default/release-that-never-gets-ready: context deadline exceeded"
        ),
    ),
}
"""Releases, likewise."""
