"""The formats that `pack` reads: one line each, in the order in which they are tried."""

from __future__ import annotations

from bench.entries.packing import csv_folder, hdf5_file, npz_folder
from bench.entries.packing.format import Format

FORMATS: tuple[Format, ...] = (
    csv_folder.FORMAT,
    npz_folder.FORMAT,
    hdf5_file.FORMAT,
)
