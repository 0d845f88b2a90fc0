"""Locations and availability zones."""

from collections.abc import Iterator

from azure_facts.locations import LOCATIONS, Location
from components.monitoring.settings import MonitoringSettings
from components.network.settings import NetworkSettings
from components.registry.settings import RegistrySettings
from settings import wording
from settings.checks.rule import Pool, rule
from settings.errors import Path, Problem

_LOCATION = ("azure-native:location",)


def _unknown(path: Path, value: str) -> Problem:
    squeezed = value.replace(" ", "").lower()
    close = squeezed if squeezed in LOCATIONS else wording.nearest(squeezed, LOCATIONS)
    return Problem(
        path=path,
        value=value,
        limit="the programmatic name of an Azure location",
        reason="Azure has no location of this name",
        remedy=f"{path[len(path) - 1]}: {close or 'westeurope'}",
    )


@rule
def the_location_is_known(location: str) -> Iterator[Problem]:
    """azure-native:location is the programmatic name of an Azure location."""
    if location not in LOCATIONS:
        yield _unknown(_LOCATION, location)


@rule
def zones_are_where_there_are_some(place: Location, availability_zones: tuple[str, ...]) -> Iterator[Problem]:
    """There are no availability zones where the location has none."""
    if availability_zones and not place.has_zones:
        yield Problem(
            path=("availabilityZones",),
            value=list(availability_zones),
            limit=f"none in {place.name}",
            reason="this location has no availability zones",
            remedy="availabilityZones: []",
        )


@rule
def a_zone_is_there_once(availability_zones: tuple[str, ...]) -> Iterator[Problem]:
    """No availability zone is named twice."""
    yield from _twice(("availabilityZones",), availability_zones)


@rule
def a_zone_of_a_pool_is_there_once(pool: Pool) -> Iterator[Problem]:
    """No availability zone of a pool is named twice."""
    yield from _twice(pool.at("availabilityZones"), pool.settings.availability_zones or ())


@rule
def zones_of_a_pool_are_where_there_are_some(place: Location, pool: Pool) -> Iterator[Problem]:
    """A pool names no availability zones where the location has none."""
    if pool.settings.availability_zones and not place.has_zones:
        yield Problem(
            path=pool.at("availabilityZones"),
            value=list(pool.settings.availability_zones),
            limit=f"none in {place.name}",
            reason="this location has no availability zones",
            remedy="remove availabilityZones",
        )


@rule
def the_nat_gateway_is_in_a_zone_that_is(place: Location, network: NetworkSettings) -> Iterator[Problem]:
    """The NAT gateway names no availability zone where the location has none."""
    if network.nat_gateway.zone and not place.has_zones:
        yield Problem(
            path=("network", "natGateway", "zone"),
            value=network.nat_gateway.zone,
            limit=f"none in {place.name}",
            reason="this location has no availability zones",
            remedy="remove zone",
        )


@rule
def the_registry_is_in_zones_that_are(place: Location, registry: RegistrySettings) -> Iterator[Problem]:
    """The registry is zone-redundant only where the location has zones."""
    if registry.zone_redundancy and registry.sku == "Premium" and not place.has_zones:
        yield Problem(
            path=("registry", "zoneRedundancy"),
            value=True,
            limit=f"false in {place.name}",
            reason="this location has no availability zones",
            remedy="zoneRedundancy: false",
        )


@rule
def the_workspace_is_where_azure_offers_it(
    place: Location, monitoring: MonitoringSettings
) -> Iterator[Problem]:
    """Metrics go to a location that offers Azure Monitor workspaces."""
    if not monitoring.enabled:
        return
    path = ("monitoring", "location")
    chosen = place if monitoring.location is None else LOCATIONS.get(monitoring.location)
    if chosen is None:
        yield _unknown(path, monitoring.location or "")
    elif not chosen.offers_monitor_workspace:
        yield Problem(
            path=path,
            value=chosen.name,
            limit="a location that offers Azure Monitor workspaces",
            reason=f"{chosen.name} offers none; a workspace elsewhere serves the cluster as well",
            remedy="location: westeurope, or another one near by",
        )


def _twice(path: Path, zones: tuple[str, ...]) -> Iterator[Problem]:
    if len(set(zones)) < len(zones):
        yield Problem(
            path=path,
            value=list(zones),
            limit="each zone once",
            reason="nodes are spread over the zones evenly, however often one is named",
            remedy=f"availabilityZones: {list(dict.fromkeys(zones))}".replace("'", '"'),
        )
