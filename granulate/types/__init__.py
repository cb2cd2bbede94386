"""The nouns: frozen values, checked when they are made, whose arrays cannot be written to.

Axis order is fixed: channels before samples, grains before anything else. Times are samples.
"""

from granulate.types.arrays import read_only as read_only
from granulate.types.corpus import Corpus as Corpus
from granulate.types.corpus import Descriptors as Descriptors
from granulate.types.corpus import Embedding as Embedding
from granulate.types.corpus import Grains as Grains
from granulate.types.framing import Framing as Framing
from granulate.types.score import EVENT_COLUMNS as EVENT_COLUMNS
from granulate.types.score import PANIC_S as PANIC_S
from granulate.types.score import WINDOW as WINDOW
from granulate.types.score import Choice as Choice
from granulate.types.score import Events as Events
from granulate.types.score import Score as Score
from granulate.types.sound import MAX_CHANNELS as MAX_CHANNELS
from granulate.types.sound import Block as Block
from granulate.types.sound import Origin as Origin
from granulate.types.sound import Sound as Sound
from granulate.types.sound import Source as Source
from granulate.types.sound import as_sounds as as_sounds
from granulate.types.sound import check_alike as check_alike
