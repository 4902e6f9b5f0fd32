"""A layered layout: boxes with ports in rows, lines from row to row that meet no box."""

from .layout import Layout, lay_out
from .parts import Point, PortLink, Tile
