"""What may be done to a sealed holdout, and what must come of it.

Each case changes a sealed dataset, and says which problem opening it must give: when the files are
changed alone, and when whoever changed them also wrote size and SHA-256 of the new sealed file into
`sealed.json`. An empty code stands for a change that is not found.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.datasets.sealing.archive import pack
from bench.datasets.sealing.commitment import sealed_document, sealed_truth
from bench.datasets.sealing.header import RESULTS, make_header, people_hash
from bench.datasets.sealing.seal import seal
from bench.datasets.sealing.sealed_file import write_sealed
from bench.datasets.split import lock_root
from bench.io.workspace import DatasetPaths
from tests.datasets.sealing.made import drawn, key_pair, make_split

ORGANISER, PUBLIC = key_pair("Alice")
STRANGER, STRANGER_PUBLIC = key_pair("Mallory")
NAME = "toy"
CHUNK = 65536 + 16
ROOT = 11 + len(NAME)
"""Where the root begins; what follows stands behind it."""
PEOPLE, SALT, COUNT = ROOT + 32, ROOT + 64, ROOT + 96
RECIPIENT, EPHEMERAL, WRAPPED = COUNT + 1, COUNT + 33, COUNT + 65
MAC = WRAPPED + 48
PAYLOAD = MAC + 32

Change = Callable[[DatasetPaths], None]


@dataclass(frozen=True)
class Case:
    """A change and what comes of it.

    Attributes:
        what: as the page names it.
        change: makes it.
        alone: code of the problem if `sealed.json` stays as it was.
        forged: code if `sealed.json` was made to fit.
    """

    what: str
    change: Change
    alone: str
    forged: str


def _bytes(change: Callable[[bytes], bytes]) -> Change:
    def apply(paths: DatasetPaths) -> None:
        place = sealed_truth(paths)
        before = place.read_bytes()
        after = change(before)
        assert after != before
        place.write_bytes(after)

    return apply


def flip(at: int) -> Change:
    """One bit of one byte."""
    return _bytes(lambda data: data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])


def _chunks(data: bytes) -> list[bytes]:
    return [data[i : i + CHUNK] for i in range(PAYLOAD, len(data), CHUNK)]


def _rechunked(change: Callable[[list[bytes]], list[bytes]]) -> Change:
    return _bytes(lambda data: data[:PAYLOAD] + b"".join(change(_chunks(data))))


def _json(path: Callable[[DatasetPaths], Path], change: Callable[[dict], None]) -> Change:  # type: ignore[type-arg]
    def apply(paths: DatasetPaths) -> None:
        document = json.loads(path(paths).read_text())
        change(document)
        path(paths).write_text(json.dumps(document))

    return apply


def _sealed(change: Callable[[dict], object]) -> Change:  # type: ignore[type-arg]
    return _json(sealed_document, lambda document: change(document) and None)


def _elsewhere(paths: DatasetPaths, name: str, seed: int, to: object = PUBLIC) -> DatasetPaths:
    other = make_split(paths.root.parent / f"other-{name}-{seed}", name, seed=seed)
    seal(other, [to], source=drawn(f"other {name} {seed}"))  # type: ignore[list-item]
    return other


def _another_dataset(paths: DatasetPaths) -> None:
    shutil.copyfile(sealed_truth(_elsewhere(paths, "other", 0)), sealed_truth(paths))


def _another_holdout(paths: DatasetPaths) -> None:
    shutil.copyfile(sealed_truth(_elsewhere(paths, NAME, 1)), sealed_truth(paths))


def _another_organiser(paths: DatasetPaths) -> None:
    other = _elsewhere(paths, NAME, 0, STRANGER_PUBLIC)
    shutil.copyfile(sealed_truth(other), sealed_truth(paths))


def _sealed_again(paths: DatasetPaths) -> None:
    shutil.copyfile(sealed_truth(_elsewhere(paths, NAME, 0)), sealed_truth(paths))


def _other_truth(paths: DatasetPaths) -> None:
    """A stranger seals another truth to the organiser's public key, for the right lock."""
    store = make_split(paths.root.parent / "forged", NAME).part("holdout_truth")
    text = (store / "zarr.json").read_text()
    (store / "zarr.json").write_text(text.replace('"group": "c"', '"group": "d"'))
    root = bytes.fromhex(json.loads(paths.lock.read_text())["root"])
    people = people_hash(json.loads(sealed_document(paths).read_text())["organisers"])
    data_key = bytes(32)
    header = make_header(NAME, root, [PUBLIC.raw], data_key, drawn("forged"), people)
    write_sealed(sealed_truth(paths), header, data_key, pack(store))


def _results(paths: DatasetPaths) -> None:
    """The head says that results follow, not the truth."""
    _bytes(lambda data: data[:9] + bytes([RESULTS]) + data[10:])(paths)


def _all_of_another(paths: DatasetPaths) -> None:
    """Lock, sealed.json and sealed file of another holdout of the same name."""
    other = _elsewhere(paths, NAME, 3)
    for place in (sealed_truth, sealed_document, lambda p: p.lock):
        shutil.copyfile(place(other), place(paths))


def _lock(change: Callable[[dict], None]) -> Change:  # type: ignore[type-arg]
    return _json(lambda paths: paths.lock, change)


def _change_episode(lock: dict) -> None:  # type: ignore[type-arg]
    lock["episodes"][0]["hash"] = "0" * 64


def _change_lock(lock: dict) -> None:  # type: ignore[type-arg]
    _change_episode(lock)
    lock["root"] = lock_root(lock["episodes"])


def forge(paths: DatasetPaths) -> None:
    """Write size and SHA-256 of the sealed file as it is into `sealed.json`."""
    data = sealed_truth(paths).read_bytes()
    document = json.loads(sealed_document(paths).read_text())
    document |= {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    sealed_document(paths).write_text(json.dumps(document))


def _cut_chunk(chunks: list[bytes]) -> list[bytes]:
    return [*chunks[:1], *chunks[2:]]


def _swap(chunks: list[bytes]) -> list[bytes]:
    return [chunks[1], chunks[0], *chunks[2:]]


def _contact(document: dict) -> None:  # type: ignore[type-arg]
    document["organisers"][0]["contact"] = "mallory@example.org"


def _drop_file(paths: DatasetPaths) -> None:
    sealed_truth(paths).unlink()


CASES = (
    Case("a bit of the first eight bytes", flip(0), "sealed_form", "sealed_form"),
    Case("the version of the format", flip(8), "sealed_form", "sealed_form"),
    Case("a bit of the kind of content", flip(9), "sealed_form", "sealed_form"),
    Case("the kind of content: results", _results, "sealed_other", "sealed_other"),
    Case("a bit of the dataset's name", flip(11), "sealed_other", "sealed_other"),
    Case("a bit of the root", flip(ROOT), "sealed_other", "sealed_other"),
    Case("a bit of what binds the organisers", flip(PEOPLE), "sealed_other", "sealed_other"),
    Case("a bit of the salt", flip(SALT), "sealed_changed", "sealed_head"),
    Case("a bit of an organiser's id", flip(RECIPIENT), "sealed_other", "sealed_other"),
    Case("a bit of an ephemeral key", flip(EPHEMERAL), "sealed_changed", "sealed_wrap"),
    Case("a bit of a wrapped key", flip(WRAPPED), "sealed_changed", "sealed_wrap"),
    Case("a bit of the head's HMAC", flip(MAC), "sealed_changed", "sealed_head"),
    Case("a bit of a chunk", flip(PAYLOAD + CHUNK + 5), "sealed_changed", "sealed_chunk"),
    Case("a bit of a chunk's tag", flip(PAYLOAD + CHUNK - 1), "sealed_changed", "sealed_chunk"),
    Case("two chunks swapped", _rechunked(_swap), "sealed_changed", "sealed_chunk"),
    Case("a chunk left out", _rechunked(_cut_chunk), "sealed_cut", "sealed_chunk"),
    Case("the last chunk left out", _rechunked(lambda c: c[:-1]), "sealed_cut", "sealed_cut"),
    Case("some bytes cut off", _bytes(lambda d: d[:-100]), "sealed_cut", "sealed_chunk"),
    Case("cut off within the head", _bytes(lambda d: d[: MAC - 1]), "sealed_form", "sealed_form"),
    Case("bytes added", _bytes(lambda d: d + bytes(100)), "sealed_trailing", "sealed_chunk"),
    Case("the sealed file taken away", _drop_file, "missing_file", "missing_file"),
    Case("the file of another dataset", _another_dataset, "sealed_other", "sealed_other"),
    Case("the file of another holdout", _another_holdout, "sealed_other", "sealed_other"),
    Case("the file sealed to a stranger", _another_organiser, "sealed_other", "sealed_other"),
    Case(
        "another truth, sealed to the organiser", _other_truth, "sealed_changed", "holdout_changed"
    ),
    Case("the same truth, sealed again", _sealed_again, "sealed_changed", ""),
    Case("an episode of the lock", _lock(_change_episode), "lock_broken", "lock_broken"),
    Case("an episode of the lock, and its root", _lock(_change_lock), *["sealed_other"] * 2),
    Case(
        "sealed.json: dataset", _sealed(lambda d: d.update(dataset="other")), *["sealed_other"] * 2
    ),
    Case("sealed.json: root", _sealed(lambda d: d.update(root="0" * 64)), *["sealed_other"] * 2),
    Case("sealed.json: contact of an organiser", _sealed(_contact), *["sealed_other"] * 2),
    Case("sealed.json: size", _sealed(lambda d: d.update(size=d["size"] + 1)), "sealed_cut", ""),
    Case(
        "sealed.json: SHA-256", _sealed(lambda d: d.update(sha256="0" * 64)), "sealed_changed", ""
    ),
    Case("lock, sealed.json and file of another holdout", _all_of_another, "", ""),
)
"""Nothing is lost where `forged` is empty and `alone` is not: the forgery only restores it, or the
truth is the same. The last case is what reviewing changes to `datasets/` is for."""
