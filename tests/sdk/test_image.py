"""Images, read back by a PNG reader that is not ours."""

from io import BytesIO
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from lablore import Image
from lablore._image import LARGEST

RANDOM = np.random.default_rng(7)


def _pixels(image: Image) -> np.ndarray:
    assert image.problem == ""
    with PIL.Image.open(BytesIO(image.png)) as picture:
        picture.load()
        return np.asarray(picture)


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3), (5, 7, 4), (5, 7, 2), (1, 1)])
def test_bytes_come_back(shape: tuple[int, ...]) -> None:
    array = RANDOM.integers(0, 256, shape, dtype=np.uint8)
    assert np.array_equal(_pixels(Image(array)), array)


def test_one_channel_and_channels_first() -> None:
    grey = RANDOM.integers(0, 256, (5, 7, 1), dtype=np.uint8)
    assert np.array_equal(_pixels(Image(grey)), grey[:, :, 0])
    colour = RANDOM.integers(0, 256, (3, 32, 48), dtype=np.uint8)
    assert np.array_equal(_pixels(Image(colour)), colour.transpose(1, 2, 0))


def test_floats_are_0_to_1_or_0_to_255() -> None:
    unit = np.array([[0.0, 0.5, 1.0, -1.0, np.nan]], np.float32)
    assert _pixels(Image(unit)).tolist() == [[0, 128, 255, 0, 0]]
    wide = np.array([[0.0, 128.0, 255.0, 300.0]])
    assert _pixels(Image(wide)).tolist() == [[0, 128, 255, 255]]


def test_integers_are_clipped_and_booleans_black_and_white() -> None:
    assert _pixels(Image(np.array([[-5, 300, 7]]))).tolist() == [[0, 255, 7]]
    assert _pixels(Image(np.array([[True, False]]))).tolist() == [[255, 0]]


def test_the_array_may_change_afterwards_and_stays_as_it_was() -> None:
    array = np.array([[0.25, np.nan]])
    image = Image(array, caption="before")
    assert np.isnan(array[0, 1])
    array[:] = 1
    assert _pixels(image).tolist() == [[64, 0]]
    assert image.caption == "before"


def test_png_bytes_paths_and_pil(tmp_path: Path) -> None:
    array = RANDOM.integers(0, 256, (4, 6, 3), dtype=np.uint8)
    png = Image(array).png
    assert Image(png).png == png
    (tmp_path / "a.png").write_bytes(png)
    assert Image(tmp_path / "a.png").png == png
    assert Image(str(tmp_path / "a.png")).png == png
    assert np.array_equal(_pixels(Image(PIL.Image.fromarray(array))), array)
    assert _pixels(Image(PIL.Image.new("P", (2, 3)))).shape == (3, 2, 4)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"GIF89a", "only PNG files are taken"),
        ("/nowhere/a.png", "No such file"),
        (np.zeros((2, 2, 5), np.uint8), "shape (2, 2, 5)"),
        (np.zeros((0, 2), np.uint8), "shape (0, 2, 1)"),
        (np.zeros(3), "shape (3,)"),
        (np.zeros((2, 2), complex), "complex128"),
        ([[1, 2]], "list is no array"),
        (None, "NoneType is no array"),
    ],
)
def test_what_is_no_image_never_raises(data: object, problem: str) -> None:
    image = Image(data)
    assert problem in image.problem
    assert image.png == b""


def test_an_image_too_large_to_send() -> None:
    noise = RANDOM.integers(0, 256, (1300, 1300, 3), dtype=np.uint8)
    assert len(Image(noise).png) > LARGEST
    assert Image(noise).problem == "an image of more than 4 MiB as PNG"
