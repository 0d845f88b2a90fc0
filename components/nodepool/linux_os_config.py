"""What a pool's Linux is told beyond the node image's own choices."""

from typing import Annotated, Final, Literal

from settings.model import Between, Matching, SettingsModel

_OTHERWISE: Final = "AKS takes no other value"
_LARGEST_INT64: Final = 2**63 - 1
_LARGEST_INT32: Final = 2**31 - 1


class SysctlSettings(SettingsModel):
    """Kernel parameters of a pool's nodes. What is left out keeps the node image's value.

    https://learn.microsoft.com/azure/aks/custom-node-configuration-reference#linux-custom-os-configuration-parameters
    """

    fs_aio_max_nr: Annotated[int, Between(65536, 6553500, _OTHERWISE)] | None = None
    """fs.aio-max-nr: most asynchronous I/O requests at a time."""

    fs_file_max: Annotated[int, Between(8192, _LARGEST_INT64, _OTHERWISE)] | None = None
    """fs.file-max: most file handles of the node."""

    fs_inotify_max_user_watches: Annotated[int, Between(781250, 2097152, _OTHERWISE)] | None = None
    """fs.inotify.max_user_watches: most files that a user may watch."""

    fs_nr_open: Annotated[int, Between(8192, 20000500, _OTHERWISE)] | None = None
    """fs.nr_open: most file handles of a process."""

    kernel_threads_max: Annotated[int, Between(20, 513785, _OTHERWISE)] | None = None
    """kernel.threads-max: most threads of the node."""

    net_core_netdev_max_backlog: Annotated[int, Between(1000, 3240000, _OTHERWISE)] | None = None
    """net.core.netdev_max_backlog: most packets that wait for the kernel."""

    net_core_optmem_max: Annotated[int, Between(20480, 4194304, _OTHERWISE)] | None = None
    """net.core.optmem_max: most bytes of option memory of a socket."""

    net_core_rmem_default: Annotated[int, Between(212992, 134217728, _OTHERWISE)] | None = None
    """net.core.rmem_default: bytes of a socket's receive buffer."""

    net_core_rmem_max: Annotated[int, Between(212992, 134217728, _OTHERWISE)] | None = None
    """net.core.rmem_max: most bytes of a socket's receive buffer."""

    net_core_somaxconn: Annotated[int, Between(4096, 3240000, _OTHERWISE)] | None = None
    """net.core.somaxconn: most connections that wait at a listening socket."""

    net_core_wmem_default: Annotated[int, Between(212992, 134217728, _OTHERWISE)] | None = None
    """net.core.wmem_default: bytes of a socket's send buffer."""

    net_core_wmem_max: Annotated[int, Between(212992, 134217728, _OTHERWISE)] | None = None
    """net.core.wmem_max: most bytes of a socket's send buffer."""

    net_ipv4_ip_local_port_range: (
        Annotated[
            str,
            Matching(
                r"\d{1,5} \d{1,5}",
                limit="two ports with a space between them",
                reason="it is the first and the last local port",
                write='"32768 60999"',
            ),
        ]
        | None
    ) = None
    """net.ipv4.ip_local_port_range: first and last port that outgoing connections come from."""

    net_ipv4_neigh_default_gc_thresh1: Annotated[int, Between(128, 80000, _OTHERWISE)] | None = None
    """net.ipv4.neigh.default.gc_thresh1: ARP entries below which none is collected."""

    net_ipv4_neigh_default_gc_thresh2: Annotated[int, Between(512, 90000, _OTHERWISE)] | None = None
    """net.ipv4.neigh.default.gc_thresh2: ARP entries above which they are soon collected."""

    net_ipv4_neigh_default_gc_thresh3: Annotated[int, Between(1024, 100000, _OTHERWISE)] | None = None
    """net.ipv4.neigh.default.gc_thresh3: most ARP entries."""

    net_ipv4_tcp_fin_timeout: Annotated[int, Between(5, 120, _OTHERWISE)] | None = None
    """net.ipv4.tcp_fin_timeout: seconds that an orphaned connection is kept."""

    net_ipv4_tcp_keepalive_probes: Annotated[int, Between(1, 15, _OTHERWISE)] | None = None
    """net.ipv4.tcp_keepalive_probes: probes without an answer after which a connection is broken."""

    net_ipv4_tcp_keepalive_time: Annotated[int, Between(30, 432000, _OTHERWISE)] | None = None
    """net.ipv4.tcp_keepalive_time: seconds of silence after which probes are sent."""

    net_ipv4_tcp_max_syn_backlog: Annotated[int, Between(128, 3240000, _OTHERWISE)] | None = None
    """net.ipv4.tcp_max_syn_backlog: most connection requests that wait for their client."""

    net_ipv4_tcp_max_tw_buckets: Annotated[int, Between(8000, 1440000, _OTHERWISE)] | None = None
    """net.ipv4.tcp_max_tw_buckets: most sockets in TIME-WAIT."""

    net_ipv4_tcp_tw_reuse: bool | None = None
    """net.ipv4.tcp_tw_reuse: whether sockets in TIME-WAIT serve new connections."""

    net_ipv4_tcpkeepalive_intvl: Annotated[int, Between(10, 90, _OTHERWISE)] | None = None
    """net.ipv4.tcp_keepalive_intvl: seconds between one probe and the next."""

    net_netfilter_nf_conntrack_buckets: Annotated[int, Between(65536, 524288, _OTHERWISE)] | None = None
    """net.netfilter.nf_conntrack_buckets: size of the table of tracked connections."""

    net_netfilter_nf_conntrack_max: Annotated[int, Between(131072, 2097152, _OTHERWISE)] | None = None
    """net.netfilter.nf_conntrack_max: most tracked connections."""

    vm_max_map_count: Annotated[int, Between(65530, _LARGEST_INT32, _OTHERWISE)] | None = None
    """vm.max_map_count: most memory map areas of a process; search engines ask for 262144."""

    vm_swappiness: Annotated[int, Between(0, 100, _OTHERWISE)] | None = None
    """vm.swappiness: how eagerly the kernel swaps."""

    vm_vfs_cache_pressure: Annotated[int, Between(1, 100, _OTHERWISE)] | None = None
    """vm.vfs_cache_pressure: how eagerly the kernel gives up cached directories."""


class LinuxOsConfigSettings(SettingsModel):
    """The configuration of Linux on a pool's nodes.

    https://learn.microsoft.com/azure/aks/custom-node-configuration
    """

    sysctls: SysctlSettings = SysctlSettings()
    """Kernel parameters."""

    swap_file_size_mb: Annotated[int, Between(1, _LARGEST_INT32, _OTHERWISE)] | None = None
    """Size in MB of a swap file on each node's local disk."""

    transparent_huge_page_enabled: Literal["always", "madvise", "never"] | None = None
    """Whether memory is given in huge pages."""

    transparent_huge_page_defrag: Literal["always", "defer", "defer+madvise", "madvise", "never"] | None = (
        None
    )
    """How hard the kernel works to have huge pages."""
