"""A report on the recordings of a library: what they are, and what may be wrong with them."""

from granulate.library.report.faults import Fault, Quality
from granulate.library.report.reporting import Report, report

__all__ = ["Fault", "Quality", "Report", "report"]
