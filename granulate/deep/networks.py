"""The networks. This module imports torch: import it within functions only.

Every network takes the values as they are handed to the reducer; how it brings them to the range that it
learns in is part of it (its buffers), so that weights alone place others as the first ones were placed.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from math import isqrt
from typing import Any

import torch
from torch import nn

_CHANNELS = (16, 16, 32, 64)
_WIDE, _NARROW = 128, 64
_SMALL = 16
_FILTERS = (32, 64, 128)
_RECURRENT = 16


def build(architecture: Mapping[str, Any]) -> Any:
    """The network that an architecture says: `kind`, and the sizes that its class takes."""
    sizes = dict(architecture)
    return _KINDS[sizes.pop("kind")](**sizes)


class _Autoencoder(nn.Module):
    """An encoder to a few numbers and a decoder from them; values are centred, then divided by one number."""

    encoder: nn.Module
    decoder: nn.Module

    def __init__(self, n_columns: int) -> None:
        super().__init__()
        self.register_buffer("centre", torch.zeros(n_columns))
        self.register_buffer("scale", torch.ones(1))

    def fit_range(self, values: Any) -> None:
        """Centre each column of values (n, n_columns); the largest magnitude becomes 1."""
        self.centre = values.mean(dim=0, dtype=torch.float64).float()
        largest = (values - self.centre).abs().max()
        self.scale = torch.where(largest > 0, largest, torch.ones_like(largest)).reshape(1)

    def ranged(self, values: Any) -> Any:
        """Values (n, n_columns) in the range that is learnt."""
        return (values - self.centre) / self.scale

    def encode(self, values: Any) -> Any:
        """Codes (n, latent) of values (n, n_columns)."""
        return self.encoder(self.ranged(values))

    def decode(self, codes: Any) -> Any:
        """Values (n, n_columns), in the range that is learnt, of codes (n, latent)."""
        return self.decoder(codes)

    def reconstruct(self, values: Any) -> Any:
        """What is left of values (n, n_columns) after the bottleneck."""
        return self.decode(self.encode(values)) * self.scale + self.centre


class ImageAutoencoder(_Autoencoder):
    """Square images: four stages of convolution (3 x 3) and max pooling (2 x 2), and the same way back."""

    def __init__(self, n_columns: int, latent: int) -> None:
        super().__init__(n_columns)
        self.side = isqrt(n_columns)
        corner = -(-self.side // 2 ** len(_CHANNELS))
        inner = _CHANNELS[-1] * corner * corner
        down: list[nn.Module] = [nn.Unflatten(1, (1, self.side, self.side))]
        for before, after in zip((1, *_CHANNELS), _CHANNELS, strict=False):
            down += [nn.Conv2d(before, after, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2, ceil_mode=True)]
        self.encoder = nn.Sequential(*down, nn.Flatten(), nn.Linear(inner, latent))
        up: list[nn.Module] = [nn.Linear(latent, inner), nn.Unflatten(1, (_CHANNELS[-1], corner, corner))]
        for before, after in zip(_CHANNELS[::-1], (*_CHANNELS[-2::-1], 1), strict=True):
            up += [nn.ReLU(), nn.Upsample(scale_factor=2), nn.Conv2d(before, after, 3, padding=1)]
        self.decoder = nn.Sequential(*up)

    def decode(self, codes: Any) -> Any:
        """Values (n, n_columns), in the range that is learnt, of codes (n, latent)."""
        # Sides that are no multiple of 16 were rounded up on the way down.
        return self.decoder(codes)[:, 0, : self.side, : self.side].flatten(1)


class VectorAutoencoder(_Autoencoder):
    """Columns in any order: two hidden layers to the bottleneck, and two back."""

    def __init__(self, n_columns: int, latent: int) -> None:
        super().__init__(n_columns)
        self.encoder = _dense(n_columns, _WIDE, _NARROW, latent)
        self.decoder = _dense(latent, _NARROW, _WIDE, n_columns)


class VariationalAutoencoder(_Autoencoder):
    """A small one for codes: a normal distribution for each, whose mean is its point (Kingma & Welling 2014)."""

    def __init__(self, n_columns: int, latent: int) -> None:
        super().__init__(n_columns)
        self.scale = torch.ones(n_columns)
        self.trunk = nn.Sequential(nn.Linear(n_columns, _SMALL), nn.ReLU())
        self.mean, self.spread = nn.Linear(_SMALL, latent), nn.Linear(_SMALL, latent)
        self.decoder = _dense(latent, _SMALL, n_columns)

    def fit_range(self, values: Any) -> None:
        """Bring every column of values (n, n_columns) to mean 0 and deviation 1; constant ones to 0."""
        self.centre = values.mean(dim=0, dtype=torch.float64).float()
        deviation = (values - self.centre).square().mean(dim=0).sqrt()
        self.scale = torch.where(deviation > 0, deviation, torch.ones_like(deviation))

    def distribution(self, values: Any) -> tuple[Any, Any]:
        """Means and logarithms of variances, each (n, latent)."""
        hidden = self.trunk(self.ranged(values))
        # Beyond, their exponentials would leave the range of numbers.
        return self.mean(hidden), self.spread(hidden).clamp(-20, 20)

    def encode(self, values: Any) -> Any:
        """The means (n, latent)."""
        return self.distribution(values)[0]


class WindowAutoencoder(nn.Module):
    """Windows of a spectrogram to points: convolution over time with the columns as channels, three times with
    mean pooling, and the same way back; and a long short-term memory (Hochreiter & Schmidhuber 1997) that is
    asked where the next point lies.

    Means rather than maxima: a window one frame later falls into other pools, and maxima then jump about from
    point to point (aliasing: Zhang 2019, Making Convolutional Networks Shift-Invariant Again).
    """

    def __init__(self, n_columns: int, width: int, latent: int) -> None:
        super().__init__()
        self.register_buffer("low", torch.zeros(1))
        self.register_buffer("span", torch.ones(1))
        self.width = width
        inner = -(-width // 2 ** len(_FILTERS))
        down: list[nn.Module] = []
        for before, after in zip((n_columns, *_FILTERS), _FILTERS, strict=False):
            down += [
                nn.Conv1d(before, after, 3, padding=1),
                nn.ReLU(),
                nn.AvgPool1d(2, ceil_mode=True, count_include_pad=False),
            ]
        self.encoder = nn.Sequential(*down, nn.Flatten(), nn.Linear(_FILTERS[-1] * inner, latent))
        up: list[nn.Module] = [nn.Linear(latent, _NARROW * inner), nn.Unflatten(1, (_NARROW, inner))]
        for before, after in zip((_NARROW, *_FILTERS[:0:-1]), (*_FILTERS[:0:-1], n_columns), strict=False):
            up += [nn.ReLU(), nn.Upsample(scale_factor=2), nn.Conv1d(before, after, 3, padding=1)]
        self.decoder = nn.Sequential(*up)
        self.recurrent = nn.LSTM(2 * latent, _RECURRENT, batch_first=True)
        self.displacement = nn.Linear(_RECURRENT, latent)

    def fit_range(self, values: Any) -> None:
        """Bring all values to 0..1 by their extremes, unless they lie there."""
        low, high = values.min().clamp(max=0), values.max()
        self.low = low.reshape(1)
        self.span = torch.where(high > low + 1, high - low, torch.ones_like(high)).reshape(1)

    def ranged(self, windows: Any) -> Any:
        """Windows (n, n_columns, width) from 0 to 1."""
        return ((windows - self.low) / self.span).clamp(0, 1)

    def encode(self, windows: Any) -> Any:
        """Points (n, latent) of windows (n, n_columns, width)."""
        return self.encoder(self.ranged(windows))

    def logits(self, points: Any) -> Any:
        """Windows (n, n_columns, width) of points (n, latent), before the sigmoid that brings them to 0..1."""
        found = self.decoder(points)
        first = (found.shape[2] - self.width) // 2
        return found[:, :, first : first + self.width]

    def reconstruct(self, windows: Any) -> Any:
        """What is left of windows (n, n_columns, width) after the bottleneck."""
        return self.logits(self.encode(windows)).sigmoid() * self.span + self.low

    def next_displacements(self, paths: Any) -> Any:
        """Where it goes from the last of each row of points (n, steps, latent), as (n, latent).

        The memory is handed each point and the step to it, in units of their mean length: points are so close to
        one another that it would take long to learn to tell them apart, and until then the encoder learns nothing.
        """
        steps = nn.functional.pad(paths.diff(dim=1), (0, 0, 1, 0))
        length = steps.detach().norm(dim=2).mean().clamp(min=1e-9)
        states, _ = self.recurrent(torch.cat([paths, steps / length], dim=2))
        return self.displacement(states[:, -1])


def _dense(*sizes: int) -> Any:
    layers: list[nn.Module] = []
    for before, after in pairwise(sizes):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


_KINDS: Mapping[str, Any] = {
    "image": ImageAutoencoder,
    "vector": VectorAutoencoder,
    "variational": VariationalAutoencoder,
    "window": WindowAutoencoder,
}
