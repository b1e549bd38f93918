"""How a package host is reached from this host: straight, or through the proxy that this host is told to use."""

from __future__ import annotations

import asyncio
import base64
import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies_environment, proxy_bypass

from awb_core.gateway.package_hosts import THIS_HOST, Origin
from awb_core.gateway.package_requests import Refused

NETWORKS = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
PRIVATE = tuple(map(ipaddress.ip_network, NETWORKS))
"""Neighbours of this host."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A connection on which a host, or a proxy on the way to it, can be spoken to."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    absolute: bool = False
    """The other end is a proxy that wants to be told the whole address."""
    login: str = ""
    """What that proxy wants to know of this host."""


async def open_route(origin: Origin, *, tunnel: bool) -> Route:
    """Connect to a host that is allowed.

    Raises:
        Refused: it cannot be reached, or is not where a package host may be.
    """
    proxy = _proxy_of(origin)
    try:
        if proxy:
            return await _through(proxy, origin, tunnel=tunnel)
        reader, writer = await _straight(origin)
        return Route(reader=reader, writer=writer)
    except OSError as error:
        words = error.strerror or type(error).__name__
        raise Refused(502, f"{origin.host} cannot be reached: {words}", origin.name) from error


async def _straight(origin: Origin) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host = "127.0.0.1" if origin.host == THIS_HOST and origin.configured else origin.host
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, origin.port, type=socket.SOCK_STREAM)
    addresses = [str(each[4][0]) for each in found]
    allowed = [each for each in addresses if origin.configured or is_public(each)]
    if not allowed:
        message = f"{origin.host} has a private address here; AWB_PACKAGE_HOSTS allows it"
        raise Refused(403, message, origin.name)
    for address in allowed[:-1]:
        try:
            return await asyncio.open_connection(address, origin.port)
        except OSError:
            continue
    return await asyncio.open_connection(allowed[-1], origin.port)


def is_public(address: str) -> bool:
    """Say whether an address leads to neither this host nor its neighbours."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    ip = getattr(ip, "ipv4_mapped", None) or ip
    own = ip.is_loopback or ip.is_link_local or ip.is_unspecified or ip.is_multicast
    return not own and not any(ip in network for network in PRIVATE)


def _proxy_of(origin: Origin) -> str:
    if origin.host == THIS_HOST or proxy_bypass(origin.host):
        return ""
    known = getproxies_environment()
    url = known.get(origin.scheme) or known.get("all") or ""
    return url if "://" in url or not url else f"http://{url}"


async def _through(url: str, origin: Origin, *, tunnel: bool) -> Route:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        message = "the proxy of this host is of a kind that is not supported: http and https are"
        raise Refused(502, message, origin.name)
    login = ""
    if parts.username:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        login = f"Basic {base64.b64encode(pair.encode()).decode()}"
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=secure or None)
    if not tunnel:
        return Route(reader=reader, writer=writer, absolute=True, login=login)
    try:
        await _ask_for_tunnel(reader, writer, origin, login)
    except BaseException:
        writer.close()
        raise
    return Route(reader=reader, writer=writer)


async def _ask_for_tunnel(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, origin: Origin, login: str
) -> None:
    place = f"{origin.host}:{origin.port}"
    lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}"]
    lines += [f"Proxy-Authorization: {login}"] if login else []
    writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
    try:
        answer = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        answer = b""
    status = re.match(rb"HTTP/1\.[01] (\d{3})", answer)
    if status is None or status[1] != b"200":
        words = status[1].decode() if status else "nothing that can be read"
        message = f"the proxy of this host answers {words} for {origin.host}"
        raise Refused(502, message, origin.name)
