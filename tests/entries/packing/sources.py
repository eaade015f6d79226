"""Good predictions in each format that `pack` reads."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np

from tests.entries.toy import JOINTS, Tracks


def csv_folder(folder: Path, tracks: Tracks, joints: tuple[str, ...] = JOINTS) -> Path:
    folder.mkdir()
    for name, (time, q) in tracks.items():
        lines = [",".join(("time", *joints))]
        lines += [
            ",".join(repr(float(value)) for value in (t, *row))
            for t, row in zip(time, q, strict=True)
        ]
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return folder


def npz_folder(folder: Path, tracks: Tracks) -> Path:
    folder.mkdir()
    for name, (time, q) in tracks.items():
        np.savez_compressed(folder / f"{name}.npz", time=time, q=q, joints=np.array(JOINTS))
    return folder


def hdf5_file(path: Path, tracks: Tracks) -> Path:
    with h5py.File(path, "w") as file:
        file.attrs["joints"] = JOINTS
        for name, (time, q) in tracks.items():
            file[f"{name}/time"] = time
            file[f"{name}/q"] = q
    return path


def robomimic_file(path: Path, tracks: Tracks) -> Path:
    with h5py.File(path, "w") as file:
        data = file.create_group("data")
        data.attrs["joints"] = JOINTS
        for number, (name, (time, q)) in enumerate(tracks.items()):
            demo = data.create_group(f"demo_{number}")
            demo.attrs["episode"] = name
            demo["actions"] = q
            demo["obs/time"] = time
            demo.create_dataset("obs/robot0_joint_pos", data=q, compression="gzip", shuffle=True)
    return path


def aloha_file(path: Path, tracks: Tracks) -> Path:
    with h5py.File(path, "w") as file:
        for name, (_, q) in tracks.items():
            file[f"{name}/action"] = q
            file[f"{name}/observations/qpos"] = q
            file[f"{name}/observations/qpos"].attrs["joints"] = np.array(JOINTS, dtype="S")
    return path
