"""How the sandbox's user signs in to its clusters."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from sandbox.clusters import sign_in


def test_kubelogin_prints_the_one_token_of_the_sandbox(tmp_path: Path) -> None:
    control_planes = tmp_path / "a sandbox" / "control-planes"
    token = sign_in.token(control_planes)
    assert sign_in.token(control_planes) == token
    assert [path.name for path in control_planes.iterdir()] == ["sign-in.token"]
    arguments = ["get-token", "--login", "azurecli", "--server-id", sign_in.SERVER_ID, "--tenant-id", "t"]
    said = _kubelogin(control_planes, *arguments)
    assert json.loads(said.stdout) == {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "kind": "ExecCredential",
        "status": {"token": token},
    }


def test_kubelogin_gets_no_token_for_anything_else(tmp_path: Path) -> None:
    sign_in.token(tmp_path)
    for arguments in (
        ["convert-kubeconfig", "--server-id", sign_in.SERVER_ID],
        ["get-token", "--server-id", "other"],
    ):
        said = _kubelogin(tmp_path, *arguments)
        assert (said.returncode, said.stdout) == (1, "")
        assert "gets tokens of AKS only" in said.stderr


def _kubelogin(control_planes: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    script = ["/bin/sh", "-c", sign_in.kubelogin(control_planes), "kubelogin", *arguments]
    return subprocess.run(script, capture_output=True, text=True, check=False)
