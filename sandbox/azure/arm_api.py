"""Azure Resource Manager's own HTTP interface in front of the simulated one, for Microsoft's clients.

It turns requests into calls and answers into bodies, and knows no resource: what Azure refuses, computes and
remembers is behind it. https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations
"""

from __future__ import annotations

import json
import re
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import yaml
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.azure.arm_form import flattened, nested
from sandbox.azure.client import OperationFailed
from sandbox.azure.cloud import Resource, key_of
from sandbox.azure.computed import CALLER
from sandbox.azure.invokes import CLIENT_ID, invoke, not_found
from sandbox.azure.refusal import Refusal
from sandbox.azure.resource_manager import ResourceManager
from sandbox.azure.resource_types import UnknownResourceType, of_arm_type
from sandbox.azure.rules.arm_types import RESOURCE_GROUP
from sandbox.azure.rules.reading import resource_group_id, resource_group_of, subscription_of, type_of

IDENTITY_PATH: Final = "/identity"
"""Where clients that run as a managed identity sign in."""

_TOKEN_SECONDS: Final = 86400
_METHODS: Final = ("GET", "HEAD", "PUT", "PATCH", "POST", "DELETE")
_ACTIONS: Final = {
    "listclusteradmincredential": "containerservice:listManagedClusterAdminCredentials",
    "listclusterusercredential": "containerservice:listManagedClusterUserCredentials",
    "listcredentials": "containerregistry:listRegistryCredentials",
}
_FILTER: Final = re.compile(
    r"(tagName|resourceType) eq '([^']*)'(?: and tagValue eq '([^']*)')?", re.IGNORECASE
)
_RUNNING: Final = {"create": "Creating", "update": "Updating"}


@cache
def _statuses() -> dict[str, Any]:
    return yaml.safe_load(Path(__file__).with_name("statuses.yaml").read_text(encoding="utf-8"))


def _is_asynchronous(arm_type: str) -> bool:
    return arm_type in _statuses()["asynchronous"]


def _created_status(arm_type: str) -> int:
    rows = _statuses()["created"].items()
    return next((status for status, types in rows if arm_type in types), 201)


class ArmApi:
    """The requests that one Azure Resource Manager answers, as an ASGI application.

    Any bearer token is taken, and any API version: all answer in the form of the one that azure-native uses.
    """

    def __init__(self, manager: ResourceManager) -> None:
        self._manager = manager
        self._operations: dict[str, Refusal | None] = {}
        self.application = Starlette(
            routes=[
                Route(IDENTITY_PATH, self._token, methods=["GET"]),
                Route("/{path:path}", self._answer, methods=list(_METHODS)),
            ]
        )

    async def _token(self, request: Request) -> Response:
        """Sign in, as the managed identity of an app service does.

        https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
        """
        ends = int(time.time()) + _TOKEN_SECONDS
        claims = {"tid": self._manager.tenant_id, "oid": CALLER, "appid": CLIENT_ID, "exp": ends}
        parts = (json.dumps(part).encode() for part in ({"alg": "none", "typ": "JWT"}, claims))
        token = ".".join([*(urlsafe_b64encode(part).decode().rstrip("=") for part in parts), ""])
        return JSONResponse(
            {
                "access_token": token,
                "client_id": CLIENT_ID,
                "expires_on": str(ends),
                "resource": request.query_params.get("resource", ""),
                "token_type": "Bearer",
            }
        )

    async def _answer(self, request: Request) -> Response:
        body = await request.body()
        try:
            return await run_in_threadpool(self._answered, request, body)
        except Refusal as refusal:
            wait = {} if refusal.retry_after is None else {"Retry-After": f"{refusal.retry_after:.0f}"}
            return JSONResponse(_error(refusal), refusal.status, wait)
        except UnknownResourceType:
            namespace, _, name = type_of(_path(request)).partition("/")
            message = f"The resource type '{name}' could not be found in the namespace '{namespace}'."
            return JSONResponse(_error(Refusal(404, "InvalidResourceType", message)), 404)

    def _answered(self, request: Request, body: bytes) -> Response:
        if not re.match(r"Bearer \S", request.headers.get("Authorization", "")):
            message = "Authentication failed. The 'Authorization' header is missing."
            raise Refusal(401, "AuthenticationFailed", message)
        if not request.query_params.get("api-version"):
            message = "The api-version query parameter (?api-version=) is required for all requests."
            raise Refusal(400, "MissingApiVersionParameter", message)
        path = _path(request)
        subscription = subscription_of(path)
        if subscription is not None and subscription != self._manager.subscription_id:
            message = f"The subscription '{subscription}' could not be found."
            raise Refusal(404, "SubscriptionNotFound", message)
        answers: dict[str, Callable[[], Response]] = {
            "GET": lambda: self._get(path, request),
            "HEAD": lambda: Response(status_code=204 if self._manager.get(path) else 404),
            "PUT": lambda: self._put(path, _object(body), request),
            "PATCH": lambda: self._patch(path, _object(body), request),
            "POST": lambda: self._act(path),
            "DELETE": lambda: self._delete(path, request),
        }
        return answers[request.method]()

    def _get(self, path: str, request: Request) -> Response:
        if "/operations/" in path:
            return self._operation(path)
        if path.lower() == f"/subscriptions/{self._manager.subscription_id}".lower():
            return JSONResponse(self._subscription())
        if path.lower() == "/subscriptions":
            return JSONResponse({"value": [self._subscription()]})
        if path.count("/") % 2:
            listed = self._listed(path, request.query_params.get("$filter", ""))
            # The list of everything has no properties of its resources.
            left_out = "properties" if path.lower().endswith("/resources") else ""
            bodies = (_body(resource) for resource in listed)
            return JSONResponse(
                {"value": [{name: body[name] for name in body if name != left_out} for body in bodies]}
            )
        return JSONResponse(_body(self._found(path)))

    def _put(self, path: str, body: Mapping[str, Any], request: Request) -> Response:
        type_ = of_arm_type(type_of(path))
        return self._write(path, flattened(body, type_.body), request)

    def _patch(self, path: str, body: Mapping[str, Any], request: Request) -> Response:
        resource, shape = self._found(path), of_arm_type(type_of(path)).body
        return self._write(path, _merged(resource.inputs, flattened(body, shape)), request)

    def _write(self, path: str, inputs: Mapping[str, Any], request: Request) -> Response:
        type_, exists = of_arm_type(type_of(path)), self._manager.cloud.get(path) is not None
        sent = {name: value for name, value in inputs.items() if name in type_.body}
        error = None
        try:
            resource = self._manager.put(type_, path, sent)
        except OperationFailed as failed:
            if not _is_asynchronous(type_.arm_type):
                raise
            resource, error = failed.resource, failed
        status = 200 if exists else _created_status(type_.arm_type)
        if not _is_asynchronous(type_.arm_type):
            return JSONResponse(_body(resource), status)
        running = _RUNNING["update" if exists else "create"]
        shown = replace(resource, properties={**resource.properties, "provisioningState": running})
        return JSONResponse(_body(shown), status, self._started(resource, request, error))

    def _delete(self, path: str, request: Request) -> Response:
        resource, type_ = self._manager.cloud.get(path), of_arm_type(type_of(path))
        if resource is None:
            return Response(status_code=204)
        try:
            self._manager.delete(path)
        except OperationFailed as failed:
            return Response(status_code=202, headers=self._started(resource, request, failed))
        if _is_asynchronous(type_.arm_type) or type_.arm_type == RESOURCE_GROUP:
            return Response(status_code=202, headers=self._started(resource, request, None))
        return JSONResponse(_body(resource))

    def _act(self, path: str) -> Response:
        path, _, action = path.rpartition("/")
        token = _ACTIONS.get(action.lower())
        if token is None:
            raise Refusal(404, "NotFound", f"The sandbox knows no action {action} of {type_of(path)}.")
        parameters = of_arm_type(type_of(path)).parameters_of(path)
        return JSONResponse(invoke(token, parameters, self._manager))

    def _found(self, path: str) -> Resource:
        found = self._manager.get(path)
        if found is None:
            raise not_found(of_arm_type(type_of(path)), path)
        return found

    def _listed(self, path: str, filter_: str) -> list[Resource]:
        cloud, last = self._manager.cloud, path.rpartition("/")[2].lower()
        if resource_group_of(path) and last != "resourcegroups":
            self._found(resource_group_id(path))
        if last == "resourcegroups":
            found = cloud.of_type(RESOURCE_GROUP)
        elif last == "resources":
            beneath = cloud.descendants(path.rpartition("/")[0])
            # Only what is in a group itself: a child has its parent's type in its own.
            found = [
                each
                for each in beneath
                if each.type.count("/") == 1 and each.type != RESOURCE_GROUP and each.location
            ]
        else:
            arm_type = of_arm_type(type_of(f"{path}/name")).arm_type
            scope = path if arm_type.count("/") > 1 else path.rpartition("/providers/")[0]
            found = [
                each for each in cloud.of_type(arm_type) if key_of(each.id).startswith(f"{key_of(scope)}/")
            ]
        return [resource for resource in found if _passes(resource, filter_)]

    def _started(self, resource: Resource, request: Request, error: Refusal | None) -> dict[str, str]:
        """The headers of an answer that say where to ask for the operation."""
        number = str(uuid4())
        self._operations[number] = error
        namespace = resource.type.partition("/")[0]
        url = request.url.replace(
            path=f"/subscriptions/{self._manager.subscription_id}/providers/{namespace}/locations/"
            f"{resource.location or 'global'}/operations/{number}",
            query=f"api-version={request.query_params['api-version']}",
        )
        return {"Azure-AsyncOperation": str(url), "Location": str(url), "Retry-After": "1"}

    def _operation(self, path: str) -> Response:
        number = path.rpartition("/")[2]
        if number not in self._operations:
            raise Refusal(404, "OperationNotFound", f"The operation '{number}' could not be found.")
        error = self._operations[number]
        ended = {"status": "Succeeded"} if error is None else {"status": "Failed", **_error(error)}
        return JSONResponse({"id": path, "name": number, **ended})

    def _subscription(self) -> dict[str, Any]:
        return {
            "id": f"/subscriptions/{self._manager.subscription_id}",
            "subscriptionId": self._manager.subscription_id,
            "tenantId": self._manager.tenant_id,
            "displayName": "Sandbox",
            "state": "Enabled",
        }


def _path(request: Request) -> str:
    return request.url.path.rstrip("/")


def _object(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise Refusal(400, "InvalidRequestContent", "The request content was invalid and could not be read.")
    return content


def _body(resource: Resource) -> dict[str, Any]:
    body = nested(resource.properties, of_arm_type(resource.type).outputs)
    if "type" in resource.properties:
        body.setdefault("type", resource.type)
    return body


def _error(refusal: Refusal) -> dict[str, Any]:
    return {"error": {"code": refusal.code, "message": refusal.message}}


def _merged(current: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**current, **patch}
    for name in current.keys() & patch.keys():
        if name != "tags" and isinstance(current[name], Mapping) and isinstance(patch[name], Mapping):
            merged[name] = _merged(current[name], patch[name])
    return merged


def _passes(resource: Resource, filter_: str) -> bool:
    if not filter_:
        return True
    match = _FILTER.fullmatch(filter_)
    if match is None:
        raise Refusal(400, "InvalidFilterInQueryString", f"The filter '{filter_}' is not supported.")
    if match[1].lower() == "resourcetype":
        return resource.type.lower() == match[2].lower()
    tags = resource.properties.get("tags") or {}
    return match[2] in tags and match[3] in (None, tags[match[2]])
