"""Who manages an object's fields when client-side tools give them up."""

from __future__ import annotations

from typing import Any

from sandbox.kubernetes.field_managers import set_by_client, taken_over


def entry(manager: str, operation: str, *names: str, **more: Any) -> dict[str, Any]:
    fields = {f"f:{name}": {} for name in names}
    return {"manager": manager, "operation": operation, "fieldsV1": {"f:spec": fields}, **more}


def test_the_fields_that_an_object_was_made_with_become_applied_ones() -> None:
    made = entry("pulumi-kubernetes", "Update", "replicas")
    assert taken_over([made], "ours") == [entry("ours", "Apply", "replicas")]


def test_they_join_the_fields_that_were_applied_before() -> None:
    before = [entry("ours", "Apply", "replicas"), entry("kubectl", "Update", "paused")]
    assert taken_over(before, "ours") == [entry("ours", "Apply", "replicas", "paused")]


def test_the_fields_of_controllers_and_of_other_appliers_stay_theirs() -> None:
    status = entry("pulumi-kubernetes", "Update", "status", subresource="status")
    others = [
        entry("kube-controller-manager", "Update", "replicas"),
        entry("other", "Apply", "paused"),
        status,
    ]
    assert taken_over(others, "ours") is None
    made = entry("pulumi-kubernetes", "Update", "selector")
    assert taken_over([made, *others], "ours") == [entry("ours", "Apply", "selector"), *others]


def test_only_what_this_provider_made_counts_as_set_by_it() -> None:
    assert set_by_client({"metadata": {"managedFields": [entry("pulumi-kubernetes", "Update")]}})
    assert not set_by_client({"metadata": {"managedFields": [entry("kubectl", "Update")]}})
    assert not set_by_client({"metadata": {}})
