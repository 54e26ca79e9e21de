#!/usr/bin/python3
"""Draws the covers and the artists' pictures: flat shapes on a square of 100 by 100.

Each becomes three JPEG files. Needs rsvg-convert (librsvg2-bin) and python3-pil.
"""

import io
import os
import subprocess
from math import pi, sin

from PIL import Image

SIZES = (1500, 600, 120)


def svg(ground, *shapes):
    return ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><rect width="100" height="100" fill="%s"/>%s</svg>'
            % (ground, "".join(shapes)))


def disc(x, y, r, fill, opacity=1.0):
    return '<circle cx="%g" cy="%g" r="%g" fill="%s" opacity="%g"/>' % (x, y, r, fill, opacity)


def ring(x, y, r, width, colour, opacity=1.0):
    return ('<circle cx="%g" cy="%g" r="%g" fill="none" stroke="%s" stroke-width="%g" opacity="%g"/>'
            % (x, y, r, colour, width, opacity))


def shape(points, fill, opacity=1.0):
    return '<polygon points="%s" fill="%s" opacity="%g"/>' % (
        " ".join("%g,%g" % p for p in points), fill, opacity)


def bar(x, top, width, fill, bottom=110):
    return '<rect x="%g" y="%g" width="%g" height="%g" rx="%g" fill="%s"/>' % (
        x, top, width, bottom - top, width / 2, fill)


def wave(crest, trough, fill, turns=1.0, shift=0.0):
    """Everything under a sine line that runs between the two heights."""
    middle, height = (crest + trough) / 2, (trough - crest) / 2
    line = [(x, middle - height * sin(2 * pi * (x / 100 * turns + shift))) for x in range(-1, 102)]
    return shape(line + [(101, 101), (-1, 101)], fill)


def rings(ground, inner, outer, x=50, y=62):
    """Rings that fade outwards, in two colours by turns."""
    return svg(ground, *(ring(x, y, 8 + 8 * i, 4.1, (inner, outer)[i % 2], 1 - 0.11 * i) for i in range(8)))


def bust(x, y, size, skin, coat, hair=None):
    """Shoulders and a head; hair is (colour, dx, dy, scale) of a disc behind it."""
    out = ""
    if hair:
        out += disc(x + hair[1] * size, y + hair[2] * size, 15 * size * hair[3], hair[0])
    out += ('<path d="M%g 101 C%g %g %g %g %g %g C%g %g %g %g %g 101 Z" fill="%s"/>' % (
        x - 30 * size, x - 30 * size, y + 30 * size, x - 16 * size, y + 21 * size, x, y + 21 * size,
        x + 16 * size, y + 21 * size, x + 30 * size, y + 30 * size, x + 30 * size, coat))
    return out + disc(x, y, 14.5 * size, skin)


COVERS = {
    "low-water-marks": svg("#1F3D3A", disc(66, 33.5, 18, "#EAD7A1"), wave(50, 65.5, "#43634E"),
                           wave(61.5, 76, "#678862"), wave(72.5, 87, "#7EA06F"), wave(86, 96, "#87AA74")),
    "ledger-songs": svg("#402E4A", *(bar(10 + 11 * i, top, 7, ("#B66D8A", "#F0C9A0")[i % 2])
                                     for i, top in enumerate((51, 28, 59, 34, 56, 59, 53, 45)))),
    "night-works": svg("#4A2C2A", shape(((8.5, 100), (21, 40), (72, 100)), "#DDA35A", 0.84),
                       shape(((30, 100), (89, 18), (80, 100)), "#DDA35A", 0.84),
                       shape(((49.5, 22), (101, 95), (101, 101), (70, 101)), "#F5E6C8", 0.84),
                       shape(((80, 50), (98, 101), (77, 101)), "#F5E6C8", 0.9)),
    "points-and-crossings": svg("#20323A", disc(66, 33.5, 18, "#F0A202"), wave(56, 59.5, "#604039"),
                                wave(65.5, 72, "#9F4F39"), wave(72.5, 87, "#C75838"), wave(87, 95, "#D65C39")),
    "bread-and-static": rings("#24344D", "#6BA6A5", "#E6D3A3"),
    "salt-letters": svg("#E6DCC8",
                        *('<rect x="14" y="%g" width="%g" height="2.6" rx="1.3" fill="#3E5C6B" opacity="0.8"/>' % (44 + 7.5 * i, w)
                          for i, w in enumerate((58, 70, 64, 72, 49, 67, 30))),
                        disc(76, 23, 11, "#B9573C")),
    "spring-tide": svg("#DCE8DF", disc(31, 30, 15, "#E9B872"), wave(44, 58, "#9CC5B8", 1, 0.45),
                       wave(56, 68, "#64A095", 1, 0.55), wave(69, 82, "#387A77", 1, 0.4), wave(83, 92, "#1F5860", 1, 0.6)),
}

AVATARS = {
    "ines-aguiar": svg("#1F3D3A", disc(74, 26, 15, "#EAD7A1"),
                       bust(47, 50, 1.15, "#C98F6B", "#7EA06F", ("#2B1D18", -0.5, -4, 1.28)), disc(47, 27, 8, "#2B1D18")),
    "the-quiet-commons": svg("#402E4A", bust(28, 40, 0.7, "#E3B491", "#8C5675"), bust(72, 40, 0.7, "#8A5A44", "#B66D8A"),
                             bust(37, 60, 0.8, "#6B4434", "#F0C9A0"), bust(66, 62, 0.8, "#D9A883", "#D98F8F")),
    "odile-and-sons": svg("#4A2C2A", bust(25, 50, 0.8, "#8A5A44", "#DDA35A"), bust(75, 50, 0.8, "#8A5A44", "#B9803F"),
                          bust(50, 54, 1.05, "#9C6A50", "#F5E6C8", ("#2A1614", 0, -5, 1.2))),
    "marrow": svg("#20323A", disc(50, 50, 33, "#F0A202"), wave(50, 56, "#C75838"), wave(62, 70, "#9F4F39"),
                  wave(76, 84, "#604039"), bar(47, 20, 6, "#20323A", 82)),
    "yusuf-kade": svg("#24344D", *(ring(50, 46, 26 + 9 * i, 3.2, "#6BA6A5", 0.8 - 0.16 * i) for i in range(4)),
                      bust(50, 47, 1.15, "#A8734F", "#E6D3A3", ("#1B1716", 0, -4.5, 1.12))),
}


def draw(name, source, folder):
    """Writes name-1500.jpg, name-600.jpg and name-120.jpg."""
    for size in SIZES:
        png = subprocess.run(["rsvg-convert", "-w", str(size), "-h", str(size)], input=source.encode(),
                             stdout=subprocess.PIPE, check=True).stdout
        path = os.path.join(folder, "%s-%d.jpg" % (name, size))
        Image.open(io.BytesIO(png)).convert("RGB").save(path, quality=90, subsampling=0, optimize=True)


def draw_all(covers, avatars):
    for folder, pictures in ((covers, COVERS), (avatars, AVATARS)):
        os.makedirs(folder, exist_ok=True)
        for name, source in pictures.items():
            draw(name, source, folder)


if __name__ == "__main__":
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    draw_all(os.path.join(here, "covers"), os.path.join(here, "avatars"))
