"""Fetching over HTTP from a server that misbehaves on demand, and from the real mirror."""

from __future__ import annotations

import fcntl
import hashlib
import itertools
import re
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from bench.datasets.fetch import FetchReport, fetch
from bench.io.documents import read_document
from bench.io.problems import ProblemsError

COMMIT = "0123456789abcdef0123456789abcdef01234567"
HOME = f"lab/arm/{COMMIT}"
Fields = Mapping[str, str]
NONE: Fields = MappingProxyType({})
SMALL = b"joint\n"
LARGE = bytes(range(256)) * 4000  # 1,024,000 bytes: more than one read


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def source_of(contents: dict[str, bytes], url: str = "http://127.0.0.1:9/") -> dict[str, Any]:
    files = [{"path": p, "size": len(c), "sha256": sha(c)} for p, c in contents.items()]
    tree = {"name": "run-a", "repository": "lab/arm", "commit": COMMIT, "url": url}
    return {
        "schema": "twinbench/source/1",
        "dataset": "example",
        "trees": [tree | {"licence": "MIT", "files": files}],
    }


class Handler(BaseHTTPRequestHandler):
    """Serves `server.contents`; the next act of a path, if any, takes the place of that."""

    server: Server

    def do_GET(self) -> None:
        path, wanted = self.path, self.headers["Range"]
        self.server.seen.append((path, wanted))
        acts = self.server.acts.get(path, [])
        if acts:
            acts.pop(0)(self)
        elif path not in self.server.contents:
            self.answer(404, b"nothing here")
        elif wanted and self.server.ranges:
            data = self.server.contents[path]
            found = re.fullmatch(r"bytes=(\d+)-(\d*)", wanted)
            assert found
            first, last = int(found[1]), int(found[2] or len(data) - 1)
            span = f"bytes {first}-{last}/{len(data)}"
            self.answer(206, data[first : last + 1], fields={"Content-Range": span})
        else:
            self.answer(200, self.server.contents[path])

    def answer(
        self, status: int, body: bytes, *, length: int | None = -1, fields: Fields = NONE
    ) -> None:
        """Answer; `length` overrides Content-Length, None leaves it out."""
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name, value)
        if length is not None:
            self.send_header("Content-Length", str(len(body) if length == -1 else length))
        self.end_headers()
        self.wfile.write(body)
        self.server.sent.append(len(body))

    def log_message(self, *_parts: object) -> None:
        """Keep quiet."""


class Server(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.contents: dict[str, bytes] = {}
        self.acts: dict[str, list[Callable[[Handler], None]]] = {}
        self.seen: list[tuple[str, str | None]] = []
        self.sent: list[int] = []
        self.ranges = True
        self.ended = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"

    def handle_error(self, *_about: object) -> None:
        """A client that hangs up is part of the tests."""

    def offer(self, contents: dict[str, bytes], prefix: str = HOME) -> None:
        self.contents |= {f"/{prefix}/{path}": data for path, data in contents.items()}

    def act(self, path: str, *acts: Callable[[Handler], None]) -> None:
        self.acts[f"/{HOME}/{path}"] = list(acts)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield running
        running.ended.set()
        running.shutdown()
        thread.join()


class Waits:
    """A sleep that only notes for how long."""

    def __init__(self) -> None:
        self.noted: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.noted.append(seconds)


def get(server: Server, place: Path, contents: dict[str, bytes], **options: Any) -> FetchReport:
    defaults: dict[str, Any] = {"mirror": server.url, "timeout": 5.0, "sleep": Waits()}
    return fetch(source_of(contents), place, **(defaults | options))


def problems(server: Server, place: Path, contents: dict[str, bytes], **options: Any) -> list[str]:
    with pytest.raises(ProblemsError) as raised:
        get(server, place, contents, **options)
    return [str(p).replace(HOME, "HOME") for p in raised.value.problems]


def on_disk(place: Path) -> dict[str, bytes]:
    return {
        p.relative_to(place).as_posix(): p.read_bytes() for p in place.rglob("*") if p.is_file()
    }


def placed(contents: dict[str, bytes]) -> dict[str, bytes]:
    return {f"{HOME}/{path}": data for path, data in contents.items()}


def cut_after(sent: int, data: bytes) -> Callable[[Handler], None]:
    return lambda handler: handler.answer(200, data[:sent], length=len(data))


def status(code: int, fields: Fields = NONE) -> Callable[[Handler], None]:
    return lambda handler: handler.answer(code, b"no", fields=fields)


def redirect(target: str, code: int = 302) -> Callable[[Handler], None]:
    return status(code, {"Location": target})


def hang(handler: Handler) -> None:
    handler.server.ended.wait()


THREE = {"a/one.csv": LARGE, "a/two two.csv": SMALL, "b/ünï#?.csv": b""}


def test_every_file_comes_to_its_place(server: Server, tmp_path: Path) -> None:
    server.offer({"a/one.csv": LARGE, "a/two%20two.csv": SMALL, "b/%C3%BCn%C3%AF%23%3F.csv": b""})
    report = get(server, tmp_path / "raw", THREE)
    assert on_disk(tmp_path / "raw") == placed(THREE)
    assert report == FetchReport(tuple(placed(THREE)), (), (), len(LARGE) + len(SMALL))


def test_upstream_uses_the_url_of_the_tree(server: Server, tmp_path: Path) -> None:
    server.offer({"one": SMALL}, prefix="elsewhere/raw")
    source = source_of({"one": SMALL}, url=server.url + "elsewhere/raw/")
    fetch(source, tmp_path, mirror=None, timeout=5.0)
    assert on_disk(tmp_path) == placed({"one": SMALL})


def test_second_run_fetches_nothing(server: Server, tmp_path: Path) -> None:
    server.offer({"one": LARGE, "two": SMALL})
    get(server, tmp_path, {"one": LARGE, "two": SMALL})
    server.seen.clear()
    report = get(server, tmp_path, {"one": LARGE, "two": SMALL})
    assert (report.fetched, report.kept) == ((), (f"{HOME}/one", f"{HOME}/two"))
    assert server.seen == []


def test_only_what_is_missing_or_wrong_is_fetched(server: Server, tmp_path: Path) -> None:
    contents = {"kept": b"kept", "longer": b"1234", "other": b"abcd", "missing": b"new"}
    server.offer(contents)
    home = tmp_path / HOME
    home.mkdir(parents=True)
    for name, data in {"kept": b"kept", "longer": b"12345", "other": b"abcX"}.items():
        (home / name).write_bytes(data)
    report = get(server, tmp_path, contents)
    assert report.kept == (f"{HOME}/kept",)
    assert report.fetched == (f"{HOME}/longer", f"{HOME}/other", f"{HOME}/missing")
    assert on_disk(tmp_path) == placed(contents)


def test_unlisted_files_are_told_and_left(server: Server, tmp_path: Path) -> None:
    server.offer({"one": SMALL})
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "mine.txt").write_bytes(b"mine")
    (tmp_path / "folder").symlink_to(tmp_path / "notes")
    report = get(server, tmp_path, {"one": SMALL})
    assert report.extra == ("folder", "notes/mine.txt")
    assert (tmp_path / "notes" / "mine.txt").read_bytes() == b"mine"


def test_a_link_at_the_place_is_replaced_and_its_target_left(
    server: Server, tmp_path: Path
) -> None:
    server.offer({"one": SMALL})
    cache = tmp_path / "cache"
    cache.write_bytes(b"old")
    place = tmp_path / "raw" / HOME / "one"
    place.parent.mkdir(parents=True)
    place.symlink_to(cache)
    get(server, tmp_path / "raw", {"one": SMALL})
    assert (place.is_symlink(), place.read_bytes(), cache.read_bytes()) == (False, SMALL, b"old")


def test_redirects_are_followed_with_the_range(server: Server, tmp_path: Path) -> None:
    server.offer({"real": LARGE})
    server.act("one", cut_after(1000, LARGE), redirect("step"))
    server.act("step", redirect(f"/{HOME}/real", 308))
    get(server, tmp_path, {"one": LARGE})
    assert on_disk(tmp_path) == placed({"one": LARGE})
    assert server.seen[-1] == (f"/{HOME}/real", f"bytes=1000-{len(LARGE) - 1}")


def test_a_loop_of_redirects_ends(server: Server, tmp_path: Path) -> None:
    server.act("one", *[redirect("one")] * 50)
    assert problems(server, tmp_path, {"one": SMALL}) == [
        f"http_status: HOME/one from {server.url}HOME/one: expected at most 10 redirects, came more"
    ]
    assert len(server.seen) == 11


@pytest.mark.parametrize("target", ["ftp://127.0.0.1/x", "file:///etc/hostname", "http://[", ""])
def test_redirects_lead_to_http_only(server: Server, tmp_path: Path, target: str) -> None:
    server.act("one", redirect(target))
    assert problems(server, tmp_path, {"one": SMALL}) == [
        f"http_status: HOME/one from {server.url}HOME/one: expected a redirect to an http or https "
        f"address, came one to {target!r}"
    ]
    assert on_disk(tmp_path) == {}


def test_a_cut_connection_is_resumed_with_the_rest_only(server: Server, tmp_path: Path) -> None:
    server.offer({"one": LARGE})
    server.act("one", cut_after(400_000, LARGE))
    waits = Waits()
    get(server, tmp_path, {"one": LARGE}, sleep=waits)
    assert on_disk(tmp_path) == placed({"one": LARGE})
    path = f"/{HOME}/one"
    assert server.seen == [(path, None), (path, f"bytes=400000-{len(LARGE) - 1}")]
    assert server.sent == [400_000, len(LARGE) - 400_000]
    assert waits.noted == [0.5]


def test_a_later_fetch_resumes(server: Server, tmp_path: Path) -> None:
    server.offer({"one": LARGE})
    server.act("one", cut_after(400_000, LARGE))
    came = f"a connection that was cut {len(LARGE) - 400_000} bytes early"
    assert problems(server, tmp_path, {"one": LARGE}, tries=1) == [
        f"connection: HOME/one from {server.url}HOME/one: expected {len(LARGE)} bytes, came {came}"
    ]
    assert not (tmp_path / HOME / "one").exists()
    report = get(server, tmp_path, {"one": LARGE})
    assert server.sent == [400_000, len(LARGE) - 400_000]
    assert on_disk(tmp_path) == placed({"one": LARGE})
    assert report.extra == ()


def test_a_whole_partial_file_needs_no_request(server: Server, tmp_path: Path) -> None:
    partial = tmp_path / HOME / f".one.{sha(SMALL)[:16]}.part"
    partial.parent.mkdir(parents=True)
    partial.write_bytes(SMALL)
    get(server, tmp_path, {"one": SMALL})
    assert (on_disk(tmp_path), server.seen) == (placed({"one": SMALL}), [])


@pytest.mark.parametrize(("wrong", "waits"), [(b"WRONG", [0.5]), (LARGE + b"longer", [])])
def test_a_wrong_partial_file_is_begun_again(
    server: Server, tmp_path: Path, wrong: bytes, waits: list[float]
) -> None:
    server.offer({"one": LARGE})
    partial = tmp_path / HOME / f".one.{sha(LARGE)[:16]}.part"
    partial.parent.mkdir(parents=True)
    partial.write_bytes(wrong)
    sleep = Waits()
    get(server, tmp_path, {"one": LARGE}, sleep=sleep)
    assert on_disk(tmp_path) == placed({"one": LARGE})
    assert sleep.noted == waits


def test_a_server_without_ranges_begins_again(server: Server, tmp_path: Path) -> None:
    server.ranges = False
    server.offer({"one": LARGE})
    server.act("one", cut_after(400_000, LARGE))
    get(server, tmp_path, {"one": LARGE})
    assert on_disk(tmp_path) == placed({"one": LARGE})
    assert server.sent == [400_000, len(LARGE)]


@pytest.mark.parametrize(
    ("code", "span"),
    [
        (206, f"bytes 0-{len(LARGE) - 1}/{len(LARGE)}"),
        (206, f"bytes 1000-{len(LARGE) - 1}/{len(LARGE) + 1}"),
        (206, f"bytes 1000-{len(LARGE) - 2}/{len(LARGE)}"),
        (206, "nonsense"),
        (416, f"bytes */{len(LARGE)}"),
    ],
)
def test_a_range_that_does_not_fit_begins_again(
    server: Server, tmp_path: Path, code: int, span: str
) -> None:
    server.offer({"one": LARGE})
    part = LARGE[1000:]
    server.act(
        "one",
        cut_after(1000, LARGE),
        lambda handler: handler.answer(code, part, fields={"Content-Range": span}),
    )
    get(server, tmp_path, {"one": LARGE})
    assert on_disk(tmp_path) == placed({"one": LARGE})
    assert [wanted for _, wanted in server.seen] == [None, f"bytes=1000-{len(LARGE) - 1}", None]


def test_wrong_bytes_are_refused_and_the_old_file_stays(server: Server, tmp_path: Path) -> None:
    wrong = b"jOint\n"
    server.offer({"one": wrong, "two": SMALL})
    old = tmp_path / HOME / "one"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"an old version")
    assert problems(server, tmp_path, {"one": SMALL, "two": SMALL}) == [
        f"wrong_hash: HOME/one from {server.url}HOME/one: "
        f"expected SHA-256 {sha(SMALL)}, came {sha(wrong)}"
    ]
    assert on_disk(tmp_path) == placed({"one": b"an old version", "two": SMALL})
    assert [path for path, _ in server.seen].count(f"/{HOME}/one") == 1


@pytest.mark.parametrize(
    ("body", "length", "came"),
    [
        (SMALL + b"and more", -1, "14 bytes"),
        (SMALL + b"and more", None, "more"),
        (SMALL[:4], -1, "4 bytes"),
        (SMALL[:4], None, "4 bytes"),
    ],
    ids=["long", "long-unstated", "short", "short-unstated"],
)
def test_a_body_of_another_length_is_refused(
    server: Server, tmp_path: Path, body: bytes, length: int | None, came: str
) -> None:
    server.act("one", *[lambda handler: handler.answer(200, body, length=length)] * 5)
    assert problems(server, tmp_path, {"one": SMALL}) == [
        f"wrong_size: HOME/one from {server.url}HOME/one: expected 6 bytes, came {came}"
    ]
    assert on_disk(tmp_path) == {}


def test_an_endless_body_is_not_read_to_its_end(server: Server, tmp_path: Path) -> None:
    hung_up = threading.Event()

    def pour(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while not handler.server.ended.is_set():
                handler.wfile.write(LARGE)
        except ConnectionError:
            hung_up.set()

    server.act("one", pour)
    assert problems(server, tmp_path, {"one": SMALL})[0].startswith("wrong_size")
    assert hung_up.wait(60)


def test_all_files_are_tried_and_every_problem_told(server: Server, tmp_path: Path) -> None:
    contents = {f"file-{n}": b"%d" % n for n in range(12)}
    server.offer({name: data for name, data in contents.items() if name != "file-3"})
    server.contents[f"/{HOME}/file-7"] = b"X"
    server.act("file-5", status(403))
    found = problems(server, tmp_path, contents, workers=3)
    assert [line.split(" from ")[0] for line in found] == [
        "missing_file: HOME/file-3",
        "http_status: HOME/file-5",
        "wrong_hash: HOME/file-7",
    ]
    assert found[0].endswith("expected 200 OK, came 404 Not Found")
    assert found[1].endswith("expected 200 OK, came 403 Forbidden")
    good = {
        name: data for name, data in contents.items() if name not in {"file-3", "file-5", "file-7"}
    }
    assert on_disk(tmp_path) == placed(good)


def test_a_busy_server_is_asked_again_when_it_says(server: Server, tmp_path: Path) -> None:
    server.offer({"one": SMALL})
    server.act("one", status(503), status(429, {"Retry-After": "7"}), status(500))
    waits = Waits()
    get(server, tmp_path, {"one": SMALL}, sleep=waits)
    assert waits.noted == [0.5, 7.0, 2.0]
    assert on_disk(tmp_path) == placed({"one": SMALL})


def test_tries_are_bounded_and_so_is_the_wait(server: Server, tmp_path: Path) -> None:
    server.act("one", *[status(503, {"Retry-After": "99999"})] * 50)
    waits = Waits()
    assert problems(server, tmp_path, {"one": SMALL}, sleep=waits, tries=3) == [
        f"http_status: HOME/one from {server.url}HOME/one: "
        "expected 200 OK, came 503 Service Unavailable"
    ]
    assert (len(server.seen), waits.noted) == (3, [30.0, 30.0])


def test_a_server_that_stalls_before_or_within_its_answer(server: Server, tmp_path: Path) -> None:
    def stall(handler: Handler) -> None:
        handler.answer(200, SMALL[:2], length=len(SMALL))
        handler.wfile.flush()
        hang(handler)

    server.offer({"two": SMALL})
    server.act("one", hang)
    server.act("two", stall)
    assert problems(server, tmp_path, {"one": SMALL}, timeout=0.3, tries=1) == [
        f"stalled: HOME/one from {server.url}HOME/one: expected bytes within 0.3 s, came none"
    ]
    get(server, tmp_path, {"two": SMALL}, timeout=0.3)
    assert server.seen[-1] == (f"/{HOME}/two", "bytes=2-5")
    assert on_disk(tmp_path) == placed({"two": SMALL})


def test_answers_that_are_no_http_now_and_then(server: Server, tmp_path: Path) -> None:
    def babble(handler: Handler) -> None:
        handler.wfile.write(b"\x1b[31mhello\r\n\r\n")

    contents = {f"file-{n}": SMALL for n in range(30)}
    server.offer(contents)
    for name in contents:
        server.act(name, babble)
    waits = Waits()
    get(server, tmp_path, contents, workers=1, sleep=waits)
    assert waits.noted == [0.5] * 30
    assert on_disk(tmp_path) == placed(contents)


def test_https_to_a_server_without_it(server: Server, tmp_path: Path) -> None:
    mirror = server.url.replace("http://", "https://")
    (found,) = problems(server, tmp_path, {"one": SMALL}, mirror=mirror, tries=1)
    assert found.startswith(f"connection: HOME/one from {mirror}HOME/one: expected a connection")


def test_a_server_that_never_answers_is_left_alone(tmp_path: Path) -> None:
    with Server() as gone:
        url = gone.url  # nothing listens there once the server is closed
    contents = {f"file-{n:02}": SMALL for n in range(40)}
    with pytest.raises(ProblemsError) as raised:
        fetch(source_of(contents), tmp_path, mirror=url, workers=1, timeout=5.0, sleep=Waits())
    came = [p.came for p in raised.value.problems]
    assert {p.code for p in raised.value.problems} == {"connection"}
    given_up = "not tried: the server failed to answer 20 times in a row"
    assert came == ["Connection refused"] * 4 + [given_up] * 36


def test_progress_never_falls_and_ends_complete(server: Server, tmp_path: Path) -> None:
    contents = {"one": LARGE, "two": SMALL, "three": b"", "four": LARGE[:-1]}
    server.offer(contents)
    server.ranges = False
    server.act("one", cut_after(700_000, LARGE))  # begins again from nothing
    told: list[tuple[int, int, int, int]] = []
    get(server, tmp_path, contents, progress=lambda *numbers: told.append(numbers))
    total = sum(len(data) for data in contents.values())
    assert told[0] == (0, total, 0, 4)
    assert told[-1] == (total, total, 4, 4)
    assert {(size, files) for _, size, _, files in told} == {(total, 4)}
    assert all(a[0] <= b[0] and a[2] <= b[2] for a, b in itertools.pairwise(told))
    assert len(told) > 6
    told.clear()
    get(server, tmp_path, contents, progress=lambda *numbers: told.append(numbers))
    assert told[-1] == (total, total, 4, 4)


def test_an_interruption_leaves_whole_files_only(server: Server, tmp_path: Path) -> None:
    contents = {f"file-{n}": LARGE + b"%d" % n for n in range(6)}
    server.offer(contents)
    server.act("file-0", hang)
    old = tmp_path / HOME / "file-0"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"old")

    def interrupt(_done: int, _total: int, files: int, _all: int) -> None:
        if files == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        get(server, tmp_path, contents, workers=2, timeout=250.0, progress=interrupt)
    assert not [t for t in threading.enumerate() if t.name.startswith("fetch-")]
    final = {path: data for path, data in on_disk(tmp_path).items() if not path.endswith(".part")}
    whole = placed(contents)
    assert final.pop(f"{HOME}/file-0") == b"old"
    assert len(final) >= 2
    assert final == {path: whole[path] for path in final}
    server.ended.set()
    report = get(server, tmp_path, contents)
    assert on_disk(tmp_path) == whole
    assert set(final) <= set(report.kept)


def test_a_signal_ends_a_fetch_that_waits(server: Server, tmp_path: Path) -> None:
    main = threading.main_thread().ident
    assert main is not None

    def interrupt(handler: Handler) -> None:
        signal.pthread_kill(main, signal.SIGINT)
        hang(handler)

    server.act("one", interrupt)
    with pytest.raises(KeyboardInterrupt):
        get(server, tmp_path, {"one": SMALL}, timeout=250.0)
    assert not [t for t in threading.enumerate() if t.name.startswith("fetch-")]
    assert on_disk(tmp_path) == {}


def test_what_another_process_writes_is_left_to_it(server: Server, tmp_path: Path) -> None:
    server.offer({"one": SMALL})
    partial = tmp_path / HOME / f".one.{sha(SMALL)[:16]}.part"
    partial.parent.mkdir(parents=True)
    with partial.open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        (found,) = problems(server, tmp_path, {"one": SMALL}, tries=2)
        assert found.startswith("in_use: HOME/one")
        assert (partial.exists(), server.seen) == (True, [])
    get(server, tmp_path, {"one": SMALL})
    assert on_disk(tmp_path) == placed({"one": SMALL})


def test_a_place_that_cannot_be_written(server: Server, tmp_path: Path) -> None:
    server.offer({"a/one": SMALL, "b/two": SMALL, "c": SMALL})
    (tmp_path / HOME).mkdir(parents=True)
    (tmp_path / HOME / "a").write_bytes(b"a file where a folder is needed")
    (tmp_path / HOME / "c").mkdir()
    found = problems(server, tmp_path, {"a/one": SMALL, "b/two": SMALL, "c": SMALL})
    assert [line.split(" from ")[0] for line in found] == [
        "not_written: HOME/a/one",
        "not_written: HOME/c",
    ]
    assert (tmp_path / HOME / "b" / "two").read_bytes() == SMALL
    (tmp_path / "file").write_bytes(b"")
    assert problems(server, tmp_path / "file", {"one": SMALL}) == [
        f"not_written: {tmp_path}/file: expected a folder to write to, came File exists"
    ]


@pytest.mark.parametrize("option", [{"workers": 0}, {"tries": 0}, {"timeout": 0.0}])
def test_numbers_out_of_range(tmp_path: Path, option: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        fetch(source_of({"one": SMALL}), tmp_path, mirror=None, **option)


@pytest.mark.recordings
def test_the_real_recordings(repository: Path, mirror: Path, tmp_path: Path) -> None:
    source = read_document(repository / "datasets" / "so101-sage" / "source.json", "source")
    report = fetch(source, tmp_path, mirror=mirror)
    assert (len(report.fetched), report.kept, report.extra) == (400, (), ())
    assert report.total_bytes == 143_860_601
    listed = {
        f"{tree['repository']}/{tree['commit']}/{file['path']}": file["sha256"]
        for tree in source["trees"]
        for file in tree["files"]
    }
    assert {path: sha(data) for path, data in on_disk(tmp_path).items()} == listed
    assert fetch(source, tmp_path, mirror=mirror).fetched == ()
