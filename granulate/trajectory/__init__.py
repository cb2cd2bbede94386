"""A sound's way through its embedding: forecast, measured, seen and played.

    corpus = gr.analyse("song.ogg", "trajectory")
    way = trajectory.Trajectory.of(corpus)
    course = trajectory.foretold(way, start=0, steps=500)
    score, clock = trajectory.sounded(corpus, preset, way, course)

Pictures, pages and films are in `drawing`, `page` and `film`, which import what they draw with.
"""

from granulate.trajectory.course import Trajectory as Trajectory
from granulate.trajectory.forecasting import CONTEXT as CONTEXT
from granulate.trajectory.forecasting import MODELS as MODELS
from granulate.trajectory.forecasting import Model as Model
from granulate.trajectory.forecasting import fitted as fitted
from granulate.trajectory.forecasting import forecast as forecast
from granulate.trajectory.forecasting import history as history
from granulate.trajectory.measures import STEPS as STEPS
from granulate.trajectory.measures import Divergence as Divergence
from granulate.trajectory.measures import divergence as divergence
from granulate.trajectory.measures import smoothness as smoothness
from granulate.trajectory.playing import foretold as foretold
from granulate.trajectory.playing import replayed as replayed
from granulate.trajectory.playing import sounded as sounded
from granulate.trajectory.showing import Shown as Shown
from granulate.trajectory.showing import joined as joined
from granulate.trajectory.tables import rows_of as rows_of
from granulate.trajectory.tables import write_divergence as write_divergence
