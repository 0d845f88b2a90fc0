"""Outputs of Azure Monitor, Log Analytics and Grafana."""

from __future__ import annotations

from typing import Any

from sandbox.azure.computed.registry import Answer, computes, guid


@computes("Microsoft.Monitor/accounts")
def azure_monitor_workspace(request: Answer) -> dict[str, Any]:
    """The query endpoint, and the endpoint and rule that Azure makes beside each workspace."""
    managed_group = f"MA_{request.name}_{request.location}_managed"
    group_id = f"/subscriptions/{request.subscription_id}/resourceGroups/{managed_group}"
    managed = f"{group_id}/providers/Microsoft.Insights"
    suffix = guid(request.id)[:4]
    return {
        "accountId": guid(request.id),
        "internalId": f"mac_{guid(request.id)}",
        "metrics": {
            "internalId": f"mac_{guid(request.id)}",
            "prometheusQueryEndpoint": (
                f"https://{request.name.lower()}-{suffix}.{request.location}.prometheus.monitor.azure.com"
            ),
        },
        "defaultIngestionSettings": {
            "dataCollectionEndpointResourceId": f"{managed}/dataCollectionEndpoints/{request.name}",
            "dataCollectionRuleResourceId": f"{managed}/dataCollectionRules/{request.name}",
        },
        "publicNetworkAccess": request.inputs.get("publicNetworkAccess", "Enabled"),
    }


@computes("Microsoft.Insights/dataCollectionEndpoints")
def data_collection_endpoint(request: Answer) -> dict[str, Any]:
    """The addresses that agents talk to."""
    host = f"{request.name.lower()}-{guid(request.id)[:4]}.{request.location}-1"
    return {
        "immutableId": f"dce-{guid(request.id).replace('-', '')}",
        "configurationAccess": {"endpoint": f"https://{host}.handler.control.monitor.azure.com"},
        "logsIngestion": {"endpoint": f"https://{host}.ingest.monitor.azure.com"},
        "metricsIngestion": {"endpoint": f"https://{host}.metrics.ingest.monitor.azure.com"},
    }


@computes("Microsoft.Insights/dataCollectionRules")
def data_collection_rule(request: Answer) -> dict[str, Any]:
    """The id that agents know the rule by, and the internal id of each workspace it sends to."""
    outputs: dict[str, Any] = {"immutableId": f"dcr-{guid(request.id).replace('-', '')}"}
    destinations = request.inputs.get("destinations", {})
    accounts = destinations.get("monitoringAccounts")
    if accounts:
        outputs["destinations"] = {
            "monitoringAccounts": [
                {**account, "accountId": guid(account.get("accountResourceId", ""))} for account in accounts
            ]
        }
    return outputs


@computes("Microsoft.OperationalInsights/workspaces")
def log_analytics_workspace(request: Answer) -> dict[str, Any]:
    """The id that agents know the workspace by, and its defaults."""
    return {
        "customerId": guid(request.id),
        "retentionInDays": request.inputs.get("retentionInDays", 30),
        "sku": request.inputs.get("sku", {"name": "PerGB2018"}),
    }


@computes("Microsoft.Dashboard/grafana")
def grafana(request: Answer) -> dict[str, Any]:
    """The address that people open."""
    host = f"{request.name.lower()}-{guid(request.id)[:4]}"
    return {"properties": {"endpoint": f"https://{host}.{request.location}.grafana.azure.com"}}
