"""Azure's cloud provider: addresses of Services of type LoadBalancer, or events that say why there is none.

The rules are those of `frontends`. What a Service uses of the cloud stands in the load balancer `kubernetes`
of the node resource group, so that Azure knows of it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from sandbox.azure.cloud import Cloud, Resource
from sandbox.clusters.api import SERVICES, Api, ApiError, tolerated
from sandbox.clusters.load_balancers import demand
from sandbox.clusters.load_balancers.demand import Demand
from sandbox.clusters.load_balancers.free_address import NoAddressError
from sandbox.clusters.load_balancers.frontends import frontend
from sandbox.clusters.managed_cluster import load_balancer_id
from sandbox.clusters.objects import Object, addresses_of, path_of

FAILED: Final = "SyncLoadBalancerFailed"
ENSURED: Final = "EnsuredLoadBalancer"
FINALIZER: Final = "service.kubernetes.io/load-balancer-cleanup"
_RETRY_SECONDS: Final = 5.0
_TYPE: Final = "Microsoft.Network/loadBalancers"
_SOURCE: Final = "service-controller"


@dataclass
class LoadBalancers:
    """The Services of one cluster.

    Attributes:
        api: its API server.
        cloud: the simulated cloud.
        settled: by uid, what Services asked for that have it, and the ids of what they use of the cloud.
        failed: when, and for what cloud, the others were last looked at, by uid.
        written: the ids that the cloud's load balancer names; None where that is not known yet.
    """

    api: Api
    cloud: Cloud
    settled: dict[str, tuple[tuple[Demand, ...], list[str]]] = field(default_factory=dict)
    failed: dict[str, tuple[float, object]] = field(default_factory=dict)
    written: list[str] | None = None

    def sync(self, cluster: Resource | None, services: list[Object], stamp: object) -> bool:
        """Give every Service what it asks for; whether one has to be looked at again soon.

        Args:
            cluster: the managed cluster; None where the cloud has none; then no Service gets an address.
            services: all Services.
            stamp: what changes with the cloud.
        """
        again = False
        present = {service["metadata"]["uid"] for service in services}
        self.settled = {uid: settled for uid, settled in self.settled.items() if uid in present}
        leaving = []
        for service in services:
            if _is_balanced(service) and cluster is not None:
                again |= self._settle(service, cluster, services, stamp)
            elif FINALIZER in _finalizers(service):
                self.settled.pop(service["metadata"]["uid"], None)
                leaving.append(service)
        used = sorted({resource_id for _, ids in self.settled.values() for resource_id in ids if resource_id})
        if cluster is not None and used != self.written:
            self._write(cluster, used)
            self.written = used
        # The last one: a Service that is gone uses nothing any more.
        for service in leaving:
            self._release(service)
        return again

    def _settle(self, service: Object, cluster: Resource, services: list[Object], stamp: object) -> bool:
        uid, asked = service["metadata"]["uid"], demand.of(service)
        if uid in self.settled and self.settled[uid][0] == asked and addresses_of(service):
            return False
        last = self.failed.get(uid)
        if last is not None and last[1] == (stamp, asked) and time.monotonic() - last[0] < _RETRY_SECONDS:
            return True
        others = (other for other in services if other["metadata"]["uid"] != uid)
        taken = {address for other in others for address in addresses_of(other)}
        try:
            found = [frontend(each, cluster, self.cloud, taken) for each in asked]
        except NoAddressError as error:
            self._tell(service, "Warning", FAILED, str(error))
            self.failed[uid] = (time.monotonic(), (stamp, asked))
            return True
        self.failed.pop(uid, None)
        self._give(service, [each.address for each in found])
        self.settled[uid] = (asked, [each.resource_id for each in found])
        return False

    def _give(self, service: Object, addresses: list[str]) -> None:
        path = path_of(service, SERVICES)
        if FINALIZER not in _finalizers(service):
            finalizers = [*_finalizers(service), FINALIZER]
            version = service["metadata"]["resourceVersion"]
            self.api.patch(path, {"metadata": {"finalizers": finalizers, "resourceVersion": version}})
        if addresses_of(service) != addresses:
            ingress = [{"ip": address, "ipMode": "VIP"} for address in addresses]
            status = {"loadBalancer": {"ingress": ingress}}
            self.api.patch(f"{path}/status", {"status": status})
            self._tell(service, "Normal", ENSURED, "Ensured load balancer")

    def _release(self, service: Object) -> None:
        if addresses_of(service):
            self.api.patch(f"{path_of(service, SERVICES)}/status", {"status": {"loadBalancer": None}})
        left = [name for name in _finalizers(service) if name != FINALIZER]
        with tolerated(404):
            self.api.patch(path_of(service, SERVICES), {"metadata": {"finalizers": left or None}})

    def _write(self, cluster: Resource, used: list[str]) -> None:
        """Let the cloud's load balancer name what the Services use."""
        balancer_id = load_balancer_id(cluster)
        inputs = {"frontendIPConfigurations": [_configuration(each) for each in used]}
        properties = {**inputs, "sku": {"name": "Standard"}}
        balancer = Resource(
            id=balancer_id, type=_TYPE, name="kubernetes", location=cluster.location,
            properties=properties, inputs=inputs,
        )  # fmt: skip
        with self.cloud.transaction():
            current = self.cloud.get(balancer_id)
            if not used:
                self.cloud.delete(balancer_id)
            elif current is None or current.inputs != inputs:
                self.cloud.put(balancer)

    def _tell(self, service: Object, severity: str, reason: str, message: str) -> None:
        """Write an event about a Service, once for each reason, with how often it has happened."""
        metadata = service["metadata"]
        name = f"{metadata['name']}.{metadata['uid'][:8]}.{reason.lower()}"
        path = f"/api/v1/namespaces/{metadata['namespace']}/events"
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        try:
            known = self.api.get(f"{path}/{name}")
        except ApiError as error:
            if error.status != 404:
                raise
            self.api.create(path, _event(service, name, now, type=severity, reason=reason, message=message))
        else:
            count = int(known.get("count") or 1) + 1
            self.api.patch(f"{path}/{name}", {"message": message, "count": count, "lastTimestamp": now})


def _event(service: Object, name: str, now: str, **said: str) -> Object:
    metadata = service["metadata"]
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": name, "namespace": metadata["namespace"]},
        "involvedObject": {
            "apiVersion": "v1",
            "kind": "Service",
            **{key: metadata[key] for key in ("name", "namespace", "uid")},
        },
        **said,
        "source": {"component": _SOURCE},
        "reportingComponent": _SOURCE,
        "firstTimestamp": now,
        "lastTimestamp": now,
        "count": 1,
    }


def _is_balanced(service: Object) -> bool:
    """Whether Azure's load balancer serves it; one with a class is left to the controller of that class."""
    spec = service["spec"]
    wanted = spec.get("type") == "LoadBalancer" and not spec.get("loadBalancerClass")
    return wanted and not service["metadata"].get("deletionTimestamp")


def _finalizers(service: Object) -> list[str]:
    return list(service["metadata"].get("finalizers") or [])


def _configuration(resource_id: str) -> Object:
    kind = "publicIPAddress" if "/publicipaddresses/" in resource_id.lower() else "subnet"
    return {"name": resource_id.rpartition("/")[2], kind: {"id": resource_id}}
