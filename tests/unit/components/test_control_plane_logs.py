from typing import Any

from components.monitoring.control_plane_logs import ControlPlaneLogs, ControlPlaneLogsArgs
from tests.unit.components import stacks


def test_the_stack_says_which_logs_are_kept_and_for_how_long() -> None:
    keys: dict[str, Any] = {"categories": ["kube-audit", "kube-apiserver"], "retentionInDays": 365}
    args = ControlPlaneLogsArgs(
        context=stacks.CONTEXT,
        settings=stacks.settings(monitoring={"controlPlaneLogs": keys}).monitoring.control_plane_logs,
        cluster_id="/clusters/of-the-test",
    )
    logs = stacks.record_component(ControlPlaneLogs, args)
    assert logs["log-platform-dev"].inputs["retentionInDays"] == 365
    setting = logs["diag-platform-dev"].inputs
    assert setting["resourceUri"] == "/clusters/of-the-test"
    assert setting["workspaceId"] == logs["log-platform-dev"].id
    assert setting["logs"] == [
        {"category": "kube-audit", "enabled": True},
        {"category": "kube-apiserver", "enabled": True},
    ]
