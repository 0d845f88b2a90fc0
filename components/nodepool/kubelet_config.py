"""What a pool's kubelets are told beyond AKS's own choices."""

from typing import Annotated, Literal

from settings.model import Between, Matching, SettingsModel
from settings.values import ListOf

_NOT_TAKEN = "AKS takes no other value"


class KubeletConfigSettings(SettingsModel):
    """The kubelet configuration of a pool's nodes. What is left out, AKS chooses.

    https://learn.microsoft.com/azure/aks/custom-node-configuration-reference#linux-kubelet-custom-configuration
    """

    cpu_manager_policy: Literal["none", "static"] | None = None
    """static gives guaranteed pods that request whole CPUs the use of those alone."""

    cpu_cfs_quota: bool | None = None
    """Whether CPU limits of containers are enforced."""

    cpu_cfs_quota_period: (
        Annotated[
            str,
            Matching(
                r"([1-9]\d{0,2}|1000)ms",
                limit="1ms to 1000ms",
                reason="the kubelet counts CPU time in periods of up to a second",
                write="100ms",
            ),
        ]
        | None
    ) = None
    """Period over which a CPU limit is enforced, in milliseconds."""

    image_gc_high_threshold: Annotated[int, Between(0, 100, "it is a percentage")] | None = None
    """Percentage of the disk above which unused images are deleted; 100 for never."""

    image_gc_low_threshold: Annotated[int, Between(0, 100, "it is a percentage")] | None = None
    """Percentage of the disk down to which they are deleted."""

    topology_manager_policy: Literal["none", "best-effort", "restricted", "single-numa-node"] | None = None
    """How CPUs and devices of a pod are placed on NUMA nodes."""

    allowed_unsafe_sysctls: ListOf[
        Annotated[
            str,
            Matching(
                r"kernel\.(shm|msg)[a-z_]*\*?|kernel\.sem|fs\.mqueue\.[a-z_]*\*?|net\.[a-z0-9_.]*\*?",
                limit="kernel.shm*, kernel.msg*, kernel.sem, fs.mqueue.* or net.*, or one of those by name",
                reason=_NOT_TAKEN,
                write="net.core.somaxconn",
            ),
        ]
    ] = ()
    """Unsafe sysctls that pods may set, by name or by a pattern with * at its end."""

    container_log_max_size_mb: Annotated[int, Between(1, 2**31 - 1, _NOT_TAKEN)] | None = None
    """Size in MB at which a container's log file is rotated."""

    container_log_max_files: (
        Annotated[int, Between(2, 2**31 - 1, "one file is written to while another one is kept")] | None
    ) = None
    """Log files that are kept of a container."""

    pod_max_pids: (
        Annotated[int, Between(-1, 4194304, "the kernel has no more process ids; -1 is no limit")] | None
    ) = None
    """Most processes of a pod; -1 for no limit."""

    fail_swap_on: bool | None = None
    """Whether the kubelet refuses to start on a node with swap space."""
