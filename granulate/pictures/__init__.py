"""Pictures: the spectrogram before and after, where the grains lie, and which of them sounds when.

Drawn with matplotlib's objects alone, no pyplot: nothing is global, no display is needed, and
figures can be drawn in several threads at once.
"""

from granulate.pictures.drawing import plot as plot
from granulate.pictures.drawing import plot_corpus as plot_corpus
from granulate.pictures.files import FORMATS as FORMATS
from granulate.pictures.files import check_picture as check_picture
from granulate.pictures.look import Picture as Picture
from granulate.pictures.points import original_times as original_times
from granulate.pictures.spectrograms import RANGE_DB as RANGE_DB
