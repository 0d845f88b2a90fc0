"""Outputs of registries, vaults and storage."""

from __future__ import annotations

from typing import Any

from sandbox.azure.computed.registry import Answer, computes, guid


@computes("Microsoft.ContainerRegistry/registries")
def container_registry(request: Answer) -> dict[str, Any]:
    """The address that images are pushed to, and the tier's defaults."""
    given = request.inputs
    return {
        "loginServer": f"{request.name.lower()}.azurecr.io",
        "creationDate": request.current.get("creationDate", "2026-01-01T00:00:00.0000000Z"),
        "adminUserEnabled": given.get("adminUserEnabled", False),
        "publicNetworkAccess": given.get("publicNetworkAccess", "Enabled"),
        "zoneRedundancy": given.get("zoneRedundancy", "Disabled"),
        "sku": {"tier": given.get("sku", {}).get("name", "Basic")},
        "dataEndpointHostNames": [],
        "privateEndpointConnections": [],
    }


@computes("Microsoft.KeyVault/vaults")
def key_vault(request: Answer) -> dict[str, Any]:
    """The address of the vault, and its protections."""
    return {
        "properties": {
            "vaultUri": f"https://{request.name.lower()}.vault.azure.net/",
            "provisioningState": "Succeeded",
            "hsmPoolResourceId": guid(request.id),
        }
    }


@computes("Microsoft.Storage/storageAccounts")
def storage_account(request: Answer) -> dict[str, Any]:
    """The addresses of the account's services."""
    services = ("blob", "dfs", "file", "queue", "table", "web")
    return {
        "primaryEndpoints": {s: f"https://{request.name}.{s}.core.windows.net/" for s in services},
        "primaryLocation": request.location,
        "statusOfPrimary": "available",
    }
