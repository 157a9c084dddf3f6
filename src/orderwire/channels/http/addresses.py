"""Which network addresses a partner may have: public ones, and by decision of the buyer those of his own network.

The ranges are those of the IANA registries of special-purpose addresses (RFC 6890), as of 2026.
"""

import ipaddress
import re

V4 = ipaddress.IPv4Address
V6 = ipaddress.IPv6Address

PORTS = frozenset({80, 443, 8080, 8443})
"""Where HTTP lives on the internet; others are named in the endpoint's settings."""

_OWN = tuple(
    map(ipaddress.ip_network, ("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
)
_OWN_6 = tuple(map(ipaddress.ip_network, ("::1/128", "fc00::/7")))
_NEVER = tuple(
    map(
        ipaddress.ip_network,
        (
            "0.0.0.0/8",
            "100.100.100.200/32",  # a cloud's metadata, as are the next two and those in _NEVER_6
            "168.63.129.16/32",
            "169.254.0.0/16",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",  # multicast, reserved, broadcast
        ),
    )
)
_NEVER_6 = tuple(
    map(
        ipaddress.ip_network,
        ("fd00:ec2::/32", "fd20:ce::/32", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    )
)
_GLOBAL_6 = ipaddress.ip_network("2000::/3")
_EMBEDDING = tuple(map(ipaddress.ip_network, ("::ffff:0:0/96", "64:ff9b::/96")))
"""IPv4 in IPv6: mapped (RFC 4291) and NAT64 (RFC 6052); what is inside is judged."""

_ISATAP = re.compile(rb"[\x00\x02]\x00\x5e\xfe", re.DOTALL)


def objection(address: str, *, allow_private: bool = False) -> str | None:
    """Why nothing may be sent to this numeric address; None where it may."""
    plain = address.partition("%")[0]  # a zone only says which cable
    try:
        found: V4 | V6 = ipaddress.ip_address(plain)
    except ValueError:
        return f"{address[:60]} is no network address"
    if isinstance(found, V6) and any(found in net for net in _EMBEDDING):
        found = V4(found.packed[12:])
    never, own = (_NEVER, _OWN) if isinstance(found, V4) else (_NEVER_6, _OWN_6)
    if any(found in net for net in never) or (isinstance(found, V6) and _ISATAP.match(found.packed[8:])):
        return f"{address} is no address of a partner: it is reserved, a tunnel, or serves machines of a cloud"
    if any(found in net for net in own):
        return None if allow_private else f"{address} is an address inside a private network"
    if isinstance(found, V6) and found not in _GLOBAL_6:
        return f"{address} is no address of a partner: it is not a public one"
    return None
