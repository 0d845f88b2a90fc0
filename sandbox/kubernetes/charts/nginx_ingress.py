"""The stand-in for F5's chart ``nginx-ingress``.

Follows the chart in names, labels, selectors, workload, Service, ingress class, disruption budget, service
account and leader election. Left out: configuration inside the ConfigMap, NGINX Plus, App Protect, NGINX
Agent, network policy and monitors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from sandbox.kubernetes.charts import (
    Instance,
    full_name,
    labels,
    merged,
    selector_labels,
    stand_in,
    values,
)
from sandbox.kubernetes.charts.nginx_ingress_values import DEFAULTS, KNOWN
from sandbox.kubernetes.kinds import Object

_NEWEST: Final = "2.6.4"
_POD_FIELDS: Final = (
    "affinity",
    "nodeSelector",
    "priorityClassName",
    "tolerations",
    "topologySpreadConstraints",
)
_CUSTOM_RESOURCES: Final = {
    ("k8s.nginx.org", "v1"): (
        "GlobalConfiguration",
        "Policy",
        "TransportServer",
        "VirtualServer",
        "VirtualServerRoute",
    ),
    ("externaldns.nginx.org", "v1"): ("DNSEndpoint",),
    ("appprotect.f5.com", "v1beta1"): ("APLogConf", "APPolicy", "APUserSig"),
    ("appprotectdos.f5.com", "v1beta1"): ("APDosLogConf", "APDosPolicy", "DosProtectedResource"),
}
_IRREGULAR_PLURALS: Final = {"APDosPolicy": "apdospolicy"}


class NginxIngressChart:
    """See :class:`sandbox.kubernetes.charts.Chart`. Without a version: the newest known here."""

    name = "nginx-ingress"

    def __init__(self, version: str) -> None:
        self.version = version or _NEWEST

    @property
    def stands_in(self) -> bool:
        """Always."""
        return True

    @property
    def app_version(self) -> str:
        """Chart 2.6.4 carries controller 5.5.4, and so on through major version 2."""
        match = re.fullmatch(r"2\.(\d+)\.(\d+)", self.version)
        return f"5.{int(match[1]) - 1}.{match[2]}" if match else self.version

    def problems(self, given: Mapping[str, Any]) -> list[str]:
        """Answer what the values schema refuses."""
        return values.problems(KNOWN, dict(given))

    def unknown(self, given: Mapping[str, Any]) -> list[str]:
        """Answer which values the chart does not have."""
        return values.unknown(KNOWN, dict(given))

    def directory(self, instance: Instance, given: Mapping[str, Any], work: Path) -> Path:
        """Write the stand-in as a chart and answer where."""
        return stand_in.write(self, instance, given, work)

    def definitions(self) -> list[Object]:
        """Answer the definitions of custom resources."""
        return [
            _definition(group, version, kind)
            for (group, version), kinds in _CUSTOM_RESOURCES.items()
            for kind in kinds
        ]

    def render(self, instance: Instance, given: Mapping[str, Any]) -> list[Object]:
        """Answer the objects of an installation."""
        return _Rendering(self, instance, merged(DEFAULTS, given)).objects()


def _definition(group: str, version: str, kind: str) -> Object:
    regular = kind.lower()[:-1] + "ies" if kind.endswith("y") else kind.lower() + "s"
    plural = _IRREGULAR_PLURALS.get(kind, regular)
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "names": {"kind": kind, "plural": plural},
            "scope": "Namespaced",
            "versions": [
                {"name": version, "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
            ],
        },
    }


class _Rendering:
    def __init__(self, chart: NginxIngressChart, instance: Instance, settings: dict[str, Any]) -> None:
        self._chart = chart
        self._instance = instance
        self._settings = settings
        self._controller: dict[str, Any] = settings["controller"]
        self._name = full_name(instance, chart.name, settings)
        self._controller_name = f"{self._name}-{self._controller['name']}"[:63].rstrip("-")
        self._selector = self._controller.get("selectorLabels") or selector_labels(instance, chart.name)

    def objects(self) -> list[Object]:
        return [
            self._object("v1", "ServiceAccount", self._account),
            self._object(
                "v1", "ConfigMap", self._controller["config"].get("name") or self._name, self._entries()
            ),
            *self._access(),
            self._workload(),
            *self._optional(),
        ]

    def _optional(self) -> list[Object]:
        found: list[Object] = []
        controller = self._controller
        if controller["service"]["create"]:
            found.append(self._service())
        if controller["ingressClass"]["create"]:
            found.append(self._ingress_class())
        if controller["podDisruptionBudget"].get("enabled"):
            found.append(self._budget())
        if controller["reportIngressStatus"].get("enableLeaderElection"):
            lock = (
                controller["reportIngressStatus"].get("leaderElectionLockName")
                or f"{self._name}-leader-election"
            )
            found.append(self._object("coordination.k8s.io/v1", "Lease", lock))
        if controller["autoscaling"].get("enabled") and controller["autoscaling"].get("create"):
            found.append(self._autoscaler())
        return found

    @property
    def _account(self) -> str:
        return str(self._controller["serviceAccount"].get("name") or self._name)

    def _entries(self) -> Object:
        return {
            "data": {
                key: str(value) for key, value in (self._controller["config"].get("entries") or {}).items()
            }
        }

    def _access(self) -> list[Object]:
        if not self._settings["rbac"]["create"]:
            return []
        rules = [
            {
                "apiGroups": ["", "networking.k8s.io", "k8s.nginx.org"],
                "resources": ["*"],
                "verbs": ["get", "list", "watch"],
            }
        ]
        leases = [
            {
                "apiGroups": ["coordination.k8s.io"],
                "resources": ["leases"],
                "verbs": ["create", "get", "update"],
            }
        ]
        subjects = [{"kind": "ServiceAccount", "name": self._account, "namespace": self._instance.namespace}]
        group = "rbac.authorization.k8s.io"
        return [
            self._object(f"{group}/v1", "ClusterRole", self._name, {"rules": rules}, namespaced=False),
            self._object(f"{group}/v1", "Role", self._name, {"rules": leases}),
            self._object(
                f"{group}/v1",
                "ClusterRoleBinding",
                self._name,
                {
                    "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": self._name},
                    "subjects": subjects,
                },
                namespaced=False,
            ),
            self._object(
                f"{group}/v1",
                "RoleBinding",
                self._name,
                {"roleRef": {"apiGroup": group, "kind": "Role", "name": self._name}, "subjects": subjects},
            ),
        ]

    def _workload(self) -> Object:
        controller = self._controller
        kind = {"deployment": "Deployment", "daemonset": "DaemonSet", "statefulset": "StatefulSet"}[
            controller["kind"]
        ]
        spec: Object = {"selector": {"matchLabels": self._selector}, "template": self._template()}
        if kind != "DaemonSet" and not controller["autoscaling"].get("enabled"):
            spec["replicas"] = controller["replicaCount"]
        if kind == "StatefulSet":
            spec["serviceName"] = self._controller_name
        elif controller.get("strategy"):
            spec["strategy" if kind == "Deployment" else "updateStrategy"] = controller["strategy"]
        if controller.get("minReadySeconds"):
            spec["minReadySeconds"] = controller["minReadySeconds"]
        extra = controller.get("annotations") or {}
        return self._object("apps/v1", kind, self._controller_name, {"spec": spec}, annotations=extra)

    def _template(self) -> Object:
        controller = self._controller
        image = controller["image"]
        tag = (
            f"@{image['digest']}"
            if image.get("digest")
            else f":{image.get('tag') or self._chart.app_version}"
        )
        ports = [{"name": name, "containerPort": port} for name, port in controller["containerPort"].items()]
        if controller["readyStatus"]["enable"]:
            ports.append({"name": "readiness-port", "containerPort": controller["readyStatus"]["port"]})
        if self._settings["prometheus"]["create"]:
            ports.append({"name": "prometheus", "containerPort": self._settings["prometheus"]["port"]})
        container = {
            "name": self._chart.name,
            "image": image["repository"] + tag,
            "imagePullPolicy": image["pullPolicy"],
            "ports": [{**port, "protocol": "TCP"} for port in ports],
            "resources": controller.get("resources") or {},
        }
        pod = controller.get("pod") or {}
        return {
            "metadata": {
                "labels": {**self._selector, **(pod.get("extraLabels") or {})},
                "annotations": pod.get("annotations") or {},
            },
            "spec": {
                "serviceAccountName": self._account,
                "terminationGracePeriodSeconds": controller["terminationGracePeriodSeconds"],
                "containers": [container],
                **{field: controller[field] for field in _POD_FIELDS if controller.get(field)},
            },
        }

    def _service(self) -> Object:
        service = self._controller["service"]
        spec: Object = {"type": service["type"], "selector": self._selector, "ports": self._ports(service)}
        external = service["type"] in ("LoadBalancer", "NodePort")
        if external and service.get("externalTrafficPolicy"):
            spec["externalTrafficPolicy"] = service["externalTrafficPolicy"]
        if service["type"] == "LoadBalancer":
            for field in (
                "loadBalancerIP",
                "loadBalancerClass",
                "loadBalancerSourceRanges",
                "allocateLoadBalancerNodePorts",
            ):
                if service.get(field) not in (None, "", []):
                    spec[field] = service[field]
        for field in ("clusterIP", "externalIPs", "ipFamilyPolicy", "ipFamilies"):
            if service.get(field):
                spec[field] = service[field]
        name = self._settings.get("serviceNameOverride") or self._controller_name
        result = self._object(
            "v1", "Service", str(name), {"spec": spec}, annotations=service.get("annotations") or {}
        )
        result["metadata"]["labels"].update(service.get("extraLabels") or {})
        return result

    def _ports(self, service: Mapping[str, Any]) -> list[Object]:
        ports = [dict(port) for port in service.get("customPorts") or []]
        for port in (service["httpPort"], service["httpsPort"]):
            if port["enable"]:
                shown = {
                    key: port[key]
                    for key in ("port", "targetPort", "name", "nodePort")
                    if port.get(key) not in (None, "")
                }
                ports.append({**shown, "protocol": "TCP"})
        return ports

    def _ingress_class(self) -> Object:
        settings = self._controller["ingressClass"]
        extra = (
            {"ingressclass.kubernetes.io/is-default-class": "true"}
            if settings.get("setAsDefaultIngress")
            else {}
        )
        return self._object(
            "networking.k8s.io/v1",
            "IngressClass",
            settings["name"],
            {"spec": {"controller": "nginx.org/ingress-controller"}},
            annotations=extra,
            namespaced=False,
        )

    def _budget(self) -> Object:
        settings = self._controller["podDisruptionBudget"]
        spec = {key: settings[key] for key in ("minAvailable", "maxUnavailable") if settings.get(key)}
        return self._object(
            "policy/v1",
            "PodDisruptionBudget",
            self._controller_name,
            {"spec": {"selector": {"matchLabels": self._selector}, **spec}},
            annotations=settings.get("annotations") or {},
        )

    def _autoscaler(self) -> Object:
        settings = self._controller["autoscaling"]
        target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": self._controller_name}
        replicas = {"minReplicas": settings["minReplicas"], "maxReplicas": settings["maxReplicas"]}
        return self._object(
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            self._controller_name,
            {"spec": {"scaleTargetRef": target, **replicas}},
        )

    def _object(
        self,
        api_version: str,
        kind: str,
        name: str,
        content: Object | None = None,
        *,
        annotations: Mapping[str, Any] | None = None,
        namespaced: bool = True,
    ) -> Object:
        metadata: Object = {
            "name": name,
            "labels": labels(self._instance, self._chart),
            "annotations": dict(annotations or {}),
        }
        if namespaced:
            metadata["namespace"] = self._instance.namespace
        return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **(content or {})}
