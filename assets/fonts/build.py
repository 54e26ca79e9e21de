#!/usr/bin/python3
"""Cuts the bundled fonts from Debian's fonts-inter and fonts-vollkorn.

Fyne shapes text with the features a font switches on by itself and offers no
way to ask for others. So what Ninth wants always is made the font's default:

* Inter's digits are its tabular ones ("tnum"), so that times, prices and
  counts stand in columns and do not dance while they run;
* Inter's contextual alternates ("calt") are left out: they would turn "->" in
  a track title into an arrow.

Inter comes with cubic (CFF) outlines; they become quadratic "glyf" outlines,
which every text stack Ninth runs on can draw. Kerning and mark placement stay.

Run it in this directory; it needs python3-fonttools and the two font packages.
"""

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

INTER = "/usr/share/fonts/opentype/inter/Inter-%s.otf"
VOLLKORN = "/usr/share/fonts/truetype/vollkorn/Vollkorn-%s.ttf"

# What names of people and songs in Latin, Greek and Cyrillic need, plus the
# punctuation, currency signs, arrows and marks of the interface itself.
RANGES = [
    (0x20, 0x7E), (0xA0, 0x17F), (0x18F, 0x18F), (0x192, 0x192), (0x1A0, 0x1A1),
    (0x1AF, 0x1B0), (0x1E6, 0x1E7), (0x218, 0x21B), (0x237, 0x237), (0x259, 0x259),
    (0x2BB, 0x2BC), (0x2C6, 0x2C7), (0x2D8, 0x2DD), (0x300, 0x304), (0x306, 0x30C),
    (0x31B, 0x31B), (0x323, 0x323), (0x326, 0x328), (0x370, 0x3FF), (0x400, 0x45F),
    (0x490, 0x491), (0x1E80, 0x1E85), (0x1E9E, 0x1E9E), (0x1EA0, 0x1EF9),
    (0x2000, 0x206F), (0x2070, 0x2089), (0x20A0, 0x20BF), (0x2116, 0x2117),
    (0x2122, 0x2122), (0x2153, 0x215E), (0x2190, 0x21B5), (0x2212, 0x2212),
    (0x221E, 0x221E), (0x2248, 0x2248), (0x2260, 0x2260), (0x2264, 0x2265),
    (0x25A0, 0x25CF), (0x2605, 0x2606), (0x2665, 0x2665), (0x266D, 0x266F),
    (0x2713, 0x2713), (0x2717, 0x2717),
]
FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "rlig"]

# Largest distance, in font units, between a cubic curve and its quadratics.
MAX_ERROR = 1.0


def tabular_digits(font):
    """Points the characters 0-9 at the glyphs the "tnum" feature would choose."""
    gsub = font["GSUB"].table
    swap = {}
    for record in gsub.FeatureList.FeatureRecord:
        if record.FeatureTag != "tnum":
            continue
        for index in record.Feature.LookupListIndex:
            for sub in gsub.LookupList.Lookup[index].SubTable:
                swap.update(getattr(sub, "ExtSubTable", sub).mapping)
    for table in font["cmap"].tables:
        if not table.isUnicode():
            continue
        for code in range(ord("0"), ord("9") + 1):
            if table.cmap.get(code) in swap:
                table.cmap[code] = swap[table.cmap[code]]


def even_digits(font):
    """Gives all digits the advance of 0: in the heavier weights 4 is a hair narrower."""
    names = [font.getBestCmap()[code] for code in range(ord("0"), ord("9") + 1)]
    width = font["hmtx"][names[0]][0]
    for name in names:
        font["hmtx"][name] = (width, font["hmtx"][name][1])


def to_quadratic(font):
    """Replaces the CFF outlines of font by glyf ones, in place."""
    source = font.getGlyphSet()
    glyphs = {}
    for name in font.getGlyphOrder():
        pen = TTGlyphPen(source)
        source[name].draw(Cu2QuPen(pen, MAX_ERROR, reverse_direction=True))
        glyphs[name] = pen.glyph()
    font["loca"] = newTable("loca")
    glyf = font["glyf"] = newTable("glyf")
    glyf.glyphOrder = font.getGlyphOrder()
    glyf.glyphs = glyphs
    for name in glyf.glyphOrder:
        glyf.glyphs[name].recalcBounds(glyf)
        advance, _ = font["hmtx"][name]
        font["hmtx"][name] = (advance, getattr(glyf.glyphs[name], "xMin", 0))
    maxp = font["maxp"]
    maxp.tableVersion = 0x00010000
    for field in ("maxZones", "maxTwilightPoints", "maxStorage", "maxFunctionDefs",
                  "maxInstructionDefs", "maxStackElements", "maxSizeOfInstructions"):
        setattr(maxp, field, 0)
    maxp.maxZones = 1
    maxp.compile(font)
    post = font["post"]
    post.formatType = 2.0
    post.extraNames = []
    post.mapping = {}
    post.glyphOrder = font.getGlyphOrder()
    for tag in ("CFF ", "VORG"):
        if tag in font:
            del font[tag]
    font.sfntVersion = "\000\001\000\000"


def cut(source, target, tabular):
    font = TTFont(source, recalcTimestamp=False)
    if tabular:
        tabular_digits(font)
    options = subset.Options()
    options.layout_features = FEATURES
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14, 16, 17]
    options.hinting = False
    options.notdef_outline = True
    options.recalc_timestamp = False
    options.drop_tables += ["DSIG", "FFTM", "STAT"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[c for a, b in RANGES for c in range(a, b + 1)])
    cutter.subset(font)
    if "CFF " in font:
        to_quadratic(font)
    if tabular:
        even_digits(font)
    font.save(target)
    print(target, len(font.getGlyphOrder()), "glyphs")


if __name__ == "__main__":
    for weight in ("Regular", "Medium", "SemiBold", "Bold"):
        cut(INTER % weight, "Inter-%s.ttf" % weight, tabular=True)
    cut(VOLLKORN % "SemiBold", "Vollkorn-SemiBold.ttf", tabular=False)
