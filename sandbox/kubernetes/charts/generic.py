"""The stand-in for a chart that the sandbox does not know: one workload, and a Service if values name one.

Reads the values that most charts share, at the top or under ``controller``: ``kind``, ``replicaCount``,
``image``, ``resources``, ``nodeSelector``, ``tolerations``, ``affinity``, ``service``. Everything else is
taken and not read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sandbox.kubernetes.charts import Instance, full_name, labels, selector_labels, stand_in
from sandbox.kubernetes.kinds import Json, Object

_POD_FIELDS: Final = (
    "affinity",
    "nodeSelector",
    "tolerations",
    "topologySpreadConstraints",
    "priorityClassName",
)
_KINDS: Final = {"daemonset": "DaemonSet", "statefulset": "StatefulSet"}


@dataclass(frozen=True)
class GenericChart:
    """See :class:`sandbox.kubernetes.charts.Chart`."""

    name: str
    version: str
    app_version: str

    @property
    def stands_in(self) -> bool:
        """Always."""
        return True

    def problems(self, given: Mapping[str, Any]) -> list[str]:
        """Answer what the values schema refuses."""
        return []

    def unknown(self, given: Mapping[str, Any]) -> list[str]:
        """Answer which values the chart does not have."""
        return []

    def directory(self, instance: Instance, given: Mapping[str, Any], work: Path) -> Path:
        """Write the stand-in as a chart and answer where."""
        return stand_in.write(self, instance, given, work)

    def definitions(self) -> list[Object]:
        """Answer the definitions of custom resources."""
        return []

    def render(self, instance: Instance, given: Mapping[str, Any]) -> list[Object]:
        """Answer the objects of an installation."""
        controller = given.get("controller")
        main = controller if isinstance(controller, Mapping) else given
        name = full_name(instance, self.name, given)
        objects = [self._workload(instance, name, main)]
        service = main.get("service") or given.get("service")
        if isinstance(service, Mapping) and service.get("enabled", True):
            objects.append(self._service(instance, name, service))
        return objects

    def _workload(self, instance: Instance, name: str, values: Mapping[str, Any]) -> Object:
        kind = _KINDS.get(str(values.get("kind") or "").lower(), "Deployment")
        selector = selector_labels(instance, self.name)
        container: Object = {"name": self.name[:63], "image": self._image(values.get("image"))}
        if values.get("resources"):
            container["resources"] = values["resources"]
        pod = {
            "containers": [container],
            **{field: values[field] for field in _POD_FIELDS if values.get(field)},
        }
        spec: Object = {
            "selector": {"matchLabels": selector},
            "template": {"metadata": {"labels": selector}, "spec": pod},
        }
        replicas = values.get("replicaCount") or values.get("replicas")
        if kind != "DaemonSet" and isinstance(replicas, int):
            spec["replicas"] = replicas
        return self._object(instance, "apps/v1", kind, name, {"spec": spec})

    def _image(self, image: Json) -> str:
        if isinstance(image, str) and image:
            return image
        if isinstance(image, Mapping) and image.get("repository"):
            return f"{image['repository']}:{image.get('tag') or self.app_version}"
        return f"{self.name}:{self.app_version}"

    def _service(self, instance: Instance, name: str, service: Mapping[str, Any]) -> Object:
        port = service.get("port")
        spec = {
            "type": service.get("type") or "ClusterIP",
            "selector": selector_labels(instance, self.name),
            "ports": [{"name": "http", "port": port if isinstance(port, int) else 80, "protocol": "TCP"}],
        }
        result = self._object(instance, "v1", "Service", name, {"spec": spec})
        result["metadata"]["annotations"].update(service.get("annotations") or {})
        return result

    def _object(self, instance: Instance, api_version: str, kind: str, name: str, content: Object) -> Object:
        return {
            "apiVersion": api_version,
            "kind": kind,
            "metadata": {
                "name": name,
                "namespace": instance.namespace,
                "labels": labels(instance, self),
                "annotations": {},
            },
            **content,
        }
