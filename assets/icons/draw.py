#!/usr/bin/python3
"""Draws Ninth's icons: 24 by 24, one colour, fills only.

Fyne recolours an icon by replacing the fill of every shape and leaves strokes
as they are, so a stroked line would stay black on a dark ground. Here every
line is therefore written as the outline of its stroke. All parts of an icon
are subpaths of ONE path: under the non-zero rule parts that turn clockwise
unite, and a part that turns the other way cuts a hole; a half-transparent
colour then stays even where two strokes cross.

Run it in this directory; it writes one .svg per icon.
"""

from math import atan2, cos, hypot, pi, radians, sin


def num(value):
    """A coordinate to a hundredth, without trailing zeros or a minus zero."""
    return "%g" % (round(value, 2) + 0.0)


def area(points):
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, points[1:] + points[:1])) / 2


def poly(points, hole=False):
    """A closed polygon, turned clockwise on screen, or against it for a hole."""
    if (area(points) < 0) != hole:
        points = points[::-1]
    return "M" + "L".join("%s %s" % (num(x), num(y)) for x, y in points) + "Z"


def disc(x, y, r, hole=False):
    sweep = 0 if hole else 1
    arc = "A%s %s 0 1 %d %s %s" % (num(r), num(r), sweep, "%s", "%s")
    return ("M%s %s" % (num(x - r), num(y)) + arc % (num(x + r), num(y))
            + arc % (num(x - r), num(y)) + "Z")


def box(x, y, w, h, r=0.0):
    """A rectangle with corners rounded by r."""
    if not r:
        return poly([(x, y), (x + w, y), (x + w, y + h), (x, y + h)])
    turn = "A%s %s 0 0 1 " % (num(r), num(r))
    return ("M%s %sH%s" % (num(x + r), num(y), num(x + w - r))
            + turn + "%s %sV%s" % (num(x + w), num(y + r), num(y + h - r))
            + turn + "%s %sH%s" % (num(x + w - r), num(y + h), num(x + r))
            + turn + "%s %sV%s" % (num(x), num(y + h - r), num(y + r))
            + turn + "%s %sZ" % (num(x + r), num(y)))


def line(*points, width=1.8):
    """An open line through points with round ends and joints."""
    out = []
    for (ax, ay), (bx, by) in zip(points, points[1:]):
        length = hypot(bx - ax, by - ay)
        dx, dy = (bx - ax) / length * width / 2, (by - ay) / length * width / 2
        out.append(poly([(ax - dy, ay + dx), (ax + dy, ay - dx), (bx + dy, by - dx), (bx - dy, by + dx)]))
    out += [disc(x, y, width / 2) for x, y in points]
    return "".join(out)


def ring(x, y, r, width):
    return disc(x, y, r + width / 2) + disc(x, y, r - width / 2, hole=True)


def arc(x, y, r, start, end, width=1.8, caps=True):
    """A piece of a circle; degrees clockwise from the top, start < end < start + 180."""
    at = lambda radius, deg: (x + radius * sin(radians(deg)), y - radius * cos(radians(deg)))
    out, inn = r + width / 2, r - width / 2
    p, q, s, t = at(out, start), at(out, end), at(inn, end), at(inn, start)
    path = "M%s %sA%s %s 0 0 1 %s %sL%s %sA%s %s 0 0 0 %s %sZ" % tuple(
        map(num, (*p, out, out, *q, *s, inn, inn, *t)))
    if caps:
        path += "".join(disc(*at(r, deg), width / 2) for deg in (start, end))
    return path


def rounded(points, r, hole=False):
    """A closed polygon whose corners are rounded by quadratic curves of reach r."""
    if (area(points) < 0) != hole:
        points = points[::-1]
    n, out = len(points), ""
    for i, (x, y) in enumerate(points):
        before, after = points[i - 1], points[(i + 1) % n]
        ends = []
        for ox, oy in (before, after):
            length = hypot(ox - x, oy - y)
            k = min(r / length, 0.5)
            ends.append((x + (ox - x) * k, y + (oy - y) * k))
        out += ("L" if out else "M") + "%s %sQ%s %s %s %s" % tuple(map(num, (*ends[0], x, y, *ends[1])))
    return out + "Z"


def cross(a, b, c, t):
    """The point at t of the quadratic curve a, b, c."""
    u = 1 - t
    return (u * u * a[0] + 2 * u * t * b[0] + t * t * c[0], u * u * a[1] + 2 * u * t * b[1] + t * t * c[1])


def heart_points():
    """The heart's outline, clockwise, as points dense enough to look smooth at 240 px."""
    segments = [((12, 7.0), (12.4, 4.9), (15.1, 4.2)), ((15.1, 4.2), (18.3, 3.6), (20.1, 6.0)),
                ((20.1, 6.0), (22.0, 8.8), (19.8, 12.0)), ((19.8, 12.0), (17.8, 14.9), (12, 20.2))]
    right = [cross(*s, i / 12) for s in segments for i in range(12)]
    left = [(24 - x, y) for x, y in right[1:][::-1]]
    return right + [(12, 20.2)] + left


def inset(points, by):
    """The outline moved inwards by the given distance, for convex-ish shapes."""
    out, n = [], len(points)
    for i, (x, y) in enumerate(points):
        (ax, ay), (bx, by_) = points[i - 1], points[(i + 1) % n]
        length = hypot(bx - ax, by_ - ay) or 1
        out.append((x - (by_ - ay) / length * by, y + (bx - ax) / length * by))
    return out


def gear():
    teeth, out = 8, []
    for i in range(teeth):
        middle = 360 / teeth * i
        for radius, off in ((6.6, -14.5), (9.4, -9.5), (9.4, 9.5), (6.6, 14.5)):
            a = radians(middle + off)
            out.append((12 + radius * sin(a), 12 - radius * cos(a)))
    return rounded(out, 0.9) + disc(12, 12, 3.1, hole=True)


def speaker():
    return rounded([(3, 9.2), (6.8, 9.2), (11.6, 5), (11.6, 19), (6.8, 14.8), (3, 14.8)], 0.7)


def arrow_head(x, y, size, direction):
    """An open arrow head with its tip at x, y; direction 1 right, -1 left."""
    back = x - direction * size
    return line((back, y - size), (x, y), (back, y + size))


def repeat_arrows():
    return (line((5, 11.2), (5, 7.6), (18.6, 7.6)) + arrow_head(19, 7.6, 2.7, 1)
            + line((19, 12.8), (19, 16.4), (5.4, 16.4)) + arrow_head(5, 16.4, 2.7, -1))


def cloud():
    return (disc(8, 14.2, 4.3) + disc(12.6, 11, 5) + disc(17, 14.6, 3.9) + box(8, 12.5, 9, 6))


ICONS = {
    "home": rounded([(12, 3.6), (20.5, 11), (20.5, 20), (14.4, 20), (14.4, 14.2), (9.6, 14.2),
                     (9.6, 20), (3.5, 20), (3.5, 11)], 1.1),
    "search": ring(10.4, 10.4, 5.9, 1.8) + line((14.9, 14.9), (20, 20), width=1.9),
    "library": (box(3.6, 4, 2, 16, 1) + box(8.6, 4, 2, 16, 1)
                + line((14.6, 5), (19.3, 19), width=2)),
    "studio": (box(9, 3, 6, 11.4, 3) + arc(12, 11.2, 6.3, 100, 180, 1.8) + arc(12, 11.2, 6.3, 180, 260, 1.8)
               + line((12, 17.5), (12, 20.8))),
    "settings": gear(),
    "person": disc(12, 8, 4.1) + "M4 20.2C4 15.8 7.6 13.8 12 13.8C16.4 13.8 20 15.8 20 20.2Z",
    "play": rounded([(7, 4.2), (20, 12), (7, 19.8)], 1.3),
    "pause": box(6.4, 4.6, 3.9, 14.8, 0.9) + box(13.7, 4.6, 3.9, 14.8, 0.9),
    "next": rounded([(5, 5), (16, 12), (5, 19)], 0.8) + box(17, 5, 2.1, 14, 0.6),
    "previous": rounded([(19, 5), (8, 12), (19, 19)], 0.8) + box(4.9, 5, 2.1, 14, 0.6),
    "stop": box(5.6, 5.6, 12.8, 12.8, 1.6),
    "shuffle": (line((3.6, 6.8), (6.4, 6.8), (13.4, 16.6), (19.2, 16.6)) + arrow_head(20, 16.6, 2.6, 1)
                + line((3.6, 16.8), (6.4, 16.8), (8, 14.5)) + line((11.9, 9.2), (13.6, 6.8), (19.2, 6.8))
                + arrow_head(20, 6.8, 2.6, 1)),
    "repeat": repeat_arrows(),
    "repeat-one": repeat_arrows() + line((10.8, 10.8), (12.4, 9.9), (12.4, 14.2), width=1.6),
    "heart": poly(heart_points()),
    "heart-outline": poly(heart_points()) + poly(inset(heart_points(), 1.7), hole=True),
    "download": (line((12, 3.8), (12, 14.6)) + line((7.4, 10.4), (12, 15), (16.6, 10.4))
                 + line((5, 19.6), (19, 19.6))),
    "check": line((4.8, 12.6), (9.8, 17.6), (19.4, 6.8)),
    "more": disc(5.6, 12, 1.8) + disc(12, 12, 1.8) + disc(18.4, 12, 1.8),
    "queue": (line((4, 6.2), (18, 6.2)) + line((4, 11.4), (18, 11.4)) + line((4, 16.6), (11, 16.6))
              + rounded([(14.4, 13.8), (21.4, 17.6), (14.4, 21.4)], 0.7)),
    "volume": speaker() + arc(11.4, 12, 4.4, 45, 135) + arc(11.4, 12, 8.2, 45, 135),
    "volume-mute": speaker() + line((15, 9.4), (20.2, 14.6)) + line((20.2, 9.4), (15, 14.6)),
    "back": line((14.8, 5.4), (8.2, 12), (14.8, 18.6)),
    "forward": line((9.2, 5.4), (15.8, 12), (9.2, 18.6)),
    "down": rounded([(4.8, 8.2), (19.2, 8.2), (12, 17)], 1.0),
    "up": rounded([(4.8, 15.8), (19.2, 15.8), (12, 7)], 1.0),
    "close": line((6, 6), (18, 18)) + line((18, 6), (6, 18)),
    "offline": arc(12, 17.2, 10.6, -48, 48, 2.4) + disc(12, 17.2, 2.7),
    "plus": line((12, 5), (12, 19)) + line((5, 12), (19, 12)),
    "minus": line((5, 12), (19, 12)),
    "cloud": cloud(),
    "trash": (line((4.6, 6.6), (19.4, 6.6)) + line((9.6, 4), (14.4, 4))
              + rounded([(6.2, 8.8), (17.8, 8.8), (16.9, 20.6), (7.1, 20.6)], 1.2)
              + poly([(9.4, 11.2), (10.9, 11.2), (10.9, 18), (9.7, 18)], hole=True)
              + poly([(13.1, 11.2), (14.6, 11.2), (14.3, 18), (13.1, 18)], hole=True)),
    "drag": "".join(disc(x, y, 1.5) for x in (9, 15) for y in (6, 12, 18)),
    "warning": (rounded([(12, 3.4), (21.6, 20.2), (2.4, 20.2)], 1.6)
                + poly([(11, 9.2), (13, 9.2), (12.7, 14.6), (11.3, 14.6)], hole=True)
                + disc(12, 17.1, 1.15, hole=True)),
    "pin": (rounded([(8.4, 3.4), (15.6, 3.4), (14.8, 10.2), (17.6, 14.2), (6.4, 14.2), (9.2, 10.2)], 0.9)
            + line((12, 14), (12, 20.6), width=1.7)),
    "share": (disc(6.2, 12, 2.6) + disc(17.4, 5.8, 2.6) + disc(17.4, 18.2, 2.6)
              + line((6.2, 12), (17.4, 5.8), width=1.6) + line((6.2, 12), (17.4, 18.2), width=1.6)),
    "clock": ring(12, 12, 7.9, 1.8) + line((12, 7.4), (12, 12), (15.2, 14)),
}


if __name__ == "__main__":
    for name, path in ICONS.items():
        with open(name + ".svg", "w", encoding="ascii") as out:
            out.write('<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24">'
                      '<path fill="#000000" d="%s"/></svg>\n' % path)
