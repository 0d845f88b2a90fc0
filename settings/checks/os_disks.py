"""Disks of nodes."""

from collections.abc import Iterator

from settings.checks.rule import Pool, rule
from settings.errors import Problem


@rule
def an_ephemeral_disk_fits_the_local_disk(pool: Pool) -> Iterator[Problem]:
    """An ephemeral OS disk is not larger than the size's local disk."""
    if pool.settings.os_disk_type != "Ephemeral":
        return
    size, wanted = pool.settings.size, pool.settings.os_disk_size_gb
    room = size.local_disk_gib
    if room is None and "d" not in size.features:
        yield Problem(
            path=pool.at("osDiskType"),
            value="Ephemeral",
            limit="Managed, or a size with a local disk",
            reason=f"{size.name} is not known to have a local disk that could hold it",
            remedy="osDiskType: Managed, or a size with a d such as Standard_D4ds_v5",
        )
    elif room is not None and wanted is not None and wanted > room:
        yield Problem(
            path=pool.at("osDiskSizeGB"),
            value=wanted,
            limit=f"at most {room} on {size.name}",
            reason="an ephemeral OS disk lies on the node's local disk",
            remedy=f"osDiskSizeGB: {room}, or osDiskType: Managed",
        )
