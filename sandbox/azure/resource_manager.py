"""Azure Resource Manager: one write after the other, each with its checks and its effects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

from sandbox.azure.checks import enum_refusals
from sandbox.azure.cloud import Cloud, Resource, key_of, now, parent_id
from sandbox.azure.collections import ChildCollection, collections_of
from sandbox.azure.computed import Answer, answer
from sandbox.azure.resource_types import ResourceType, of_arm_type
from sandbox.azure.rules import Operation, Request, refusals
from sandbox.clusters.endpoint import Endpoint

_RESOURCE_GROUP = "Microsoft.Resources/resourceGroups"
_CLUSTER_TYPE = "microsoft.containerservice/managedclusters"
_AGENT_POOL_TYPE = f"{_CLUSTER_TYPE}/agentpools"
_NAT_GATEWAY_TYPE = "microsoft.network/natgateways"


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
        for refusal in enum_refusals(type_, inputs):
            raise refusal
        self._ask("update" if current else "create", type_.arm_type, resource_id, inputs, current)
        resource = self._write(type_, resource_id, inputs, current)
        for collection in collections_of(type_.arm_type):
            self._put_children(collection, resource, inputs.get(collection.list_property))
        self._show_children(resource.id)
        self._show_children(parent_id(resource.id))
        if type_.arm_type.lower() == _CLUSTER_TYPE:
            self._make_node_resource_group(resource)
        if type_.arm_type.lower() == _NAT_GATEWAY_TYPE:
            self._show_gateway(resource.id, inputs.get("publicIpAddresses") or ())
        return self.cloud.get(resource.id) or resource

    def _write(
        self, type_: ResourceType, resource_id: str, inputs: Mapping[str, Any], current: Resource | None
    ) -> Resource:
        etag, time = str(uuid4()), now()
        created_at = current.created_at if current else time
        request = Answer(
            resource_type=type_,
            id=current.id if current else resource_id,
            inputs=inputs,
            current=current.properties if current else {},
            cloud=self.cloud,
            subscription_id=self.subscription_id,
            tenant_id=self.tenant_id,
            etag=etag,
            created_at=created_at,
            changed_at=time,
        )
        properties = answer(request)
        resource = Resource(
            id=properties["id"],
            type=type_.arm_type,
            name=request.name,
            location=request.location or None,
            properties=properties,
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
        wanted = set()
        for item in items:
            child_id, inputs = (
                collection.child_id(parent.id, str(item["name"])),
                collection.child_inputs(item),
            )
            wanted.add(key_of(child_id))
            existing = self.cloud.get(child_id)
            if existing is not None and existing.inputs == inputs:
                continue
            if collection.owned:
                operation = "update" if existing else "create"
                self._ask(operation, collection.child.arm_type, child_id, inputs, existing)
            self._write(collection.child, child_id, inputs, existing)
        if collection.owned:
            for child in self._children(collection, parent):
                if key_of(child.id) not in wanted:
                    self._ask("delete", child.type, child.id, {}, child)
                    self.cloud.delete(child.id)

    def _children(self, collection: ChildCollection, parent: Resource) -> list[Resource]:
        child_type = collection.child.arm_type.lower()
        return [child for child in self.cloud.children(parent.id) if child.type.lower() == child_type]

    def _show_children(self, resource_id: str) -> None:
        parent = self.cloud.get(resource_id)
        if parent is not None:
            shown = {each.list_property: self._shown(each, parent) for each in collections_of(parent.type)}
            properties = {**parent.properties, **shown}
            if properties != parent.properties:
                self.cloud.put(replace(parent, properties=properties))

    def _shown(self, collection: ChildCollection, parent: Resource) -> list[dict[str, Any]]:
        written = parent.inputs.get(collection.list_property) or []
        order = list(dict.fromkeys(str(item.get("name")) for item in written))
        if collection.owned:
            children = self._children(collection, parent)
            children.sort(key=lambda child: (_position(order, child.name), child.created_at))
        else:
            # A cluster may have a hundred pools and shows the few that it was written with.
            named = (self.cloud.get(collection.child_id(parent.id, name)) for name in order)
            children = [child for child in named if child is not None]
        return [collection.item(child) for child in children]

    def _show_gateway(self, gateway_id: str, used: Iterable[Mapping[str, Any]]) -> None:
        """Have each public IP address say which NAT gateway uses it."""
        ids = {key_of(address["id"]) for address in used}
        for address in self.cloud.of_type("Microsoft.Network/publicIPAddresses"):
            shown = {name: value for name, value in address.properties.items() if name != "natGateway"}
            now_used, user = key_of(address.id) in ids, address.properties.get("natGateway", {}).get("id")
            if now_used:
                self.cloud.put(replace(address, properties={**shown, "natGateway": {"id": gateway_id}}))
            elif user == gateway_id:
                self.cloud.put(replace(address, properties=shown))

    def _remove(self, resource: Resource) -> None:
        self.cloud.delete(resource.id)
        if resource.type.lower() == _CLUSTER_TYPE:
            self.cloud.delete(self._group_id(str(resource.properties["nodeResourceGroup"])))
        if resource.type.lower() == _NAT_GATEWAY_TYPE:
            self._show_gateway(resource.id, ())
        self._show_children(parent_id(resource.id))

    def _make_node_resource_group(self, cluster: Resource) -> None:
        group_id = self._group_id(str(cluster.properties["nodeResourceGroup"]))
        if self.cloud.get(group_id) is None:
            inputs = {"location": cluster.location, "managedBy": cluster.id}
            self._write(of_arm_type(_RESOURCE_GROUP), group_id, inputs, None)

    def _group_id(self, name: str) -> str:
        return f"/subscriptions/{self.subscription_id}/resourceGroups/{name}"


def _position(order: list[str], name: str) -> int:
    return order.index(name) if name in order else len(order)
