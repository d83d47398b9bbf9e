"""Whether a request comes from whoever runs the lab: others speak with its voices, and make, change and take none."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from ..errors import PolicyDenied
from ..lab import Lab

RELAYED = ("forwarded", "via", "x-real-ip")
"""Headers by which something in between tells that the request is another's; besides all that begin as the next."""
FORWARDED = "x-forwarded-"


def owns(lab: Lab, asked: HTTPConnection) -> bool:
    """Whether it was sent on this machine, by a page or a program of this machine, with nothing in between; anybody's
    is as good where the policy trusts clients."""
    return lab.policy.trust_clients or (
        asked.client is not None
        and _loopback(asked.client.host)
        and not any(name in RELAYED or name.startswith(FORWARDED) for name in asked.headers)
        and _here(f"//{asked.headers.get('host', '')}")
        and _here(asked.headers.get("origin", "//localhost"))
    )


def owned(lab: Lab, asked: HTTPConnection) -> None:
    """Raises PolicyDenied where somebody else asks."""
    if not owns(lab, asked):
        raise PolicyDenied(
            "only whoever runs this lab makes, changes and takes its voices",
            hint="open the page on the machine that runs it, or start it with --trust-clients",
        )


def _here(address: str) -> bool:
    """Whether an address names this machine, to itself."""
    try:
        name = urlsplit(address).hostname or ""
    except ValueError:
        return False
    return name == "localhost" or name.endswith(".localhost") or _loopback(name)


def _loopback(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)
