"""Azure locations, and what they offer.

Sources: https://learn.microsoft.com/azure/reliability/regions-list (zones) and, for workspaces,
https://learn.microsoft.com/azure/azure-monitor/metrics/azure-monitor-workspace-overview.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Location:
    """One Azure location, by its programmatic name."""

    name: str
    has_zones: bool
    offers_monitor_workspace: bool


_WITH_ZONES: Final = """
    australiaeast austriaeast belgiumcentral brazilsouth canadacentral centralindia centralus chilecentral
    chinanorth3 denmarkeast eastasia eastus eastus2 francecentral germanywestcentral indonesiacentral
    israelcentral italynorth japaneast japanwest koreacentral malaysiawest mexicocentral newzealandnorth
    northeurope norwayeast polandcentral qatarcentral southafricanorth southcentralus southeastasia
    spaincentral swedencentral switzerlandnorth uaenorth uksouth usgovvirginia westeurope westus2 westus3
"""

_WITHOUT_ZONES: Final = """
    australiacentral australiacentral2 australiasoutheast brazilsoutheast canadaeast chinaeast2 chinaeast3
    chinanorth2 francesouth germanynorth jioindiacentral jioindiawest koreasouth northcentralus norwaywest
    southafricawest southindia swedensouth switzerlandwest uaecentral ukwest usgovarizona usgovtexas
    westcentralus westindia westus
"""

_WITH_MONITOR_WORKSPACE: Final = """
    australiacentral australiacentral2 australiaeast australiasoutheast brazilsouth brazilsoutheast
    canadacentral canadaeast centralindia centralus chinaeast3 chinanorth3 eastasia eastus eastus2
    francecentral francesouth germanywestcentral israelcentral italynorth japaneast japanwest koreacentral
    koreasouth northeurope norwayeast norwaywest southafricanorth southcentralus southeastasia southindia
    spaincentral swedencentral swedensouth switzerlandnorth switzerlandwest uaecentral uaenorth uksouth
    ukwest usgovtexas usgovvirginia westcentralus westeurope westus westus2 westus3
"""

LOCATIONS: Final = {
    name: Location(name, name in _WITH_ZONES.split(), name in _WITH_MONITOR_WORKSPACE.split())
    for name in sorted([*_WITH_ZONES.split(), *_WITHOUT_ZONES.split()])
}
"""Every location, by its programmatic name."""
