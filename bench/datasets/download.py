"""Where files are fetched from: a mirror (folder or server), or upstream over HTTP and HTTPS."""

from __future__ import annotations

import contextlib
import functools
import http.client
import re
import socket
import ssl
import threading
import urllib.error
import urllib.request
import weakref
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit

from bench.datasets.source import (
    FolderOrigin,
    Origin,
    SourceFile,
    Stream,
    TransferError,
    said,
    wrong_size,
)
from bench.io.problems import Problem, ProblemsError

MAX_REDIRECTS = 10
MAX_SILENCE = 20  # a host that failed to answer so often in a row is not asked again
MAX_WAIT = 30.0  # s, the most that a server's Retry-After is heeded
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BUSY = frozenset({408, 425, 429})
_ABSENT = frozenset({404, 410})


def open_origin(mirror: str | Path | None, timeout: float) -> Origin:
    """The origin that `mirror` names: a folder, a URL (file, http, https), or None for upstream.

    Args:
        mirror: folder or base URL that holds the files as `<owner>/<repo>/<commit>/<path>`.
        timeout: seconds without any byte after which a server counts as stalled.

    Raises:
        ProblemsError: `bad_mirror` (a URL of another kind) or `missing_mirror` (no such folder).
    """
    if mirror is None:
        return WebOrigin(None, timeout)
    if isinstance(mirror, Path) or "://" not in mirror:
        return FolderOrigin(Path(mirror))
    try:
        parts = urlsplit(mirror)
        scheme, host, user = parts.scheme, parts.hostname or "", parts.username
    except ValueError:
        raise _bad_mirror("no valid URL") from None
    if parts.query or parts.fragment or user is not None:
        # Not repeated: it may hold a password.
        raise _bad_mirror("a URL with user name, query or fragment")
    if scheme == "file" and host in ("", "localhost"):
        return FolderOrigin(Path(unquote(parts.path)))
    if scheme in ("http", "https") and host:
        return WebOrigin(mirror.rstrip("/") + "/", timeout)
    raise _bad_mirror(ascii(mirror[:120]))


def _bad_mirror(came: str) -> ProblemsError:
    expected = "a folder, or a plain URL that begins with file, http or https"
    return ProblemsError([Problem("bad_mirror", "mirror", expected, came)])


class WebOrigin:
    """A server: a mirror under a base URL, or each file at its upstream address."""

    def __init__(self, base: str | None, timeout: float) -> None:
        """Fetch from `base` (upstream if None); `timeout` in seconds is for each wait."""
        self._base, self._timeout = base, timeout
        self._sockets = _Sockets()
        self._silence: dict[str, int] = {}
        self._opener = urllib.request.OpenerDirector()
        # Without urllib's own handlers for redirects and errors: they read bodies of any length.
        for handler in (
            urllib.request.ProxyHandler(),
            _HttpHandler(self._sockets),
            _HttpsHandler(self._sockets),
        ):
            self._opener.add_handler(handler)

    def address(self, file: SourceFile) -> str:
        """URL of the file."""
        return file.url if self._base is None else self._base + quote(file.path)

    def open(self, file: SourceFile, start: int) -> Stream:
        """Ask for the file from byte `start`; a server may begin at 0 instead."""
        response = self._request(self.address(file), start, file.size)
        try:
            return self._stream(response, start, file.size)
        except _NoRangeError:
            return self.open(file, 0)
        except TransferError:
            response.close()
            raise

    def cancel(self) -> None:
        """Cut every connection."""
        self._sockets.cut()

    def _stream(self, response: http.client.HTTPResponse, start: int, size: int) -> Stream:
        status = response.status
        if start > 0 and status in (206, 416):
            if status == 416 or not _continues(response.headers["Content-Range"], start, size):
                response.close()
                raise _NoRangeError
        elif status != 200:
            raise _refused(response)
        else:
            start = 0
        if response.length is not None and start + response.length != size:
            raise wrong_size(size, f"{start + response.length} bytes")
        return _WebStream(response, start, size, self._timeout)

    def _request(self, url: str, start: int, size: int) -> http.client.HTTPResponse:
        """Ask, and follow redirects to http and https."""
        for _ in range(MAX_REDIRECTS + 1):
            response = self._send(url, start, size)
            if response.status not in _REDIRECTS:
                return response
            target = response.headers["Location"]
            response.close()
            url = _joined(url, target)
        raise TransferError("http_status", f"at most {MAX_REDIRECTS} redirects", "more")

    def _send(self, url: str, start: int, size: int) -> http.client.HTTPResponse:
        host = urlsplit(url).netloc
        if self._silence.get(host, 0) >= MAX_SILENCE:
            came = f"not tried: the server failed to answer {MAX_SILENCE} times in a row"
            raise TransferError("connection", "a connection", came)
        headers = {"User-Agent": "twinbench", "Accept-Encoding": "identity"}
        if start > 0:
            headers["Range"] = f"bytes={start}-{size - 1}"
        request = urllib.request.Request(url, headers=headers)
        try:
            response: http.client.HTTPResponse = self._opener.open(request, timeout=self._timeout)
        except (OSError, ValueError, http.client.HTTPException) as error:
            self._silence[host] = self._silence.get(host, 0) + 1
            raise _broken(error, self._timeout) from error
        self._silence[host] = 0
        return response


class _NoRangeError(Exception):
    """The server cannot continue a file where it was left."""


class _WebStream:
    """The body of an answer; a body that ends before its stated length is a cut connection."""

    def __init__(
        self, response: http.client.HTTPResponse, start: int, size: int, timeout: float
    ) -> None:
        self.start = start
        self._response, self._size, self._timeout = response, size, timeout
        self._left = response.length

    def read(self, limit: int) -> bytes:
        if self._left == 0:
            return b""
        try:
            chunk = self._response.read1(limit)
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise _broken(error, self._timeout) from error
        if self._left is not None:
            self._left -= len(chunk)
            if not chunk:
                came = f"a connection that was cut {self._left} bytes early"
                raise TransferError("connection", f"{self._size} bytes", came, again=True)
        return chunk

    def close(self) -> None:
        self._response.close()


def _broken(error: Exception, timeout: float) -> TransferError:
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(reason, TimeoutError):
        return TransferError("stalled", f"bytes within {timeout:g} s", "none", again=True)
    if not isinstance(reason, BaseException):
        return TransferError("connection", "a connection", ascii(reason)[:120])
    # A bad certificate or address stays bad.
    again = not isinstance(reason, ssl.SSLCertVerificationError | ValueError)
    return TransferError("connection", "a connection", said(reason), again=again)


def _refused(response: http.client.HTTPResponse) -> TransferError:
    """The answer has a status other than 200; the server's own words are not repeated."""
    status = response.status
    name = http.client.responses.get(status, "unknown status")
    code = "missing_file" if status in _ABSENT else "http_status"
    after = response.headers.get("Retry-After", "").strip()
    wait = min(float(after), MAX_WAIT) if re.fullmatch(r"[0-9]{1,9}", after) else 0.0
    again = status >= 500 or status in _BUSY
    return TransferError(code, "200 OK", f"{status} {name}", again=again, wait=wait)


def _continues(content_range: str | None, start: int, size: int) -> bool:
    """Whether a Content-Range says: from `start` to the end of a file of `size` bytes."""
    found = re.fullmatch(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)", content_range or "", re.A)
    return found is not None and (
        int(found[1]) == start and int(found[2]) == size - 1 and found[3] in (str(size), "*")
    )


def _joined(url: str, target: str | None) -> str:
    try:
        joined = urljoin(url, target or "")
        parts = urlsplit(joined)
        good = bool(target) and parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    if not good:
        came = "one to " + ascii(target)[:120]
        raise TransferError("http_status", "a redirect to an http or https address", came)
    return joined


class _Sockets:
    """The open sockets, so that one thread can end the waiting of the others."""

    def __init__(self) -> None:
        self._open: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._is_cut = False

    def add(self, opened: socket.socket) -> None:
        with self._lock:
            self._open.add(opened)
            late = self._is_cut
        if late:
            _shut(opened)

    def cut(self) -> None:
        with self._lock:
            self._is_cut = True
            each = list(self._open)
        for opened in each:
            _shut(opened)


def _shut(opened: socket.socket) -> None:
    with contextlib.suppress(OSError):  # closed already
        # Not the method of SSLSocket, which would turn what is still read into plain bytes.
        socket.socket.shutdown(opened, socket.SHUT_RDWR)


class _HttpConnection(http.client.HTTPConnection):
    def __init__(self, sockets: _Sockets, host: str, **options: Any) -> None:
        super().__init__(host, **options)
        self._watch = sockets

    def connect(self) -> None:
        super().connect()
        self._watch.add(self.sock)


class _HttpsConnection(http.client.HTTPSConnection):
    def __init__(self, sockets: _Sockets, host: str, **options: Any) -> None:
        super().__init__(host, **options)
        self._watch = sockets

    def connect(self) -> None:
        super().connect()
        self._watch.add(self.sock)


class _HttpHandler(urllib.request.HTTPHandler):
    def __init__(self, sockets: _Sockets) -> None:
        super().__init__()
        self._sockets = sockets

    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(functools.partial(_HttpConnection, self._sockets), request)


class _HttpsHandler(urllib.request.HTTPSHandler):
    def __init__(self, sockets: _Sockets) -> None:
        self._tls = ssl.create_default_context()
        super().__init__(context=self._tls)
        self._sockets = sockets

    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        connection = functools.partial(_HttpsConnection, self._sockets)
        return self.do_open(connection, request, context=self._tls)
