"""Pages that lead astray: each says that the next one is itself, or is on another server."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import urlencode

from tests.https_server import Answer, Asked, Said

ITSELF, OTHER_SERVER = "itself", "another server"
NEXT_LINK = "@odata.nextLink"


def misleading(answer: Answer, url: str, way: str) -> Answer:
    """What a server says, but for the way to the next page wherever there is one."""

    def astray(asked: Asked) -> Said:
        said = answer(asked)
        onward = f"{url}{asked.path}?{urlencode(asked.query)}" if way == ITSELF else "https://elsewhere.example/next"
        link = next((each for each in said.headers if each.lower() == "link"), "")
        if link and 'rel="next"' in said.headers[link]:
            said = replace(said, headers={**said.headers, link: f'<{onward}>; rel="next"'})
        data = _object(said)
        return replace(said, body={**data, NEXT_LINK: onward}) if data.get(NEXT_LINK) else said

    return astray


def _object(said: Said) -> dict[str, object]:
    try:
        data = json.loads(said.data)
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}
