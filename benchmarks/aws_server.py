"""moto's server on loopback, in a process of its own, so that what it costs is not taken for ours.

Run as `python -m benchmarks.aws_server`: it prints its address and serves until its standard input ends. What was
asked it tells at `/_asked`, and forgets it at `/_forget`.
"""

from __future__ import annotations

import io
import json
import logging
import os
import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.request import urlopen

MOTO = {"MOTO_IAM_LOAD_MANAGED_POLICIES": "false", "MOTO_EC2_LOAD_DEFAULT_AMIS": "false"}
"""Without these, moto owns a thousand policies and images that nobody made."""
SIGNED_FOR = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request")

BUCKET = re.compile(rb"<Name>([^<]+)</Name>")
POLICY = re.compile(rb"<Arn>(arn:aws:iam::\w+:policy/(?:[\w-]+/)*([\w-]+))</Arn>")


@contextmanager
def serving() -> Iterator[str]:
    """The address of a server that ends with this context, or with this process, whatever ends it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.aws_server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **MOTO},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


def asked(address: str) -> Counter[str]:
    """How many requests came in since `forget`, by service."""
    with urlopen(f"{address}/_asked") as answer:
        return Counter(json.load(answer))


def forget(address: str) -> None:
    """Count anew."""
    with urlopen(f"{address}/_forget"):
        pass


class Application:
    """moto, with somebody in front of it who counts."""

    def __init__(self) -> None:
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app  # noqa: PLC0415 - slow

        self._moto = DomainDispatcherApplication(create_backend_app)
        self._asked: Counter[str] = Counter()
        self._counting = threading.Lock()

    def __call__(self, environment: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path = environment["PATH_INFO"]
        if path in ("/_asked", "/_forget"):
            with self._counting:
                said = json.dumps(self._asked).encode()
                if path == "/_forget":
                    self._asked.clear()
            start("200 OK", [("Content-Length", str(len(said)))])
            return [said]
        signed = SIGNED_FOR.search(environment.get("HTTP_AUTHORIZATION", ""))
        with self._counting:
            self._asked[signed[1] if signed else ""] += 1
        asked = environment["wsgi.input"].read(int(environment.get("CONTENT_LENGTH") or 0))
        environment["wsgi.input"] = io.BytesIO(asked)
        status, headers, answer = self._answer(environment)
        kept = [(name, value) for name, value in headers if name.lower() != "content-length"]
        start(status, [*kept, ("Content-Length", str(len(answer)))])
        return [answer]

    def _answer(self, environment: dict[str, Any]) -> tuple[str, Sequence[tuple[str, str]], bytes]:
        begun: list[Any] = []

        def begin(status: str, headers: Sequence[tuple[str, str]], *_: object) -> None:
            begun[:] = [status, headers]

        try:
            answer = b"".join(self._moto(environment, begin))
        except Exception as error:  # noqa: BLE001 - where moto breaks, it lacks the operation: nobody should ask again
            return f"501 {type(error).__name__}", (), b""
        return begun[0], begun[1], _mended(answer)


def _mended(answer: bytes) -> bytes:
    """What AWS says and moto leaves out: the regions of buckets, and the names of policies."""
    if b"<ListAllMyBucketsResult" in answer[:300]:
        return BUCKET.sub(_with_region, answer)
    if b"<GetAccountAuthorizationDetailsResponse" in answer[:300]:
        begin, policies, rest = answer.partition(b"<Policies>")
        named = rb"<Arn>\1</Arn><PolicyName>\2</PolicyName><PolicyId>ANPA-\2</PolicyId>"
        return begin + policies + POLICY.sub(named, rest)
    return answer


def _with_region(found: re.Match[bytes]) -> bytes:
    from moto.s3.models import s3_backends  # noqa: PLC0415 - only this process serves

    region = s3_backends["123456789012"]["aws"].buckets[found[1].decode()].region_name
    return found[0] + f"<BucketRegion>{region}</BucketRegion>".encode()


def main() -> None:
    """Serve until nobody holds the other end of standard input."""
    from werkzeug.serving import WSGIRequestHandler, make_server  # noqa: PLC0415 - only this process serves

    class Quiet(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

        def log(self, *_: object, **__: object) -> None:
            """Nothing."""

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, Application(), threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
