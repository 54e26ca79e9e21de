#!/usr/bin/python3
"""Draws the app icon: the ring of nine with four arcs lit, as ninth.svg and ninth.png.

The picture carries what Ninth is about: four plays paid, five to go. Run it in
this directory; it needs rsvg-convert (librsvg2-bin).
"""

from math import cos, radians, sin
from subprocess import run

SIZE = 512
GROUND, OFF, LIT = "#12110F", "#433C35", "#FF5A36"
RADIUS, WIDTH, GAP = 150, 40, 10  # pixels, pixels, degrees
PLAYS = 4


def arc(index):
    """The arc of the given play, clockwise, the first beginning at the top."""
    ends = []
    for degrees in (index * 40 + GAP / 2, (index + 1) * 40 - GAP / 2):
        a = radians(degrees)
        ends.append("%.2f %.2f" % (SIZE / 2 + RADIUS * sin(a), SIZE / 2 - RADIUS * cos(a)))
    return '<path fill="none" stroke="%s" stroke-width="%d" d="M%s A%d %d 0 0 1 %s"/>' % (
        LIT if index < PLAYS else OFF, WIDTH, ends[0], RADIUS, RADIUS, ends[1])


if __name__ == "__main__":
    svg = ('<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{0}" viewBox="0 0 {0} {0}">\n'
           '<rect width="{0}" height="{0}" rx="112" fill="{1}"/>\n{2}\n</svg>\n').format(
               SIZE, GROUND, "\n".join(arc(i) for i in range(9)))
    with open("ninth.svg", "w", encoding="ascii") as out:
        out.write(svg)
    run(["rsvg-convert", "-w", str(SIZE), "-o", "ninth.png", "ninth.svg"], check=True)
