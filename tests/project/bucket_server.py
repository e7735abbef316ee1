"""A server that speaks of S3 what reading takes (ListObjectsV2, HeadObject, GetObject), strictly.

Whatever else is asked, it refuses, as it does requests that are not signed with its key.
"""

from __future__ import annotations

import hashlib
import threading
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

KEY = "SHOALTESTKEY"


class Bucket:
    """The objects of one bucket: name to bytes and seconds since 1970."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.objects: dict[str, tuple[bytes, int]] = {}
        self.asked: list[str] = []
        self.page = 1000
        self.broken: set[str] = set()
        """Objects that are listed, and whose content nobody may have."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    bucket: Bucket

    def log_message(self, *_):
        """Says nothing."""

    def do_HEAD(self):
        self._object(with_body=False)

    def do_GET(self):
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        if "list-type" in query:
            self._list(query)
        else:
            self._object(with_body=True)

    def _allowed(self):
        if f"Credential={KEY}/" in (self.headers.get("Authorization") or ""):
            return True
        self._answer(403, _error("InvalidAccessKeyId", "no such key"))
        return False

    def _object(self, *, with_body):
        path = unquote(urlsplit(self.path).path)
        self.bucket.asked.append(f"{self.command} {path}")
        if not self._allowed():
            return
        bucket, _, key = path[1:].partition("/")
        found = self.bucket.objects.get(key) if bucket == self.bucket.name else None
        if found is None:
            self._answer(404, b"" if not with_body else _error("NoSuchKey", key))
            return
        if with_body and key in self.bucket.broken:
            self._answer(403, _error("AccessDenied", "this object is not yours"))
            return
        data, at = found
        headers = {
            "ETag": f'"{hashlib.md5(data).hexdigest()}"',
            "Last-Modified": formatdate(at, usegmt=True),
            "Content-Type": "application/octet-stream",
        }
        status = 200
        said = self.headers.get("Range")
        if said and with_body:
            first, last = said.removeprefix("bytes=").split("-")
            end = min(int(last), len(data) - 1) if last else len(data) - 1
            headers["Content-Range"] = f"bytes {first}-{end}/{len(data)}"
            data, status = data[int(first) : end + 1], 206
        self._answer(status, data, headers, with_body=with_body)

    def _list(self, query):
        path = unquote(urlsplit(self.path).path)
        self.bucket.asked.append("LIST")
        if not self._allowed():
            return
        if path.strip("/") != self.bucket.name:
            self._answer(404, _error("NoSuchBucket", "there is no such bucket"))
            return
        assert "delimiter" not in query, "not spoken here"
        prefix = query.get("prefix", [""])[0]
        after = query.get("continuation-token", [""])[0]
        keys = [it for it in sorted(self.bucket.objects) if it.startswith(prefix) and it > after]
        most = min(int(query.get("max-keys", ["1000"])[0]), self.bucket.page)
        more, keys = len(keys) > most, keys[:most]
        items = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{len(self.bucket.objects[key][0])}</Size>"
            f"<LastModified>{_iso(self.bucket.objects[key][1])}</LastModified>"
            "<StorageClass>STANDARD</StorageClass></Contents>"
            for key in keys
        )
        token = f"<NextContinuationToken>{escape(keys[-1])}</NextContinuationToken>" if more else ""
        text = (
            '<?xml version="1.0"?><ListBucketResult '
            'xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
            f"<Name>{self.bucket.name}</Name><Prefix>{escape(prefix)}</Prefix>"
            f"<KeyCount>{len(keys)}</KeyCount><MaxKeys>{most}</MaxKeys>"
            f"<IsTruncated>{str(more).lower()}</IsTruncated>{items}{token}</ListBucketResult>"
        )
        self._answer(200, text.encode(), {"Content-Type": "application/xml"})

    def _answer(self, status, data, headers=None, *, with_body=True):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if with_body:
            self.wfile.write(data)


def _iso(at):
    from datetime import UTC, datetime

    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _error(code, message):
    return f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()


@contextmanager
def serving_bucket(name):
    """The bucket and the address of its server."""
    bucket = Bucket(name)
    handler = type("Handler", (_Handler,), {"bucket": bucket})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield bucket, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
