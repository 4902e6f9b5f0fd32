"""The frame of a picture: its size, its axes, and what a screen reader says of it."""

from __future__ import annotations

from dataclasses import dataclass

from modelspec.markup import Content, Markup, element, joined

from .scales import AxisScale

WIDTH = 920.0
LEFT, RIGHT, TOP, BOTTOM = 72.0, 28.0, 14.0, 44.0


@dataclass(frozen=True, slots=True)
class Axes:
    """Two axes with a grid.

    Attributes:
        x: the scale from left to right.
        y: the scale from the bottom up.
        x_name: what is written below.
        y_name: what is written on the left.
        height: of the picture.
    """

    x: AxisScale
    y: AxisScale
    x_name: str
    y_name: str
    height: float = 300.0

    def across(self, value: float) -> float:
        """The horizontal place of a value."""
        return LEFT + self.x.place(value) * (WIDTH - LEFT - RIGHT)

    def up(self, value: float) -> float:
        """The vertical place of a value."""
        return self.height - BOTTOM - self.y.place(value) * (self.height - BOTTOM - TOP)

    def draw(self, label: str, *content: Content) -> Markup:
        """The picture with its axes; the label tells what it shows to who cannot see it."""
        return picture(label, self.height, self._frame(), *content)

    def _frame(self) -> Markup:
        bottom, right = self.height - BOTTOM, WIDTH - RIGHT
        lines = []
        for place, text in self.y.ticks:
            y = bottom - place * (bottom - TOP)
            lines.append(element("path", d=f"M{LEFT:.1f} {y:.1f}H{right:.1f}", class_="grid"))
            lines.append(element("text", text, x=LEFT - 8, y=y + 4, class_="end"))
        for place, text in self.x.ticks:
            x = LEFT + place * (right - LEFT)
            lines.append(element("path", d=f"M{x:.1f} {bottom:.1f}v5", class_="axis"))
            lines.append(element("text", text, x=x, y=bottom + 19, class_="mid"))
        path = f"M{LEFT:.1f} {TOP:.1f}V{bottom:.1f}H{right:.1f}"
        lines.append(element("path", d=path, class_="axis"))
        middle = (LEFT + right) / 2
        lines.append(element("text", self.x_name, x=middle, y=self.height - 6, class_="mid name"))
        turn = f"translate(14 {(TOP + bottom) / 2:.1f}) rotate(-90)"
        lines.append(element("text", self.y_name, transform=turn, class_="mid name"))
        return joined(lines)


def picture(label: str, height: float, *content: Content) -> Markup:
    """An SVG picture of the width of the page."""
    box = f"0 0 {WIDTH:.0f} {height:.0f}"
    return element("svg", *content, viewBox=box, role="img", aria_label=label)
