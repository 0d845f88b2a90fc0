"""Azure Resource Manager: one write after the other, each with its checks and its effects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any
from uuid import uuid4

from sandbox.azure import effects
from sandbox.azure.checks import enum_refusals
from sandbox.azure.client import Client
from sandbox.azure.cloud import Cloud, Resource, key_of, now, parent_id
from sandbox.azure.collections import ChildCollection, collections_of
from sandbox.azure.computed import Write, answer
from sandbox.azure.faults import Faults
from sandbox.azure.pending import PendingOperations
from sandbox.azure.request import CloudView, Operation, Request
from sandbox.azure.resource_types import ResourceType, of_arm_type
from sandbox.azure.rules import refusals
from sandbox.azure.rules.arm_types import (
    AGENT_POOL,
    MANAGED_CLUSTER,
    RESOURCE_GROUP,
)
from sandbox.azure.rules.reading import type_of
from sandbox.clusters.endpoint import Endpoint


class ResourceManager:
    """The simulated Azure Resource Manager of one subscription.

    Every write is one transaction: it happens with all its effects, or a :class:`Refusal`
    is raised and nothing has changed.
    """

    def __init__(
        self,
        cloud: Cloud,
        subscription_id: str,
        tenant_id: str,
        *,
        drain: Callable[[str], None] = lambda _: None,
        switch_on: Callable[[Resource], Endpoint | None] = lambda _: None,
        switch_off: Callable[[str], None] = lambda _: None,
        pending: PendingOperations | None = None,
        retries: bool = True,
    ) -> None:
        """Manage the resources of a subscription.

        Args:
            cloud: where they are.
            subscription_id: the subscription.
            tenant_id: its tenant.
            drain: called, outside of any transaction, with the id of an agent pool that is about to be
                deleted; raises :class:`~sandbox.azure.refusal.Refusal` where its nodes cannot be emptied.
            switch_on: called with a cluster whose credentials are requested; answers how its API server,
                which runs then, is reached, or None where nothing answers at its address.
            switch_off: called, outside of any transaction, with the id of a cluster that is deleted.
            pending: the operations under way on clusters.
            retries: whether requests are sent by azure-native's client, which retries them.
        """
        self.cloud = cloud
        self._client = Client(cloud, retries=retries)
        self._pending = pending or PendingOperations()
        self._drain = drain
        self._switch_off = switch_off
        self.switch_on = switch_on
        self.subscription_id = subscription_id
        self.tenant_id = tenant_id

    def get(self, resource_id: str) -> Resource | None:
        """The resource of this id, or None.

        Raises:
            Refusal: Azure would not answer.
        """
        sent = self._client.send(self._request(type_of(resource_id), resource_id, operation="read"))
        found = self.cloud.get(resource_id)
        return found and sent.listed(found)

    def is_outside(self, cluster: Resource) -> bool:
        """Whether the caller is where it cannot reach the API server of a cluster that is private."""
        request = self._request(cluster.type, cluster.id, operation="read")
        private = (cluster.properties.get("apiServerAccessProfile") or {}).get("enablePrivateCluster")
        struck = (fault for fault in Faults(self.cloud).all().values() if fault.applies_to(request))
        return bool(private) and any(fault.effect == "outside" for fault in struck)

    def put(self, type_: ResourceType, resource_id: str, inputs: Mapping[str, Any]) -> Resource:
        """Create a resource, or set an existing one to exactly these inputs.

        Args:
            type_: shape of the resource.
            resource_id: its id.
            inputs: what Azure is sent, in the shape of azure-native's inputs, without what is in the id.

        Raises:
            OperationFailed: the resource is left in the state Failed.
            Refusal: Azure would not do it.
        """
        sent = self._client.send(self._request(type_.arm_type, resource_id, inputs))
        hidden = sent.fault("hide")
        hiding = self.cloud.hiding(hidden.hides, hidden.added) if hidden else nullcontext()
        with self._alone(sent.request):
            with hiding, self.cloud.transaction():
                resource = self._put(type_, resource_id, inputs)
            self._client.end(sent, resource)
        return sent.listed(resource)

    def delete(self, resource_id: str) -> None:
        """Remove a resource and what lies beneath it. A resource that does not exist is no error.

        Raises:
            OperationFailed: the resource is left in the state Failed.
            Refusal: Azure would not do it.
        """
        current = self.cloud.get(resource_id)
        if current is None:
            return
        sent = self._client.send(self._deletion(current))
        with self._alone(sent.request):
            if not sent.fault("fail"):
                self._delete(current)
            self._client.end(sent, current)

    def _delete(self, resource: Resource) -> None:
        if resource.type == AGENT_POOL:
            # What is refused anyway keeps its pods.
            self._ask(self._deletion(resource))
            self._drain(resource.id)
        with self.cloud.transaction():
            if self.cloud.get(resource.id) is None:
                return
            self._ask(self._deletion(resource))
            beneath = self.cloud.descendants(resource.id)
            clusters = [each.id for each in (resource, *beneath) if each.type == MANAGED_CLUSTER]
            self._remove(resource)
        for cluster in clusters:
            self._switch_off(cluster)

    def _alone(self, request: Request) -> AbstractContextManager[None]:
        return self._pending.alone(request.type, request.id, request.operation)

    def _deletion(self, resource: Resource) -> Request:
        return self._request(resource.type, resource.id, operation="delete")

    def _request(
        self,
        arm_type: str,
        resource_id: str,
        inputs: Mapping[str, Any] | None = None,
        operation: Operation | None = None,
    ) -> Request:
        """A request about a resource: to write it, unless *operation* says otherwise."""
        current = self.cloud.get(resource_id)
        return Request(
            operation=operation or ("update" if current else "create"),
            type=arm_type,
            id=current.id if current else resource_id,
            properties=inputs or {},
            current=current.properties if current else {},
            cloud=CloudView(self.cloud),
            subscription_id=self.subscription_id,
            tenant_id=self.tenant_id,
        )

    def _ask(self, request: Request) -> None:
        for refusal in refusals(request):
            raise refusal

    def _put(self, type_: ResourceType, resource_id: str, inputs: Mapping[str, Any]) -> Resource:
        for refusal in enum_refusals(type_, inputs):
            raise refusal
        request = self._request(type_.arm_type, resource_id, inputs)
        self._ask(request)
        resource = self._write(type_, request)
        for collection in collections_of(type_.arm_type):
            self._put_children(collection, resource, inputs.get(collection.list_property))
        self._show_children(resource.id)
        self._show_children(parent_id(resource.id))
        if type_.arm_type == MANAGED_CLUSTER:
            self._make_node_resource_group(resource)
        effects.after_write(self.cloud, resource)
        return self.cloud.get(resource.id) or resource

    def _write(self, type_: ResourceType, request: Request) -> Resource:
        etag, time, current = str(uuid4()), now(), self.cloud.get(request.id)
        created_at = current.created_at if current else time
        properties = answer(type_, Write(**vars(request), etag=etag, created_at=created_at, changed_at=time))
        resource = Resource(
            id=properties["id"],
            type=request.type,
            name=request.name,
            location=request.location or None,
            properties=properties,
            inputs=request.properties,
            created_at=created_at,
            etag=etag,
        )
        self.cloud.put(resource)
        return resource

    def _put_children(
        self, collection: ChildCollection, parent: Resource, items: list[Mapping[str, Any]] | None
    ) -> None:
        if items is None:
            return
        wanted = set()
        for item in items:
            child_id = collection.child_id(parent.id, str(item["name"]))
            inputs = collection.child_inputs(item)
            wanted.add(key_of(child_id))
            existing = self.cloud.get(child_id)
            if existing is not None and existing.inputs == inputs:
                continue
            request = self._request(collection.child.arm_type, child_id, inputs)
            if collection.owned:
                self._ask(request)
            self._write(collection.child, request)
        if collection.owned:
            for child in self._children(collection, parent):
                if key_of(child.id) not in wanted:
                    self._ask(self._deletion(child))
                    self.cloud.delete(child.id)

    def _children(self, collection: ChildCollection, parent: Resource) -> list[Resource]:
        child_type = collection.child.arm_type
        return [child for child in self.cloud.children(parent.id) if child.type == child_type]

    def _show_children(self, resource_id: str) -> None:
        parent = self.cloud.get(resource_id)
        if parent is not None:
            shown = {each.list_property: self._shown(each, parent) for each in collections_of(parent.type)}
            properties = {**parent.properties, **shown}
            if properties != parent.properties:
                self.cloud.put(replace(parent, properties=properties))

    def _shown(self, collection: ChildCollection, parent: Resource) -> list[dict[str, Any]]:
        children = self._children(collection, parent)
        written = (parent.inputs.get(collection.list_property) or []) if collection.owned else []
        order = {str(item.get("name")): place for place, item in enumerate(written)}
        children.sort(key=lambda child: (order.get(child.name, len(order)), child.created_at))
        return [collection.item(child) for child in children]

    def _remove(self, resource: Resource) -> None:
        self.cloud.delete(resource.id)
        if resource.type == MANAGED_CLUSTER:
            self.cloud.delete(self._group_id(str(resource.properties["nodeResourceGroup"])))
        effects.after_deletion(self.cloud, resource)
        self._show_children(parent_id(resource.id))

    def _make_node_resource_group(self, cluster: Resource) -> None:
        group_id = self._group_id(str(cluster.properties["nodeResourceGroup"]))
        if self.cloud.get(group_id) is None:
            inputs = {"location": cluster.location, "managedBy": cluster.id}
            self._write(of_arm_type(RESOURCE_GROUP), self._request(RESOURCE_GROUP, group_id, inputs))

    def _group_id(self, name: str) -> str:
        return f"/subscriptions/{self.subscription_id}/resourceGroups/{name}"
