import re

import pulumi
import pytest

from components.azure_account import AzureAccount, signed_in_account
from tests.unit.components.azure_answers import SUBSCRIPTION, TENANT
from tests.unit.components.recorder import record

REMEDY = (
    "Sign in (`az login`, or ARM_CLIENT_ID, ARM_TENANT_ID and a credential in CI) and name the subscription "
    "(`pulumi config set azure-native:subscriptionId <id>`, or ARM_SUBSCRIPTION_ID)."
)
SIGNED_IN = {"clientId": "c", "objectId": "o", "subscriptionId": SUBSCRIPTION, "tenantId": TENANT}


def test_the_account_is_the_one_that_is_signed_in() -> None:
    found: list[AzureAccount] = []
    record(lambda: found.append(signed_in_account()))
    assert found == [AzureAccount(subscription_id=SUBSCRIPTION, tenant_id=TENANT)]


def test_the_account_is_asked_for_once_and_nothing_is_made() -> None:
    recording = record(signed_in_account)
    assert recording.invokes == [("azure-native:authorization:getClientConfig", {})]
    assert recording.resources == []


def test_without_a_login_the_error_says_what_to_run_and_what_azure_said() -> None:
    message = (
        "Azure did not say which subscription to use. Nothing was created or changed.\n"
        f"{REMEDY}\n"
        "Azure said: invoke of azure-native:authorization:getClientConfig failed: Please run 'az login'."
    )
    with pytest.raises(pulumi.RunError, match=f"^{re.escape(message)}$") as raised:
        record(signed_in_account, account="Please run 'az login'.")
    assert raised.value.__cause__ is None, "the SDK's own error would bury the remedy"
    assert raised.value.__suppress_context__


@pytest.mark.parametrize("missing", ["subscriptionId", "tenantId"])
def test_a_login_without_a_subscription_or_tenant_is_refused(missing: str) -> None:
    message = f"The Azure login has no subscription. Nothing was created or changed.\n{REMEDY}"
    with pytest.raises(pulumi.RunError, match=f"^{re.escape(message)}$"):
        record(signed_in_account, account={**SIGNED_IN, missing: ""})
