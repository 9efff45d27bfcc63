"""What a host offers to the network, and what stands before it."""

from __future__ import annotations

from core.resource import Observed, Resource, part, resource


@resource("host_listener")
class Listener(Resource):
    """One socket that waits for others: a listening TCP socket, or a UDP socket that is not tied to one peer.

    `reach` is `loopback` (this host only), `all` (every address) or `some` (one address, perhaps only a private one).
    `programs` are the names of the processes that hold it.
    """

    id: str
    protocol: str
    address: str
    port: int
    reach: str
    programs: tuple[str, ...]


@part
class InputFilter(Observed):
    """One loaded chain that incoming packets pass, with the chains it leads to.

    `denies` is true when a packet that nobody asked for, to a port that no rule is about, is dropped or rejected;
    `because` says by what, or what accepts it. `open_interfaces` are those that a rule names and on which such packets
    are accepted.
    """

    name: str
    ipv4: bool
    ipv6: bool
    denies: bool
    because: str
    open_interfaces: tuple[str, ...]


@resource("host_firewall")
class Firewall(Resource):
    """The packet filter as loaded in the kernel, not as written in files.

    `programs` are the ones that could list rules; without any the host cannot have loaded rules by itself.
    `ipv6_in_use` is true when an interface other than loopback has an IPv6 address.
    """

    id: str
    container: str
    programs: tuple[str, ...]
    filters: tuple[InputFilter, ...]
    ipv6_in_use: bool
