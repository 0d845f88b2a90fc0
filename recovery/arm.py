"""Azure Resource Manager, which the recovery only reads."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, Final

from azure.core import PipelineClient
from azure.core.exceptions import AzureError
from azure.core.pipeline.policies import BearerTokenCredentialPolicy, RetryPolicy
from azure.core.rest import HttpRequest, HttpResponse
from azure.identity import DefaultAzureCredential

from recovery.errors import RecoveryError

ENDPOINT_VARIABLE: Final = "ARM_ENDPOINT"
"""The environment variable with another address than Azure's."""

_AZURE: Final = "https://management.azure.com"
_RESOURCES_API: Final = "2024-03-01"
# Not found, but not the resource: whether it exists is not known.
_NO_ANSWER: Final = frozenset({"InvalidResourceNamespace", "InvalidResourceType", "SubscriptionNotFound"})


class Arm:
    """Reads from Azure Resource Manager, with the retries and the sign-in of Microsoft's own clients."""

    def __init__(self, asking: Callable[[str], None]) -> None:
        """Sign in by the environment.

        Args:
            asking: called with each request before it is sent.
        """
        signed_in = BearerTokenCredentialPolicy(DefaultAzureCredential(), f"{_AZURE}/.default")
        endpoint = os.environ.get(ENDPOINT_VARIABLE, _AZURE)
        self._client = PipelineClient(endpoint, policies=[RetryPolicy(), signed_in])
        self._asking = asking

    def get(self, resource_id: str, api_version: str) -> Mapping[str, Any] | None:
        """The resource of this id, None where there is none.

        Raises:
            RecoveryError: the answer is an error, or there is none.
        """
        return self._get(resource_id, {"api-version": api_version})

    def groups(self, subscription_id: str, tag: str, value: str) -> list[Mapping[str, Any]]:
        """The resource groups of a subscription that have a tag of this value.

        Raises:
            RecoveryError: the answer is an error, or there is none.
        """
        filter_ = f"tagName eq '{tag}' and tagValue eq '{value}'"
        return self._list(f"/subscriptions/{subscription_id}/resourcegroups", {"$filter": filter_})

    def resources(self, group_id: str) -> list[Mapping[str, Any]]:
        """What is in a resource group, without what is in another resource; empty where there is no group.

        Raises:
            RecoveryError: the answer is an error, or there is none.
        """
        return self._list(f"{group_id}/resources", {})

    def _list(self, path: str, query: Mapping[str, str]) -> list[Mapping[str, Any]]:
        page, found = self._get(path, {"api-version": _RESOURCES_API, **query}), []
        while page is not None:
            found += page["value"]
            page = self._get(page["nextLink"], {}) if page.get("nextLink") else None
        return found

    def _get(self, path: str, query: Mapping[str, str]) -> Mapping[str, Any] | None:
        request = HttpRequest("GET", self._client.format_url(path), params=dict(query))
        self._asking(f"GET {path}")
        try:
            answer = self._client.send_request(request)
        except AzureError as error:
            raise RecoveryError(f"Azure Resource Manager was not reached: {error}") from error
        if answer.status_code == 404 and _code(answer) not in _NO_ANSWER:
            return None
        if answer.status_code != 200:
            raise RecoveryError(
                f"Azure Resource Manager answered {answer.status_code} to GET {path}: {answer.text()}\n"
                "Nothing was changed. The recovery needs the role Reader on the subscription."
            )
        return answer.json()


def _code(answer: HttpResponse) -> str:
    try:
        told = answer.json()
    except ValueError:
        return ""
    return (told.get("error") or told).get("code", "")
