"""Charts as SVG in a figure: what it shows, how it is read, and its numbers as a table."""

from .axis import Axis
from .bars import Bar, bar_chart, histogram
from .figure import COLOURS, Curve
from .lines import Mark, line_chart
from .points import scatter_chart
