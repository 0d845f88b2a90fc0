from typing import Any, get_args

import pytest
import yaml

from components.cluster import kubeconfig
from components.cluster.kubeconfig import ApiServer
from components.identity.settings import AccessSettings
from tests.unit.components.azure_answers import TENANT, azure_kubeconfig

SERVER = ApiServer(url="https://aks.hcp:443", certificate_authority_data="Q0E=")
MODES = get_args(AccessSettings.model_fields["kubelogin_mode"].annotation)


def rendered(mode: str = "azurecli") -> dict[str, Any]:
    return yaml.safe_load(kubeconfig.render("aks", SERVER, tenant_id=TENANT, login_mode=mode))


def test_the_api_server_is_read_out_of_azures_answer() -> None:
    assert kubeconfig.api_server(azure_kubeconfig("aks")) == ApiServer(
        url="https://aks.hcp:443", certificate_authority_data="Q0E="
    )


@pytest.mark.parametrize("mode", MODES)
def test_every_login_mode_is_kubelogins_puts_in_no_secret_and_asks_only_where_it_is_made_for_people(
    mode: str,
) -> None:
    config = rendered(mode)
    (user,) = config["users"]
    assert user["name"] == config["contexts"][0]["context"]["user"] == f"aks-{mode}"
    assert set(user["user"]) == {"exec"}, "no token, password or client key"
    command = user["user"]["exec"]
    assert command["args"][:3] == ["get-token", "--login", mode]
    assert "env" not in command
    assert not [argument for argument in command["args"] if "secret" in argument or "cert" in argument]
    asks = "IfAvailable" if mode in ("devicecode", "interactive") else "Never"
    assert command["interactiveMode"] == asks, "a pipeline that is asked waits for ever"
