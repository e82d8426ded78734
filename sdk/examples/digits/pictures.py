"""What the network gets wrong, drawn by Pillow on a transparent ground, at twice the size it is read at."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Whole = NDArray[np.intp]
GREY = (128, 125, 118, 255)  # readable on white and on black
RIGHT, WRONG, FEW = (10, 130, 135), (176, 82, 22), (116, 112, 105)  # white is readable on each and on what lies between
CELL, MARGIN = 52, 64
DIGIT, LABEL = 80, 32


def confusion_matrix(truth: Whole, guess: Whole) -> Image.Image:
    """How often each digit (row) was taken for each (column); the more colour, the larger its part of the row."""
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (truth, guess), 1)
    side = MARGIN + 10 * CELL + 4
    picture = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    font = ImageFont.load_default(24)
    for k in range(10):
        middle = MARGIN + k * CELL + CELL // 2
        pen.text((MARGIN - 16, middle), str(k), GREY, font, anchor="rm")
        pen.text((middle, MARGIN - 16), str(k), GREY, font, anchor="ms")
    pen.text((0, MARGIN - 36), "true", GREY, ImageFont.load_default(20), anchor="lm")
    pen.text((MARGIN - 8, 10), "predicted", GREY, ImageFont.load_default(20), anchor="lm")
    for row, column in np.ndindex(10, 10):
        _cell(pen, font, (row, column), int(counts[row, column]), counts[row, column] / max(1, counts[row].sum()))
    return picture


def _cell(
    pen: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, at: tuple[int, int], count: int, part: float
) -> None:
    row, column = at
    left, top = MARGIN + column * CELL, MARGIN + row * CELL
    box = (left + 2, top + 2, left + CELL - 2, top + CELL - 2)
    if not count:
        pen.rounded_rectangle(box, 6, (128, 125, 118, 24))
        return
    full, weight = RIGHT if row == column else WRONG, part**0.5
    pen.rounded_rectangle(box, 6, tuple(round(few + weight * (most - few)) for few, most in zip(FEW, full, strict=True)))
    pen.text((left + CELL // 2, top + CELL // 2), str(count), (255, 255, 255), font, anchor="mm")


def misread_digits(pixels: NDArray[np.float64], truth: Whole, guess: Whole, most: int = 24) -> Image.Image:
    """The first `most` digits that were misread: pixels (n, 64) of 0..16, under each what it is and was taken for."""
    wrong = np.flatnonzero(truth != guess)[:most]
    columns = 8
    rows = max(1, -(-len(wrong) // columns))
    picture = Image.new("RGBA", (columns * (DIGIT + 12), rows * (DIGIT + LABEL + 8)), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    font = ImageFont.load_default(22)
    for place, index in enumerate(wrong):
        left, top = place % columns * (DIGIT + 12) + 6, place // columns * (DIGIT + LABEL + 8)
        grey = (27 + pixels[index].reshape(8, 8) / 16 * 226).astype(np.uint8)
        picture.paste(Image.fromarray(grey).resize((DIGIT, DIGIT), Image.Resampling.NEAREST), (left, top))
        pen.text((left + DIGIT // 2, top + DIGIT + 4), f"{truth[index]} as {guess[index]}", GREY, font, anchor="ma")
    if not len(wrong):
        pen.text((6, DIGIT // 2), "every digit was read right", GREY, font, anchor="lm")
    return picture
