"""Web servers: the sites that nginx and Apache are configured to serve."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from collectors.host import apache, apache_sites, nginx, nginx_sites
from collectors.host.apache import APACHE_CONFIGURATION, APACHE_VERSION
from collectors.host.directives import Identify, Words, parse_words, told_apart
from collectors.host.facts import Fact
from collectors.host.nginx import NGINX_CONFIGURATION, NGINX_VERSION
from collectors.host.source import FactError, Host
from collectors.host.system import PROCESSES, running
from core.plugins import collector
from core.resources.host.web import WebSite

ABSENT = "absent"
T = TypeVar("T")


@collector(permissions=(NGINX_VERSION, NGINX_CONFIGURATION, APACHE_VERSION, APACHE_CONFIGURATION, PROCESSES))
def web_sites(host: Host) -> Iterator[WebSite]:
    """The sites of nginx and of Apache below /etc, whether the program runs or not: it may be started at any time.

    A web server in a container has its own files; where one runs that is not installed here, that is said.
    """
    failures: list[FactError] = []
    for look in (_nginx, _apache):
        try:
            yield from look(host, told_apart())
        except FactError as failure:
            failures.append(failure)
    if failures:
        raise failures[0]


def _nginx(host: Host, identify: Identify) -> list[WebSite]:
    words = _words(host, NGINX_VERSION, NGINX_CONFIGURATION, ("nginx",))
    version = nginx_sites.parse_version(host.text(NGINX_VERSION))
    if words is None:
        return []
    return _read(
        NGINX_CONFIGURATION, lambda: [*nginx_sites.sites(nginx.parse_tree(words), version, words.keys, identify)]
    )


def _apache(host: Host, identify: Identify) -> list[WebSite]:
    words = _words(host, APACHE_VERSION, APACHE_CONFIGURATION, ("apache2", "httpd"))
    said = host.text(APACHE_VERSION)
    version = apache_sites.parse_version(said)
    if words is None:
        return []
    reader = apache.Reader(words, version, apache.parse_modules(said))
    return _read(
        APACHE_CONFIGURATION,
        lambda: [*apache_sites.sites(reader.tree(), version, words.keys, identify, red_hat=reader.red_hat)],
    )


def _read(fact: Fact, read: Callable[[], T]) -> T:
    try:
        return read()
    except ValueError as error:
        raise FactError(fact, f"{fact.name}: {error}") from error


def _words(host: Host, version: Fact, configuration: Fact, programs: tuple[str, ...]) -> Words | None:
    """The words of a configuration; `None` where there is none, and then the program, if it is there, serves nothing.

    Raises `FactError` where it runs all the same, in a container or with a configuration from elsewhere.
    """
    said, configured = host.text(version).strip(), host.text(configuration)
    if not said:
        raise FactError(version, f"{version.name}: the program did not say its version")
    if configured.strip() != ABSENT:
        return _read(configuration, lambda: parse_words(configured))
    if elsewhere := running(host, programs):
        reason = f"{elsewhere[0]} runs, but not with a configuration below /etc: what it serves is not known here"
        raise FactError(PROCESSES, reason)
    return None
