"""Azure Resource Manager: one write after the other, each with its checks and its effects."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sandbox.azure.cloud import Cloud, Resource, key_of, parent_id
from sandbox.azure.collections import ChildCollection, collections_of, is_child
from sandbox.azure.computed import Answer, answer
from sandbox.azure.refusal import Refusal
from sandbox.azure.rules import Operation, Request, refusals
from sandbox.azure.schema import Property, ResourceType, Type, resource_type
from sandbox.clusters.endpoint import Endpoint
from sandbox.engine.plugin import Value

_RESOURCE_GROUP = "azure-native:resources:ResourceGroup"
_CLUSTER_TYPE = "microsoft.containerservice/managedclusters"
_AGENT_POOL_TYPE = f"{_CLUSTER_TYPE}/agentpools"


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
    ) -> None:
        """Manage the resources of a subscription.

        Args:
            cloud: where they are.
            subscription_id: the subscription.
            tenant_id: its tenant.
            drain: called, outside of any transaction, with the id of an agent pool that is about to be
                deleted; raises :class:`~sandbox.azure.refusal.Refusal` where its nodes cannot be emptied.
            switch_on: called with a cluster whose credentials somebody asks for; answers how its API server,
                which runs then, is reached, or None where nothing answers at its address.
            switch_off: called, outside of any transaction, with the id of a cluster that is deleted.
        """
        self.cloud = cloud
        self._drain = drain
        self._switch_off = switch_off
        self.switch_on = switch_on
        self.subscription_id = subscription_id
        self.tenant_id = tenant_id

    def get(self, resource_id: str) -> Resource | None:
        """The resource of this id, or None."""
        return self.cloud.get(resource_id)

    def put(self, type_: ResourceType, resource_id: str, inputs: Mapping[str, Any]) -> Resource:
        """Create a resource, or set an existing one to exactly these inputs.

        Args:
            type_: shape of the resource.
            resource_id: its id.
            inputs: what Azure is sent, in the shape of azure-native's inputs, without what is in the id.

        Raises:
            Refusal: Azure would not do it.
        """
        with self.cloud.transaction():
            return self._put(type_, resource_id, inputs)

    def delete(self, resource_id: str) -> None:
        """Remove a resource and what lies beneath it. A resource that does not exist is no error.

        Raises:
            Refusal: Azure would not do it.
        """
        pool = self.cloud.get(resource_id)
        if pool is not None and pool.type.lower() == _AGENT_POOL_TYPE:
            # What is refused anyway keeps its pods.
            self._ask("delete", pool.type, pool.id, {}, pool)
            self._drain(pool.id)
        with self.cloud.transaction():
            current = self.cloud.get(resource_id)
            if current is None:
                return
            self._ask("delete", current.type, current.id, {}, current)
            clusters = [
                each.id
                for each in (current, *self.cloud.descendants(current.id))
                if each.type.lower() == _CLUSTER_TYPE
            ]
            self._remove(current)
        for cluster in clusters:
            self._switch_off(cluster)

    def _ask(
        self,
        operation: Operation,
        arm_type: str,
        resource_id: str,
        inputs: Mapping[str, Any],
        current: Resource | None,
    ) -> None:
        properties = current.properties if current else None
        request = Request(
            operation, arm_type, resource_id, inputs, properties, self.cloud, self.subscription_id
        )
        for refusal in refusals(request):
            raise refusal

    def _put(self, type_: ResourceType, resource_id: str, inputs: Mapping[str, Any]) -> Resource:
        current = self.cloud.get(resource_id)
        for refusal in _enum_refusals("", type_.inputs, inputs):
            raise refusal
        self._ask("update" if current else "create", type_.arm_type, resource_id, inputs, current)
        resource = self._write(type_, resource_id, inputs, current)
        for collection in collections_of(type_.arm_type):
            self._put_children(collection, resource, inputs.get(collection.list_property))
        self._show_children(type_, resource.id)
        if type_.arm_type.lower() == _CLUSTER_TYPE:
            self._make_node_resource_group(resource)
        if is_child(type_.arm_type):
            self._show_in_parent(resource.id)
        return self.cloud.get(resource.id) or resource

    def _write(
        self, type_: ResourceType, resource_id: str, inputs: Mapping[str, Any], current: Resource | None
    ) -> Resource:
        etag, created_at = str(uuid4()), current.created_at if current else _now()
        name = resource_id.rpartition("/")[2]
        request = Answer(
            resource_type=type_,
            id=current.id if current else resource_id,
            name=current.name if current else name,
            inputs=inputs,
            current=current.properties if current else {},
            cloud=self.cloud,
            subscription_id=self.subscription_id,
            tenant_id=self.tenant_id,
        )
        resource = Resource(
            id=request.id,
            type=type_.arm_type,
            name=request.name,
            location=request.location or None,
            properties=answer(request, f'W/"{etag}"', created_at),
            inputs=inputs,
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
        wanted = {}
        for item in items:
            child_id = collection.child_id(parent.id, str(item["name"]))
            wanted[key_of(child_id)] = child_id
            existing = self.cloud.get(child_id)
            inputs = collection.child_inputs(item)
            if existing is not None and existing.inputs == inputs:
                continue
            if collection.owned:
                operation = "update" if existing else "create"
                self._ask(operation, collection.child.arm_type, child_id, inputs, existing)
            self._write(collection.child, child_id, inputs, existing)
        if collection.owned:
            self._remove_others(collection, parent, wanted)

    def _remove_others(
        self, collection: ChildCollection, parent: Resource, wanted: Mapping[str, str]
    ) -> None:
        for child in self.cloud.children(parent.id):
            if child.type.lower() == collection.child.arm_type.lower() and key_of(child.id) not in wanted:
                self._ask("delete", child.type, child.id, {}, child)
                self.cloud.delete(child.id)

    def _show_children(self, type_: ResourceType, resource_id: str) -> None:
        for collection in collections_of(type_.arm_type):
            parent = self.cloud.get(resource_id)
            if parent is None or collection.list_property not in type_.outputs:
                continue
            order = [str(item.get("name")) for item in parent.inputs.get(collection.list_property) or []]
            children = self._shown_children(collection, parent, order)
            children.sort(key=lambda child: (_position(order, child.name), child.created_at))
            items = [collection.item(child, type_) for child in children]
            if parent.properties.get(collection.list_property) != items:
                properties = {**parent.properties, collection.list_property: items}
                self.cloud.put(replace(parent, properties=properties))

    def _shown_children(
        self, collection: ChildCollection, parent: Resource, order: list[str]
    ) -> list[Resource]:
        child_type = collection.child.arm_type.lower()
        if collection.owned:
            return [child for child in self.cloud.children(parent.id) if child.type.lower() == child_type]
        # A cluster may have a hundred pools and shows the few that it was written with.
        named = [self.cloud.get(collection.child_id(parent.id, name)) for name in dict.fromkeys(order)]
        return [child for child in named if child is not None and child.name in order]

    def _show_in_parent(self, child_id: str) -> None:
        parent = self.cloud.get(parent_id(child_id))
        if parent is not None:
            for collection in collections_of(parent.type):
                self._show_children(_type_of_parent(collection), parent.id)
                break

    def _remove(self, resource: Resource) -> None:
        self.cloud.delete(resource.id)
        if resource.type.lower() == _CLUSTER_TYPE:
            self.cloud.delete(self._group_id(str(resource.properties["nodeResourceGroup"])))
        if is_child(resource.type):
            self._show_in_parent(resource.id)

    def _make_node_resource_group(self, cluster: Resource) -> None:
        name = str(cluster.properties["nodeResourceGroup"])
        group_id = self._group_id(name)
        if self.cloud.get(group_id) is not None:
            return
        inputs = {"location": cluster.location, "managedBy": cluster.id}
        self._write(resource_type(_RESOURCE_GROUP), group_id, inputs, None)

    def _group_id(self, name: str) -> str:
        return f"/subscriptions/{self.subscription_id}/resourceGroups/{name}"


def _position(order: list[str], name: str) -> int:
    return order.index(name) if name in order else len(order)


def _type_of_parent(collection: ChildCollection) -> ResourceType:
    return resource_type(_PARENT_TOKENS[collection.parent.lower()])


_PARENT_TOKENS = {
    "microsoft.network/virtualnetworks": "azure-native:network:VirtualNetwork",
    "microsoft.network/networksecuritygroups": "azure-native:network:NetworkSecurityGroup",
    "microsoft.network/routetables": "azure-native:network:RouteTable",
    "microsoft.containerservice/managedclusters": "azure-native:containerservice:ManagedCluster",
}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _enum_refusals(
    place: str, properties: Mapping[str, Property], values: Mapping[str, Any]
) -> Iterator[Refusal]:
    for name, value in values.items():
        if name in properties and value is not None:
            yield from _enum_refusals_of(f"{place}{name}", properties[name].type, value)


def _enum_refusals_of(place: str, type_: Type, value: Value) -> Iterator[Refusal]:
    if isinstance(value, Mapping) and type_.kind == "object" and type_.shape is not None:
        yield from _enum_refusals(f"{place}.", type_.shape.properties, value)
    elif isinstance(value, Mapping) and type_.kind == "map" and type_.items is not None:
        for key, item in value.items():
            yield from _enum_refusals_of(f"{place}.{key}", type_.items, item)
    elif isinstance(value, list) and type_.kind == "array" and type_.items is not None:
        for index, item in enumerate(value):
            yield from _enum_refusals_of(f"{place}[{index}]", type_.items, item)
    elif isinstance(value, str) and type_.enum and value.lower() not in {v.lower() for v in type_.enum}:
        allowed = ", ".join(type_.enum)
        yield Refusal(
            400,
            "InvalidParameter",
            f"The value of parameter {place} is invalid: '{value}'. The allowed values are: {allowed}.",
        )
