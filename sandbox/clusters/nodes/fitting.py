"""Whether a pod fits a node, as far as the cluster autoscaler has to foresee it.

What is not foreseen: affinity to other pods, spreading, volumes and ports.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sandbox.clusters.objects import Object

Amounts = Counter[str]
"""Amounts of resources by name, in thousandths: 100 of `cpu` is 0.1 of a processor."""

_UNITS: Final = {
    **{prefix: Decimal(1000) ** power for power, prefix in enumerate("num kMGTPE", -2)},
    **{f"{prefix}i": Decimal(1000) * 1024**power for power, prefix in enumerate("KMGTPE", 1)},
}
_REQUIRED: Final = "requiredDuringSchedulingIgnoredDuringExecution"
_OPERATORS: Final[Mapping[str, Callable[[str | None, list[str]], bool]]] = {
    "In": lambda value, values: value in values,
    "NotIn": lambda value, values: value not in values,
    "Exists": lambda value, _: value is not None,
    "DoesNotExist": lambda value, _: value is None,
    "Gt": lambda value, values: _is_number(value) and int(value or 0) > int(values[0]),
    "Lt": lambda value, values: _is_number(value) and int(value or 0) < int(values[0]),
}


@dataclass
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
        wanted = requests(spec)
        return self.admits(spec) and all(self.free[name] >= amount for name, amount in wanted.items())

    def take(self, spec: Object) -> None:
        """Let a pod with this spec have its room."""
        self.free.subtract(requests(spec))


def amounts(quantities: Mapping[str, str]) -> Amounts:
    """Quantities as Kubernetes writes them, in numbers."""
    return Counter({name: _thousandths(quantity) for name, quantity in quantities.items()})


def requests(spec: Object) -> Amounts:
    """What a pod asks for: the sum of its containers or its largest init container, and one place of a pod.

    Source: https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
    """
    running = sum(map(_asked, spec.get("containers") or []), Counter[str]())
    largest = Counter[str]()
    for container in spec.get("initContainers") or []:
        if container.get("restartPolicy") == "Always":
            running += _asked(container)
        else:
            largest |= _asked(container)
    return (running | largest) + amounts({**(spec.get("overhead") or {}), "pods": "1"})


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
    required = affinity.get(_REQUIRED)
    terms = (required or {}).get("nodeSelectorTerms") or []
    return required is None or any(_matches(term, labels) for term in terms)


def is_placed_by_other_pods(spec: Object) -> bool:
    """Whether other pods may keep this one from a node that has room for it."""
    affinity = spec.get("affinity") or {}
    kinds = (affinity.get("podAffinity") or {}, affinity.get("podAntiAffinity") or {})
    spreading = spec.get("topologySpreadConstraints") or []
    return any(kind.get(_REQUIRED) for kind in kinds) or any(
        each.get("whenUnsatisfiable") == "DoNotSchedule" for each in spreading
    )


def _thousandths(quantity: str) -> int:
    # https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
    number = quantity.rstrip("numkKMGTPEi")
    return math.ceil(Decimal(number) * _UNITS[quantity[len(number) :] or " "])


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
    exists = toleration.get("operator") == "Exists"
    is_of_key = toleration["key"] == taint["key"] if toleration.get("key") else exists
    is_of_value = exists or (toleration.get("value") or "") == (taint.get("value") or "")
    return toleration.get("effect") in (None, "", taint["effect"]) and is_of_key and is_of_value


def _is_number(value: str | None) -> bool:
    return value is not None and value.lstrip("-").isdecimal()
