"""Classify: learn from sounds whose kinds are known, and tag others.

found = train(library, kinds_by(library, "prefix"))
save(found.model, "kinds.skops")
predictions = predict(library, load("kinds.skops"))
"""

from granulate.library.classify.kinds import Kinds, kinds_by
from granulate.library.classify.model import Model
from granulate.library.classify.model_file import ModelError, load, save
from granulate.library.classify.predicting import UNKNOWN, Predictions, predict, predict_file
from granulate.library.classify.training import Trained, Wish, train

__all__ = [
    "UNKNOWN",
    "Kinds",
    "Model",
    "ModelError",
    "Predictions",
    "Trained",
    "Wish",
    "kinds_by",
    "load",
    "predict",
    "predict_file",
    "save",
    "train",
]
