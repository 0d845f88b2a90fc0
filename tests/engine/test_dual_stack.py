"""What Kubernetes has in a dual-stack cluster, as its API server tells."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.engine.platform_project import CHECKOUT, PlatformProject

pytestmark = [pytest.mark.engine, pytest.mark.scenario]


def test_nodes_services_and_the_ingress_have_an_address_of_each_family(tmp_path: Path) -> None:
    project = PlatformProject(tmp_path)
    shutil.copy(CHECKOUT / "scenarios" / "dual-stack.yaml", project.directory / "Pulumi.dual-stack.yaml")

    def unprotected(settings: dict[str, Any]) -> None:
        settings["protect"] = False

    project.edit("dual-stack", unprotected)
    built = project.up("dual-stack")
    assert built.succeeded, built.output

    core = project.core()
    for node in core.list_node().items:
        internal = [each.address for each in node.status.addresses if each.type == "InternalIP"]
        assert [address.partition(":")[0] for address in internal[1:]] == ["fd0a"]
        assert internal[0].startswith("10.224.")
    (ingress,) = [
        each
        for each in core.list_namespaced_service("nginx-ingress").items
        if each.spec.type == "LoadBalancer"
    ]
    ipv4, ipv6 = ingress.spec.cluster_ips
    assert ipv4.startswith("10.0.")
    assert ipv6.startswith("fd12:3456:789a:1:")
    addresses = {each.properties["ipAddress"] for each in project.in_azure("publicIPAddresses").values()}
    assert {each.ip for each in ingress.status.load_balancer.ingress} == addresses
    assert len(addresses) == 2

    plain = {"metadata": {"name": "plain"}, "spec": {"ports": [{"port": 80}]}}
    made = core.create_namespaced_service("default", plain)
    assert made.spec.ip_families == ["IPv4"], "a service asks for both families, or has the first"
    project.destroys_everything("dual-stack")
