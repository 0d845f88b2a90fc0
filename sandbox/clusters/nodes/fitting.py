"""Whether a pod fits a node, as far as the cluster autoscaler has to foresee it.

What is not foreseen: affinity to other pods, spreading, volumes and ports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kubernetes.utils.quantity import parse_quantity

from sandbox.clusters.metadata import Object

Amounts = dict[str, Decimal]
"""Amounts of resources by name."""

_OPERATORS: Final[Mapping[str, Callable[[str | None, list[str]], bool]]] = {
    "In": lambda value, values: value in values,
    "NotIn": lambda value, values: value not in values,
    "Exists": lambda value, _: value is not None,
    "DoesNotExist": lambda value, _: value is None,
    "Gt": lambda value, values: _is_number(value) and int(value or 0) > int(values[0]),
    "Lt": lambda value, values: _is_number(value) and int(value or 0) < int(values[0]),
}


@dataclass(frozen=True)
class Template:
    """What a node looks like to a pod.

    Attributes:
        labels: its labels.
        taints: its taints.
        free: what it has left for pods.
    """

    labels: Mapping[str, str]
    taints: list[Object]
    free: Amounts

    def admits(self, spec: Object) -> bool:
        """Whether a pod with this spec may run there, room apart."""
        return tolerates(spec, self.taints) and is_selected(spec, self.labels)

    def fits(self, spec: Object) -> bool:
        """Whether a pod with this spec may run there and finds room."""
        return self.admits(spec) and has_room(self.free, requests(spec))

    def without(self, taken: Amounts) -> Template:
        """The same with less room."""
        left = {key: amount - taken.get(key, Decimal(0)) for key, amount in self.free.items()}
        return Template(self.labels, self.taints, left)


def amounts(quantities: Mapping[str, str]) -> Amounts:
    """Quantities as Kubernetes writes them, in numbers."""
    return {name: parse_quantity(quantity) for name, quantity in quantities.items()}


def requests(spec: Object) -> Amounts:
    """What a pod asks for: the sum of its containers or its largest init container, and one place of a pod.

    Source: https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
    """
    running = total(_asked(container) for container in spec.get("containers") or [])
    largest: Amounts = {}
    for container in spec.get("initContainers") or []:
        asked = _asked(container)
        if container.get("restartPolicy") == "Always":
            running = total([running, asked])
        else:
            largest = {
                key: max(largest.get(key, Decimal(0)), asked.get(key, Decimal(0))) for key in largest | asked
            }
    needed = {
        key: max(running.get(key, Decimal(0)), largest.get(key, Decimal(0))) for key in running | largest
    }
    return total([needed, amounts(spec.get("overhead") or {}), {"pods": Decimal(1)}])


def total(several: Iterable[Amounts]) -> Amounts:
    """The sum of amounts."""
    found: Amounts = {}
    for each in several:
        for key, amount in each.items():
            found[key] = found.get(key, Decimal(0)) + amount
    return found


def has_room(free: Amounts, wanted: Amounts) -> bool:
    """Whether everything that is wanted is free."""
    return all(free.get(key, Decimal(0)) >= amount for key, amount in wanted.items() if amount)


def tolerates(spec: Object, taints: Iterable[Object]) -> bool:
    """Whether a pod tolerates every taint that keeps pods away.

    Source: https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
    """
    tolerations = spec.get("tolerations") or []
    return all(
        taint["effect"] == "PreferNoSchedule" or any(_is_tolerated(taint, each) for each in tolerations)
        for taint in taints
    )


def is_selected(spec: Object, labels: Mapping[str, str]) -> bool:
    """Whether a node with these labels is one that the pod's selector and required affinity ask for."""
    if any(labels.get(key) != value for key, value in (spec.get("nodeSelector") or {}).items()):
        return False
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution")
    terms = (required or {}).get("nodeSelectorTerms") or []
    return required is None or any(_matches(term, labels) for term in terms)


def is_placed_by_other_pods(spec: Object) -> bool:
    """Whether other pods may keep this one from a node that has room for it."""
    affinity = spec.get("affinity") or {}
    required = "requiredDuringSchedulingIgnoredDuringExecution"
    return any(
        (affinity.get(kind) or {}).get(required) for kind in ("podAffinity", "podAntiAffinity")
    ) or any(
        each.get("whenUnsatisfiable") == "DoNotSchedule"
        for each in spec.get("topologySpreadConstraints") or []
    )


def _asked(container: Object) -> Amounts:
    resources = container.get("resources") or {}
    return amounts({**(resources.get("limits") or {}), **(resources.get("requests") or {})})


def _matches(term: Object, labels: Mapping[str, str]) -> bool:
    expressions = term.get("matchExpressions") or []
    if not expressions and not term.get("matchFields"):
        return False
    return all(
        _OPERATORS[each["operator"]](labels.get(each["key"]), each.get("values") or [])
        for each in expressions
    )


def _is_tolerated(taint: Object, toleration: Object) -> bool:
    if toleration.get("effect") not in (None, "", taint["effect"]):
        return False
    if not toleration.get("key"):
        return toleration.get("operator") == "Exists"
    if toleration["key"] != taint["key"]:
        return False
    exists = toleration.get("operator") == "Exists"
    return exists or (toleration.get("value") or "") == (taint.get("value") or "")


def _is_number(value: str | None) -> bool:
    return value is not None and value.lstrip("-").isdecimal()
