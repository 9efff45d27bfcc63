"""PDF documents, for archives and for people who read on paper: cover, contents, bookmarks, page numbers.

Made of HTML by WeasyPrint, of the extra `pdf`. The same input on the same machine gives the same bytes: dates come from
what is told, never from a clock. Nothing is fetched: a document that names a file or an address does not get it.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import logging
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any

from core import __version__
from core.errors import AnnexaError
from exports import words
from exports.html import environment, own

LONGEST_HEAD = 72
"""Letters of the scope and the period at the head of each page; the first page has all of them."""
_UNDRAWN = re.compile(r"\(U\+([0-9A-F]{4,6})\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """What the first page says; `scope` and `period` stand at the head of all others, too.

    `made` is the moment of the document, in its properties as well.
    """

    title: str
    lead: str
    scope: str
    period: str
    made: datetime
    facts: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the contents: a heading of this level, and what it is linked by."""

    level: int
    id: str
    text: str


def render(template: str, cover: Cover, **values: object) -> bytes:
    """The PDF that a template makes of these values. It extends `paper.html` and fills its block `body`.

    Headings `h2` and `h3` with an id are the contents. Where the fonts of this machine lack letters, the document says
    which. Raises `AnnexaError` where the extra, or a library it needs, is not there.
    """
    weasyprint = _weasyprint()
    text = _page(template, cover, values, ())
    content, undrawn = _written(weasyprint, text)
    if undrawn:
        content, _ = _written(weasyprint, _page(template, cover, values, undrawn))
    return content


def _page(template: str, cover: Cover, values: Mapping[str, object], undrawn: Sequence[str]) -> str:
    """The document as HTML, with its contents."""
    made = environment()
    given: dict[str, Any] = {
        **values,
        "cover": cover,
        "head": [_cut(cover.scope), _cut(cover.period)],
        "undrawn": undrawn,
        "version": __version__,
        "created": f"{cover.made.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "style": own("paper.css"),
    }
    body = made.get_template(template).render(**given, contents=())
    return made.get_template(template).render(**given, contents=_contents(body))


def _written(weasyprint: Any, text: str) -> tuple[bytes, tuple[str, ...]]:
    """The PDF, and the letters that no font of this machine draws."""
    with _listening() as said:
        nothing = weasyprint.urls.URLFetcher(allowed_protocols=())
        content: bytes = weasyprint.HTML(string=text, url_fetcher=nothing).write_pdf(
            pdf_identifier=sha256(text.encode()).digest()[:16], pdf_tags=True
        )
    return content, tuple(sorted({found[1] for line in said if (found := _UNDRAWN.search(line))}))


@contextlib.contextmanager
def _listening() -> Iterator[list[str]]:
    """What WeasyPrint says meanwhile, instead of on the terminal."""
    said: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    logger, listener = logging.getLogger("weasyprint"), Listener()
    spread, logger.propagate = logger.propagate, False
    logger.addHandler(listener)
    try:
        yield said
    finally:
        logger.removeHandler(listener)
        logger.propagate = spread


class _Headings(HTMLParser):
    """Collects the headings that have an id."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Entry] = []
        self._inside: tuple[int, str] | None = None
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = dict(attrs).get("id")
        if tag in ("h2", "h3") and name:
            self._inside, self._text = (int(tag[1]), name), []

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if self._inside and tag == f"h{self._inside[0]}":
            self.found.append(Entry(*self._inside, " ".join("".join(self._text).split()).removesuffix(".")))
            self._inside = None


def _contents(body: str) -> list[Entry]:
    reader = _Headings()
    reader.feed(body)
    reader.close()
    return reader.found


def _cut(text: str) -> str:
    """As much of a text as the head of a page holds."""
    line = words.visible(" ".join(text.split()))
    return line if len(line) <= LONGEST_HEAD else f"{line[: LONGEST_HEAD - 1].rstrip()}…"


def _weasyprint() -> Any:
    """The library, loaded when it is needed: it takes a second. Raises `AnnexaError`."""
    try:
        # It prints a page of advice where a library is missing; ours is shorter, and names the packages.
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            return importlib.import_module("weasyprint")
    except ImportError as error:
        raise AnnexaError(f"PDF needs the extra `pdf`: {error}", "pip install 'annexa[pdf]'") from error
    except OSError as error:
        raise AnnexaError(
            f"PDF needs libraries that this machine has not: {str(error).splitlines()[0]}",
            "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0, and fonts for what you write",
        ) from error
