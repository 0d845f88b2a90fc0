"""Who is signed in to Azure, asked once, before any resource."""

from dataclasses import dataclass

import pulumi
from pulumi_azure_native import authorization

UNTOUCHED = "Nothing was created or changed."
REMEDY = (
    "Sign in (`az login`, or ARM_CLIENT_ID, ARM_TENANT_ID and a credential in CI) and name the subscription "
    "(`pulumi config set azure-native:subscriptionId <id>`, or ARM_SUBSCRIPTION_ID)."
)


@dataclass(frozen=True, kw_only=True)
class AzureAccount:
    """The subscription that is deployed to and the Entra tenant that it trusts: GUIDs, plain values."""

    subscription_id: str
    tenant_id: str


def signed_in_account() -> AzureAccount:
    """Ask the azure-native provider for its account.

    Raises:
        pulumi.RunError: no login, or no subscription selected; says what to run.
    """
    try:
        client = authorization.get_client_config()
    except Exception as error:  # noqa: BLE001 - a refused invoke is a bare Exception
        message = f"Azure did not say which subscription to use. {UNTOUCHED}\n{REMEDY}\nAzure said: {error}"
        raise pulumi.RunError(message) from None
    if not client.subscription_id or not client.tenant_id:
        message = f"The Azure login has no subscription. {UNTOUCHED}\n{REMEDY}"
        raise pulumi.RunError(message)
    return AzureAccount(subscription_id=client.subscription_id, tenant_id=client.tenant_id)
