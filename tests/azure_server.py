"""A server of our own that answers as Azure Resource Manager and Resource Graph document it, over plain HTTP on loopback.

What it knows is a dictionary of resources by id, in the shapes of the REST reference of Azure; who gave a shape cites
the page. It behaves as documented where that matters to whoever asks:

* listings come in pages with `nextLink` (learn.microsoft.com/rest/api/azure, "Async operations, throttling, and paging");
* Resource Graph answers `totalRecords`, `count`, `resultTruncated` and, while there is more, `$skipToken`
  (learn.microsoft.com/rest/api/azureresourcegraph/resourcegraph/resources/resources), shows what the caller may read
  and leaves out the rest without a word (learn.microsoft.com/azure/governance/resource-graph/overview, "Permissions"),
  and says in headers what is left of the quota (…/resource-graph/concepts/guidance-for-throttled-requests);
* what it counts (`summarize`) comes in one page, of as many rows as a page has at most, and without a way to more
  (…/resource-graph/concepts/query-language, "Supported tabular/top level operators");
* 401, 403 and 429 have the documented bodies; 429 comes with and without `Retry-After`;
* role assignments are filtered by `assignedTo`, deny assignments are listed at, above and below a scope
  (learn.microsoft.com/azure/role-based-access-control/role-assignments-list-rest, …/deny-assignments-rest).
"""

from __future__ import annotations

import base64
import json
import re
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, quote, unquote, urlsplit

TENANT = "11111111-2222-3333-4444-555555555555"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
"""The id of the role Reader (learn.microsoft.com/azure/role-based-access-control/built-in-roles)."""
OBJECT = "99999999-aaaa-bbbb-cccc-dddddddddddd"
IDENTITY, IDENTITY_HEADER = "/msi/token", "853b9a84-5bfa-4b22-a3f3-0b9a43d9ad8a"
GRAPH = "/providers/microsoft.resourcegraph/resources"
NOT_IN_THE_GRAPH = re.compile(
    r"microsoft\.(insights/diagnosticsettings|authorization/|security/|sql/servers/|keyvault/vaults/|dbfor\w+/\w+/)"
    r"|microsoft\.storage/storageaccounts/|microsoft\.web/sites/|^child/|^x/|microsoft\.recoveryservices/vaults/"
    r"|microsoft\.policyinsights/",
)
POLL_SECONDS = 0.02
"""How soon the server hears that it shall end."""
Answered = tuple[int, Any, dict[str, str]]


@dataclass
class Azure:
    """What the server knows, and how it behaves. Tests change it between questions."""

    items: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    subscriptions: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    descendants: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    assignments: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    roles: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    denials: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    denied: list[str] = field(default_factory=list[str])
    """Regular expressions of paths that are answered with 403."""
    hidden: list[str] = field(default_factory=list[str])
    """Those of ids that Resource Graph leaves out."""
    fails: dict[str, list[Answered]] = field(default_factory=dict[str, list[Answered]])
    """By path, what is answered first instead."""
    graph_says: dict[str, Any] = field(default_factory=dict[str, Any])
    """Members of an answer of Resource Graph that it says instead of the right ones."""
    page: int = 50
    groups: int = 1000
    """How many groups one answer holds."""
    quota: str = "14"
    calls: Counter[str] = field(default_factory=Counter[str])
    asked: list[str] = field(default_factory=list[str])

    def add(self, item: Mapping[str, Any]) -> None:
        """A resource; it is listed under its parent, and in its subscription."""
        self.items[item["id"].lower()] = dict(item)

    def answer(self, method: str, address: str, headers: Mapping[str, str], body: bytes, base: str) -> Answered:
        """What is answered to a request. The names of headers are in lower case."""
        url = urlsplit(address)
        path = unquote(url.path).rstrip("/")
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        self.asked.append(f"{method} {path}")
        self.calls[method] += 1
        if path == IDENTITY:
            return self._token(headers, asked)
        if not headers.get("authorization", "").startswith("Bearer "):
            return _refusal(401, "InvalidAuthenticationToken", "The access token is missing or invalid.")
        if waiting := self.fails.get(path.lower()):
            return waiting.pop(0)
        if any(re.search(each, path.lower()) for each in self.denied):
            return _refusal(403, "AuthorizationFailed", f"The client does not have authorization over scope '{path}'.")
        if "api-version" not in asked:
            return _refusal(400, "MissingApiVersionParameter", "The api-version query parameter is required.")
        if method == "POST":
            return self._graph(json.loads(body)) if path.lower() == GRAPH else _refusal(404, "NotFound", "")
        found = self._found(path.lower(), asked.get("$filter", ""))
        if isinstance(found, dict):
            return 200, found, {}
        if found is None:
            return _refusal(404, "ResourceNotFound", f"The Resource '{path}' was not found.")
        return 200, self._page(found, asked, f"{base}{url.path}"), {}

    def _token(self, headers: Mapping[str, str], asked: Mapping[str, str]) -> Answered:
        """What the managed identity of App Service answers
        (learn.microsoft.com/azure/app-service/overview-managed-identity, "REST endpoint reference")."""
        if headers.get("x-identity-header") != IDENTITY_HEADER:
            return 401, {"statusCode": 401, "message": "no"}, {}
        about = {"resource": asked["resource"], "token_type": "Bearer", "expires_on": "4102444800"}
        return 200, {"access_token": token(), **about}, {}

    def _found(self, path: str, chosen: str) -> dict[str, Any] | list[dict[str, Any]] | None:
        """One resource, or a listing; `None` for what is not there."""
        if path == "/subscriptions":
            return self.subscriptions
        if path.endswith("/descendants"):
            return self.descendants
        below = path.rpartition("/providers/microsoft.authorization/")[2]
        if below == "roleassignments":
            return self._assignments(path.rpartition("/providers/")[0], chosen)
        if below == "denyassignments":
            return self.denials
        if below == "roledefinitions":
            return [each for each in self.roles.values() if each["properties"]["type"] == "CustomRole"]
        if below.startswith("roledefinitions/"):
            return self.roles.get(below.rpartition("/")[2])
        if path in self.items:
            return self.items[path]
        parent, _, kind = path.rpartition("/")
        in_subscription = re.fullmatch(r"(/subscriptions/[^/]+)/providers/([^/]+/[^/]+)", path)
        if in_subscription and not in_subscription[2].startswith("microsoft.insights/diag"):
            start, wanted = f"{in_subscription[1]}/", in_subscription[2]
            return [each for name, each in self.items.items() if name.startswith(start) and _type(each) == wanted]
        if kind in ("default", "current", "web"):
            return None
        return [each for name, each in self.items.items() if name.rpartition("/")[0] == f"{parent}/{kind}"]

    def _assignments(self, scope: str, chosen: str) -> list[dict[str, Any]]:
        at = [
            each
            for each in self.assignments
            if each["properties"]["scope"].lower().startswith(scope)
            or not each["properties"]["scope"].lower().startswith("/subscriptions/")
        ]
        wanted = re.search(r"assignedTo\('([^']+)'\)", chosen)
        return [each for each in at if not wanted or each["properties"]["principalId"] == wanted[1]]

    def _page(self, found: list[dict[str, Any]], asked: Mapping[str, str], address: str) -> dict[str, Any]:
        start = int(asked.get("$skiptoken", "0"))
        said: dict[str, Any] = {"value": found[start : start + self.page]}
        if start + self.page < len(found):
            kept = {name: asked[name] for name in ("api-version", "$filter") if name in asked}
            words = {**kept, "$skiptoken": str(start + self.page)}
            query = "&".join(f"{name}={quote(value)}" for name, value in words.items())
            said["nextLink"] = f"{address}?{query}"
        return said

    def _graph(self, asked: Mapping[str, Any]) -> Answered:
        steps = [each.strip() for each in asked["query"].split("|")]
        columns = dict(_columns(next(each for each in steps if each.startswith("project "))[len("project ") :]))
        words = dict(_conditions(steps))
        wanted = words.pop("type", "")
        rows = [
            {**each, "type": _type(each), "subscriptionId": name.split("/")[2]}
            for name, each in sorted(self.items.items())
            if name.split("/")[2] in asked["subscriptions"]
            and (_type(each) == wanted if wanted else not NOT_IN_THE_GRAPH.search(_type(each)))
            and not any(re.search(one, name) for one in self.hidden)
            and all(str(_dig(each, place)).lower() == word for place, word in words.items())
        ]
        if counted := next((each for each in steps if each.startswith("summarize ")), ""):
            status, said, headers = self._graph_says(*_groups(rows, counted), self.groups, asked["options"])
            more = said.pop("$skipToken", "")
            return status, {**said, **({"resultTruncated": "true"} if more else {})}, headers
        return self._graph_says(rows, columns, self.page, asked["options"])

    def _graph_says(
        self, rows: list[dict[str, Any]], columns: Mapping[str, str], size: int, options: Mapping[str, Any]
    ) -> Answered:
        size = min(options["$top"], size, 1000)
        start = int(base64.b64decode(options.get("$skipToken", "MA==")))
        data = [{name: _dig(row, place) for name, place in columns.items()} for row in rows[start : start + size]]
        said = {"totalRecords": len(rows), "count": len(data), "data": data, "facets": [], "resultTruncated": "false"}
        if start + size < len(rows):
            said["$skipToken"] = base64.b64encode(str(start + size).encode()).decode()
        headers = {"x-ms-user-quota-remaining": self.quota, "x-ms-user-quota-resets-after": "00:00:00"}
        return 200, {**said, **self.graph_says}, headers


class AzureServer:
    """The server, on a port of its own. `with AzureServer(azure) as server: server.url`."""

    def __init__(self, azure: Azure) -> None:
        self.azure = azure

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name it has
                """Nothing: tests look at what was asked."""

            def _any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                base = f"http://{self.headers['Host']}"
                given = {name.lower(): value for name, value in self.headers.items()}
                status, said, headers = azure.answer(self.command, self.path, given, body, base)
                sent = said if isinstance(said, bytes) else json.dumps(said).encode()
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", "x-ms-request-id": "r-1", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            do_GET = do_POST = _any  # noqa: N815 - the names that the library calls

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(POLL_SECONDS,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def token(**claims: str) -> str:
    """What a token of Entra looks like, with the claims that say whom it is about
    (learn.microsoft.com/entra/identity-platform/access-token-claims-reference)."""

    def part(said: Mapping[str, object]) -> str:
        return base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'RS256', 'typ': 'JWT'})}.{part({'oid': OBJECT, 'tid': TENANT, **claims})}.c2lnbmVk"


def _refusal(status: int, code: str, message: str) -> Answered:
    return status, {"error": {"code": code, "message": message}}, {}


def _type(item: Mapping[str, Any]) -> str:
    return str(item.get("type", "")).lower()


def _columns(text: str) -> Iterator[tuple[str, str]]:
    for each in text.split(","):
        name, _, place = (part.strip() for part in each.partition("="))
        yield name, place or name


def _conditions(steps: list[str]) -> Iterator[tuple[str, str]]:
    """The places of `where PLACE =~ 'WORD'`, and the words in lower case."""
    for each in steps:
        if found := re.fullmatch(r"where (\S+) =~ '([^']*)'", each):
            yield found[1], found[2].lower()


def _groups(rows: list[dict[str, Any]], step: str) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The rows of `summarize NAME = count(), NAME = max(…) by NAME = …`, which come in one page
    (learn.microsoft.com/azure/governance/resource-graph/concepts/query-language, "Supported tabular/top level
    operators"), and their columns."""
    sums, _, keys = step.removeprefix("summarize ").partition(" by ")
    grouped: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    names = dict(_columns(keys))
    for row in rows:
        grouped.setdefault(tuple(_text(row, place) for place in names.values()), []).append(row)
    found = []
    for key, several in sorted(grouped.items()):
        said: dict[str, Any] = {"id": ";".join(key), **dict(zip(names, key, strict=True))}
        for name, how in _columns(sums):
            said[name] = len(several) if how == "count()" else max((_dig(each, _bare(how)) or "") for each in several)
        found.append(said)
    return found, {name: name for name in ("id", *names, *dict(_columns(sums)))}


def _text(row: Mapping[str, Any], place: str) -> str:
    found = str(_dig(row, _bare(place)) or "")
    return found.lower() if place.startswith("tolower(") else found


def _bare(place: str) -> str:
    """A place without the functions around it."""
    return place.rpartition("(")[2].rstrip(")")


def _dig(row: Mapping[str, Any], place: str) -> Any:
    if counted := re.fullmatch(r"array_length\((.+)\)", place):
        found = _dig(row, counted[1])
        return len(found) if isinstance(found, list) else None
    found = row
    for name in place.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found
