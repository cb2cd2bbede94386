"""The file of a trained network: PyTorch's, read with `weights_only`, so that no code in it is ever run."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from granulate.atomic import check_output, replacing
from granulate.deep.autoencoder import Autoencoder
from granulate.deep.model import FORMAT, Model
from granulate.deep.runtime import torch
from granulate.deep.trajectory import Trajectory
from granulate.errors import GranulateError, OutputError, printable

SUFFIX = ".pt"
_MOST_BYTES = 1 << 30


class NetworkError(GranulateError):
    """A network's file that is missing, damaged, foreign, or does not fit together."""


def save(network: Autoencoder | Trajectory, path: str | os.PathLike[str], *, force: bool = False) -> None:
    """Write a trained network with what made it (`.pt`); whole, or not at all. The same network gives the same bytes.

    Raises OutputError for another extension and as every output does.
    """
    library = torch()
    if Path(os.fsdecode(path)).suffix.lower() != SUFFIX:
        raise OutputError(f"{printable(path)}: no network has that extension; allowed: {SUFFIX}")
    check_output(path, force=force)
    weights = {name: library.from_numpy(np.array(array)) for name, array in network.model.weights.items()}
    file = io.BytesIO()  # into a path, torch would write that path's name too
    library.save({"card": json.dumps(dict(network.model.card)), "weights": weights}, file)
    with replacing(path, force=force) as temporary:
        temporary.write_bytes(file.getvalue())


def load(path: str | os.PathLike[str]) -> Autoencoder | Trajectory:
    """Read a network. Raises NetworkError for what is none, is damaged, or does not fit together."""
    name = printable(path)
    library = torch()
    try:
        file = Path(os.fsdecode(path))
        if file.stat().st_size > _MOST_BYTES:
            raise NetworkError(f"{name}: {file.stat().st_size} bytes; allowed: up to {_MOST_BYTES}")
        content = library.load(io.BytesIO(file.read_bytes()), map_location="cpu", weights_only=True)
        return _checked(content, name)
    except (NetworkError, MemoryError):
        raise
    except OSError as error:
        raise NetworkError(
            f"{name}: cannot be read: {error.strerror or error}; allowed: a network's file"
        ) from None
    except Exception as error:  # noqa: BLE001 - what a damaged file may raise in its reader is not listed anywhere
        raise NetworkError(
            f"{name}: is damaged or no network ({type(error).__name__}); allowed: a .pt file that granulate wrote"
        ) from None


def _checked(content: Any, name: str) -> Autoencoder | Trajectory:
    card = json.loads(content["card"])
    if card["format"] != FORMAT:
        raise NetworkError(
            f"{name}: is no network of format {FORMAT}; allowed: networks that granulate wrote"
        )
    model = Model({key: array.numpy() for key, array in content["weights"].items()}, card)
    model.network()  # before anything is made of the sizes that the card names
    architecture = card["architecture"]
    n_columns = architecture["n_columns"]
    found: Autoencoder | Trajectory
    found = (
        Trajectory(model, architecture["width"]) if architecture["kind"] == "window" else Autoencoder(model)
    )
    # It is applied once here, so that what is wrong inside shows before anything depends on it.
    codes = found.codes(np.zeros((2, n_columns), np.float32))
    if codes.shape != (2, architecture["latent"]) or not np.isfinite(codes).all():
        raise NetworkError(f"{name}: gives no codes; allowed: networks that granulate wrote")
    return found
