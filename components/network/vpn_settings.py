"""The VPN gateway, and the networks that are reached through it."""

from typing import Annotated, Literal

from pydantic import Field

from settings.model import Between, Matching, Required, SettingsModel
from settings.values import Address, ListOf, Network

_HIGHEST_ASN = 4294967295
_AUTONOMOUS_SYSTEMS = "numbers of autonomous systems have 32 bits"


class LocalBgpSettings(SettingsModel):
    """The other side of BGP.

    https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-bgp-overview
    """

    asn: Annotated[
        int, Between(1, _HIGHEST_ASN, _AUTONOMOUS_SYSTEMS), Required("BGP connects two of them", "65010")
    ]
    """Number of its autonomous system."""

    bgp_peering_address: Annotated[Address, Required("the gateway talks BGP with it", "192.168.0.254")]
    """Address of the VPN device with which the gateway talks BGP, not its public one."""


class LocalNetworkSettings(SettingsModel):
    """A network on premises, and the VPN device in front of it.

    https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings#lng
    """

    gateway_ip_address: Address | None = None
    """Public address of the VPN device."""

    fqdn: (
        Annotated[
            str,
            Matching(
                r"([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z]{2,63}",
                limit="a domain name",
                reason="the gateway asks for its address",
                write="vpn.example.com",
            ),
        ]
        | None
    ) = None
    """Its name instead, where the address changes."""

    address_spaces: ListOf[Network] = ()
    """Ranges of the network. With bgp, the ones that its device does not announce."""

    bgp: LocalBgpSettings | None = None
    """How routes are exchanged with it; by default they are not, and addressSpaces has all ranges."""


class IpsecPolicySettings(SettingsModel):
    """What both sides use to encrypt, where the defaults of Azure do not suit the device.

    https://learn.microsoft.com/azure/vpn-gateway/ipsec-ike-policy-howto
    """

    ike_encryption: Annotated[
        Literal["AES256", "AES192", "AES128", "GCMAES256", "GCMAES128"],
        Required("a policy is given as a whole", "AES256"),
    ]
    """Encryption of IKE, phase 1."""

    ike_integrity: Annotated[
        Literal["SHA384", "SHA256", "GCMAES256", "GCMAES128"],
        Required("a policy is given as a whole", "SHA256"),
    ]
    """Integrity of IKE, phase 1."""

    dh_group: Annotated[
        Literal["DHGroup14", "DHGroup2048", "DHGroup24", "ECP256", "ECP384"],
        Required("a policy is given as a whole", "DHGroup14"),
    ]
    """Diffie-Hellman group of IKE."""

    ipsec_encryption: Annotated[
        Literal["GCMAES256", "GCMAES192", "GCMAES128", "AES256", "AES192", "AES128"],
        Required("a policy is given as a whole", "GCMAES256"),
    ]
    """Encryption of IPsec, phase 2."""

    ipsec_integrity: Annotated[
        Literal["GCMAES256", "GCMAES192", "GCMAES128", "SHA256"],
        Required("a policy is given as a whole", "GCMAES256"),
    ]
    """Integrity of IPsec, phase 2: with GCM the same as ipsecEncryption."""

    pfs_group: Annotated[
        Literal["PFS14", "PFS2048", "PFS24", "ECP256", "ECP384", "PFSMM", "None"],
        Required("a policy is given as a whole", "PFS14"),
    ]
    """Group of perfect forward secrecy."""

    sa_life_time_seconds: Annotated[int, Between(300, 172799, "Azure allows no other lifetime")] = 27000
    """Seconds after which keys are exchanged anew."""

    sa_data_size_kilobytes: Annotated[int, Between(1024, 2147483647, "Azure allows no other amount")] = (
        102400000
    )
    """Kilobytes after which they are."""


class VpnConnectionSettings(SettingsModel):
    """A site-to-site connection.

    https://learn.microsoft.com/azure/vpn-gateway/tutorial-site-to-site-portal
    """

    local_network: Annotated[
        LocalNetworkSettings,
        Required(
            "a connection leads somewhere", "{gatewayIpAddress: 203.0.113.1, addressSpaces: [192.168.0.0/16]}"
        ),
    ]
    """The network on the other side."""

    connection_protocol: Literal["IKEv2", "IKEv1"] = "IKEv2"
    """Version of the key exchange. Azure does not change it on an existing connection."""

    ipsec_policy: IpsecPolicySettings | None = None
    """Algorithms; by default those that Azure offers.
    https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-devices#ipsec"""

    use_policy_based_traffic_selectors: bool = False
    """Whether the device is policy-based: there is a pair of selectors for each pair of ranges, not one for
    all. It needs ipsecPolicy.
    https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-connect-multiple-policybased-rm-ps"""

    dpd_timeout_seconds: Annotated[int, Between(9, 3600, "Azure allows no other time")] = 45
    """Seconds after which a peer that does not answer is taken for dead."""


class VpnGatewaySettings(SettingsModel):
    """A VPN gateway between the virtual network and networks on premises.

    https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpngateways
    """

    enabled: bool = False
    """Whether the virtual network has a VPN gateway. It is billed by the hour, and Azure takes up to 45
    minutes to make it."""

    sku: Literal["VpnGw1AZ", "VpnGw2AZ", "VpnGw3AZ", "VpnGw4AZ", "VpnGw5AZ"] = "VpnGw2AZ"
    """Size of the gateway, which changes in place within a generation. Those without AZ are retired.
    https://learn.microsoft.com/azure/vpn-gateway/about-gateway-skus"""

    vpn_gateway_generation: Literal["Generation1", "Generation2"] | None = None
    """Generation of the gateway, which cannot change; by default the newest that sku has: Generation1 for
    VpnGw1AZ, Generation2 for the others.
    https://learn.microsoft.com/azure/vpn-gateway/about-gateway-skus"""

    active_active: bool = True
    """Whether two instances have a tunnel each, so that maintenance of one does not cut connections. The
    device on premises needs a tunnel to both public addresses.
    https://learn.microsoft.com/azure/vpn-gateway/about-active-active-gateways"""

    asn: Annotated[int, Between(1, _HIGHEST_ASN, _AUTONOMOUS_SYSTEMS)] = 65515
    """Number of the gateway's autonomous system, for connections with bgp.
    https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-bgp-overview"""

    connections: dict[str, VpnConnectionSettings] = Field(default={})
    """Site-to-site connections, by a name of your choice. Azure makes the pre-shared key of each."""

    @property
    def required_subnets(self) -> tuple[str, ...]:
        """The subnet of the gateway."""
        return ("gateway",) if self.enabled else ()

    @property
    def generation(self) -> str:
        """The generation: as set, else the newest that the SKU has."""
        return self.vpn_gateway_generation or ("Generation1" if self.sku == "VpnGw1AZ" else "Generation2")

    @property
    def uses_bgp(self) -> bool:
        """Whether routes are exchanged on a connection."""
        return any(each.local_network.bgp for each in self.connections.values())
