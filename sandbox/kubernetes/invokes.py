"""The provider's functions: decoding YAML for ``ConfigFile`` and ``ConfigGroup``, and rendering a chart."""

from __future__ import annotations

import json
from typing import Any

import yaml

from sandbox.kubernetes import chart_files, helm_command
from sandbox.kubernetes.charts import ChartError, Instance, finding
from sandbox.kubernetes.kinds import Object, is_namespaced, kind_of
from sandbox.kubernetes.provider_error import ProviderError


def answer(function: str, arguments: Object) -> Object:
    """The answer of a function, named by its token.

    Raises:
        ProviderError: there is no such function here, or it cannot answer.
    """
    if function == "kubernetes:yaml:decode":
        text = arguments.get("text")
        if not isinstance(text, str):
            raise ProviderError("missing required field 'text' of type string")
        return {"result": decode(text, str(arguments.get("defaultNamespace") or ""))}
    if function == "kubernetes:helm:template":
        options = arguments.get("jsonOpts")
        if not isinstance(options, str):
            raise ProviderError("missing required field 'jsonOpts' of type string")
        return {"result": _template(json.loads(options))}
    if function == "kubernetes:kustomize:directory":
        raise ProviderError(
            "the sandbox does not run kustomize: use kubernetes.yaml.ConfigFile on its output"
        )
    raise ProviderError(f'unknown Invoke type "{function}"')


def decode(text: str, default_namespace: str) -> list[Object]:
    """The objects of a YAML or JSON text; what has no kind or API version is left out.

    Raises:
        ProviderError: the text is no YAML.
    """
    try:
        documents = [document for document in yaml.load_all(text, Loader=_Loader) if document]
    except yaml.YAMLError as error:
        raise ProviderError(f"error converting YAML to JSON: {error}") from error
    objects = []
    for document in documents:
        if not isinstance(document, dict):
            raise ProviderError(
                "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal "
                f"{type(document).__name__} into Go value of type map[string]interface {{}}"
            )
        if document.get("kind") and document.get("apiVersion"):
            objects.append(_in_namespace(document, default_namespace))
    return objects


class _Loader(yaml.SafeLoader):
    """Kubernetes reads YAML as JSON: a time stays the text that it was."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _in_namespace(obj: Object, namespace: str) -> Object:
    if namespace and is_namespaced(kind_of(obj)) is not False:
        metadata = obj.setdefault("metadata", {})
        metadata["namespace"] = metadata.get("namespace") or namespace
    return obj


def _template(options: dict[str, Any]) -> list[Object]:
    repository = str((options.get("fetch_opts") or {}).get("repo") or options.get("repo") or "")
    version = str(options.get("version") or (options.get("fetch_opts") or {}).get("version") or "")
    reference = str(options.get("chart") or options.get("path") or "")
    instance = Instance(
        str(options.get("release_name") or "release-name"), str(options.get("namespace") or "default")
    )
    values = options.get("values") or {}
    try:
        chart = finding.find(reference, version, repository)
        with chart_files.laid_out(chart, instance, values) as files:
            text = helm_command.run(
                [
                    "template", *files, "--no-hooks",
                    *([] if options.get("skip_crd_rendering") else ["--include-crds"]),
                    *([f"--kube-version={options['kube_version']}"] if options.get("kube_version") else []),
                    *(f"--api-versions={each}" for each in options.get("api_versions") or []),
                ]
            )  # fmt: skip
    except (ChartError, helm_command.HelmError) as error:
        raise ProviderError(f"failed to generate YAML for specified Helm chart: {error}") from error
    return decode(text, "")
