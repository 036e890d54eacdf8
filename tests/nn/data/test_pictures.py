"""Pictures of handwriting: photographed here, in every light and format, and read as the same digit."""

import io
import struct
import sys
import zlib

import numpy as np
import pytest
from PIL import Image, ImageFilter

import nn

PAPER, INK = 0.85, 0.2  # what they reflect


def written(image):
    """A digit of 28 x 28 as if written large with a broad pen: ink from 0 to 1, cropped to it."""
    grey = Image.fromarray(np.uint8(255 * image.reshape(28, 28)))
    large = np.asarray(grey.resize((252, 252), Image.Resampling.BICUBIC), np.float64) / 255
    ink = 1 / (1 + np.exp(12 * (0.45 - large)))
    rows, columns = (np.flatnonzero((ink > 0.5).any(axis=axis)) for axis in (1, 0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def on_a_page(ink, rng, margin=0.6):
    """Ink somewhere on a page that is larger by a margin."""
    height, width = ink.shape
    more = int(margin * max(ink.shape)) + 2
    page = np.zeros((height + more, width + more))
    y, x = rng.integers(1, more, 2)
    page[y : y + height, x : x + width] = ink
    return page


LIGHTS = {
    "even": lambda x, y: np.ones_like(x),
    "from one side": lambda x, y: 0.6 + 0.4 * x,
    "from one corner": lambda x, y: 1 - 0.3 * x - 0.4 * y,
    "a lamp": lambda x, y: 0.3 + 0.7 * np.exp(-((x - 0.2) ** 2 + (y - 0.3) ** 2) / 0.3),
    "a soft shadow": lambda x, y: 1 - 0.5 / (1 + np.exp(-40 * (0.6 * x + 0.4 * y - 0.45))),
    "a hard shadow": lambda x, y: 1 - 0.5 * (0.7 * x + 0.3 * y > 0.5),
}


def photographed(page, rng, light="even", light_on_dark=False, noise=0.02):
    """A picture of a page, a little out of focus and grainy."""
    paper, ink = (INK, PAPER) if light_on_dark else (PAPER, INK)
    y, x = np.meshgrid(*(np.linspace(0, 1, n) for n in page.shape), indexing="ij")
    grey = (paper + (ink - paper) * page) * LIGHTS[light](x, y)
    blurred = Image.fromarray(np.uint8(255 * grey)).filter(ImageFilter.GaussianBlur(1))
    grainy = np.asarray(blurred) + rng.normal(0, 255 * noise, page.shape)
    return Image.fromarray(np.uint8(np.clip(grainy, 0, 255)))


def read(picture, path, **options):
    picture.save(path, **options)
    return nn.data.read_image(path)


def likeness(a, b):
    return np.corrcoef(np.ravel(a), np.ravel(b))[0, 1]


@pytest.fixture(scope="module")
def digits():
    return nn.data.strokes(100, rng=5)


@pytest.fixture(scope="module")
def five(digits):
    """A picture of one digit, dark on light in even light, which is right way up only one way."""
    rng = np.random.default_rng(0)
    return photographed(on_a_page(written(digits.images[digits.labels == 5][0]), rng), rng, noise=0)


@pytest.fixture(scope="module")
def expected(five, tmp_path_factory):
    """The image that is read from the file of `five`."""
    return read(five, tmp_path_factory.mktemp("five") / "five.png")


def as_mnist(ink):
    """The ink in 20 x 20 pixels, its center of mass in the middle pixel: area means, whole shifts."""
    height, width = ink.shape
    unit = max(ink.shape) / 20
    small = Image.fromarray(ink.astype(np.float32)).resize(
        (max(1, round(width / unit)), max(1, round(height / unit))), Image.Resampling.BOX
    )
    digit = np.asarray(small)
    center = [digit.sum(axis=1 - axis) @ np.arange(digit.shape[axis]) / digit.sum() for axis in (0, 1)]
    y, x = (int(np.clip(round(14 - c), 0, 28 - n)) for c, n in zip(center, digit.shape, strict=True))
    image = np.zeros((28, 28))
    image[y : y + digit.shape[0], x : x + digit.shape[1]] = digit
    return image


@pytest.mark.parametrize("light_on_dark", [False, True])
@pytest.mark.parametrize("light", LIGHTS)
def test_the_image_is_the_digit_made_like_mnists(digits, tmp_path, light, light_on_dark):
    rng = np.random.default_rng(0)
    alike = []
    for image in digits.images[:7]:
        ink = written(image)
        picture = photographed(on_a_page(ink, rng), rng, light, light_on_dark)
        alike.append(likeness(read(picture, tmp_path / "digit.png"), as_mnist(ink)))
    assert np.median(alike) > 0.95
    assert min(alike) > 0.8  # a whole shift and a fine one may be half a pixel apart


def test_a_net_that_learned_strokes_reads_photographs(digits, tmp_path):
    learned = nn.data.strokes(6000, rng=1)
    net = nn.MLP([784, 30, 10], rng=0)
    nn.fit(
        net, learned.images, nn.data.one_hot(learned.labels), optimizer=nn.SGD(net.parameters(), lr=1.5),
        epochs=6, batch_size=10, rng=0,
    )  # fmt: skip
    assert nn.accuracy(net, digits.images, digits.labels) > 0.85
    rng = np.random.default_rng(0)
    lights = [*LIGHTS] * 5
    images = np.stack([
        read(photographed(on_a_page(written(image), rng), rng, light, i % 2 == 1), tmp_path / "digit.png")
        for i, (image, light) in enumerate(zip(digits.images[:30], lights, strict=False))
    ])  # fmt: skip
    assert nn.accuracy(net, images, digits.labels[:30]) > 0.85


@pytest.mark.parametrize("margin", [0.0, 0.05, 2.0])
def test_it_fills_20_pixels_around_its_center_of_mass(digits, tmp_path, margin):
    rng = np.random.default_rng(0)
    for image in digits.images[:8]:
        picture = photographed(on_a_page(written(image), rng, margin), rng, noise=0)
        ink = (read(picture, tmp_path / "digit.png").reshape(28, 28) - 0.01) / 0.99
        assert ink.max() == pytest.approx(1, abs=1e-6)
        sides = [np.ptp(np.flatnonzero((ink > 0.3).any(axis=axis))) + 1 for axis in (0, 1)]
        assert max(sides) in (19, 20, 21)
        for axis in (0, 1):
            assert ink.sum(axis=axis) @ np.arange(28) / ink.sum() == pytest.approx(14, abs=0.1)


def test_a_digit_all_to_one_side_stays_inside(tmp_path):
    page = np.zeros((300, 300))
    page[50:250, 100:107] = 1  # a thin stroke
    page[50:110, 100:160] = 1  # and a blot at its top
    image = read(photographed(page, np.random.default_rng(0), noise=0), tmp_path / "digit.png")
    rows = np.flatnonzero((image.reshape(28, 28) > 0.3).any(axis=1))
    assert (rows[0], rows[-1]) == (8, 27)


@pytest.mark.parametrize("light_on_dark", [False, True])
def test_28_x_28_pixels_in_their_place_are_kept(tmp_path, digits, light_on_dark):
    for image in digits.images[:20]:
        grey = np.uint8(np.round(255 * as_mnist(written(image))))
        picture = Image.fromarray(grey if light_on_dark else 255 - grey)
        kept = read(picture, tmp_path / "digit.png")
        assert (kept.shape, kept.dtype) == ((784,), np.float32)
        assert np.array_equal(kept, nn.data.scaled(grey.ravel()))


@pytest.mark.parametrize(("place", "light_on_dark"), [((0, 0), True), ((4, 4), False), ((2, 7), True)])
def test_28_x_28_pixels_out_of_their_place_are_centred(digits, place, light_on_dark):
    alike = []
    for image in digits.images[:4]:
        digit = as_mnist(written(image))
        rows, columns = (np.flatnonzero(digit.any(axis=axis)) for axis in (1, 0))
        digit = digit[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        height, width = digit.shape
        y, x = min(place[0], 28 - height), min(place[1], 28 - width)
        moved = np.zeros((28, 28), np.uint8)
        moved[y : y + height, x : x + width] = np.round(255 * digit)
        read = nn.data.read_image(moved if light_on_dark else 255 - moved)
        alike.append(likeness(read, as_mnist(written(image))))
    assert np.median(alike) > 0.95
    assert min(alike) > 0.75


def test_28_x_28_pixels_are_read_as_the_same_picture_in_56_x_56_is():
    stroke = np.full((28, 28), 255, np.uint8)
    stroke[2:22, 2:5] = 0
    small, large = (nn.data.read_image(picture) for picture in (stroke, stroke.repeat(2, 0).repeat(2, 1)))
    assert small.reshape(28, 28).sum(axis=0).argmax() == large.reshape(28, 28).sum(axis=0).argmax() == 14
    assert likeness(small, large) > 0.97


# -- pictures that are no files -------------------------------------------------------------------


def test_images_of_pillow_and_arrays_are_read_as_their_files_are(five, expected, tmp_path):
    five.save(tmp_path / "five.png")
    grey = np.asarray(five)
    clear = np.dstack([grey] * 3 + [np.full_like(grey, 255)])
    for picture in (five, grey, grey.astype(float), grey[..., None], clear, grey.tolist()):
        assert np.array_equal(nn.data.read_image(picture), expected)
    assert np.array_equal(nn.data.read_image(grey / 255), expected)
    assert np.array_equal(nn.data.read_image(str(tmp_path / "five.png")), expected)
    assert likeness(nn.data.read_image(grey > 128), expected) > 0.95
    assert np.array_equal(np.asarray(five), grey)  # what was given is as it was


@pytest.mark.parametrize(
    ("picture", "error", "message"),
    [
        (np.zeros(784), ValueError, r"not \(784,\); a row of 784 pixels becomes one by reshape\(28, 28\)"),
        (np.zeros((9, 9, 2)), ValueError, r"not \(9, 9, 2\)"),
        (np.zeros((0, 9)), ValueError, r"not \(0, 9\)"),
        (np.full((9, 9), 256), ValueError, "from 0 to 255, or are floats from 0 to 1; given 256"),
        (np.full((9, 9), -0.5), ValueError, "given -0.5"),
        (np.full((9, 9), np.nan), ValueError, "given nan"),
        (None, TypeError, "a path is text or a pathlib.Path"),
        (np.full((9, 9), "a"), TypeError, "a picture is an array of real numbers"),
        (np.zeros((28, 28)), ValueError, "the picture: no digit found"),
        (np.zeros((50, 50)), ValueError, "the picture: no digit found"),
    ],
)
def test_an_array_that_is_no_picture_is_told(picture, error, message):
    with pytest.raises(error, match=message):
        nn.data.read_image(picture)


# -- formats ----------------------------------------------------------------------------------------

MODES = {
    "png": ["1", "L", "P", "RGB"],
    "jpg": ["L", "RGB", "CMYK"],
    "bmp": ["1", "L", "P", "RGB"],
    "gif": ["1", "L", "P"],
    "tiff": ["1", "L", "P", "RGB", "CMYK"],
    "webp": ["L", "RGB"],
}


@pytest.mark.parametrize(("kind", "mode"), [(kind, mode) for kind in MODES for mode in MODES[kind]])
def test_formats_and_modes_make_no_difference(five, expected, tmp_path, kind, mode):
    found = read(five.convert(mode), tmp_path / f"five.{kind}")
    assert likeness(found, expected) > 0.98


@pytest.mark.parametrize(
    ("kind", "dtype", "white"),
    [
        ("png", np.uint16, 65535),
        ("tiff", np.uint16, 65535),
        ("tiff", np.int32, 2**20),
        ("tiff", np.float32, 1),
    ],
)
def test_16_and_32_bits_a_pixel(five, expected, tmp_path, kind, dtype, white):
    numbers = (np.asarray(five) / 255 * white).astype(dtype)
    found = read(Image.fromarray(numbers), tmp_path / f"five.{kind}")
    assert likeness(found, expected) > 0.99


def test_16_bits_a_pixel_are_not_stretched(tmp_path):
    """Grey on black stays grey: of 28 x 28 pixels every one is kept."""
    grey = np.zeros((28, 28), np.uint16)
    grey[6:22, 12:16] = 100 * 257
    found = read(Image.fromarray(grey), tmp_path / "one.png")
    assert np.array_equal(found, nn.data.scaled(grey.ravel() // 257))


def test_pixels_that_are_no_numbers_are_black(five, expected, tmp_path):
    grey = np.asarray(five).astype(np.float32)
    grey[grey < 128] = np.nan
    found = read(Image.fromarray(grey), tmp_path / "five.tiff")
    assert likeness(found, expected) > 0.98


TURNS = [
    None, Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.ROTATE_180, Image.Transpose.FLIP_TOP_BOTTOM,
    Image.Transpose.TRANSPOSE, Image.Transpose.ROTATE_90, Image.Transpose.TRANSVERSE,
    Image.Transpose.ROTATE_270,
]  # fmt: skip


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_camera_held_otherwise_makes_no_difference(five, expected, tmp_path, orientation):
    turn = TURNS[orientation - 1]
    exif = Image.Exif()
    exif[0x112] = orientation
    found = read(five if turn is None else five.transpose(turn), tmp_path / "five.jpg", exif=exif)
    assert likeness(found, expected) > 0.99


@pytest.mark.parametrize("color", [(0, 0, 0), (20, 30, 200), (255, 255, 255)])
@pytest.mark.parametrize("trimmed", [False, True])
def test_where_ink_is_all_there_is_the_rest_is_paper(five, expected, tmp_path, color, trimmed):
    ink = np.where(np.asarray(five) < 128, 255, 0).astype(np.uint8)
    picture = Image.merge("RGBA", [*(Image.new("L", five.size, c) for c in color), Image.fromarray(ink)])
    if trimmed:
        picture = picture.crop(picture.getchannel("A").getbbox())
    found = read(picture, tmp_path / "ink.png")
    assert likeness(found, expected) > 0.98


def test_a_transparent_palette_color_is_paper(five, expected, tmp_path):
    picture = Image.fromarray(np.where(np.asarray(five) < 128, 0, 1).astype(np.uint8), "P")
    picture.putpalette([0, 0, 0, 10, 10, 10])  # both are nearly black
    found = read(picture, tmp_path / "ink.gif", transparency=1)
    assert likeness(found, expected) > 0.98


@pytest.mark.parametrize("light_on_dark", [False, True])
def test_around_a_page_that_was_cut_out_there_is_paper(five, expected, tmp_path, light_on_dark):
    page = Image.eval(five, lambda grey: 255 - grey) if light_on_dark else five
    picture = Image.new("RGBA", (3 * page.width, 3 * page.height))
    picture.paste(page.convert("RGBA"), (page.width // 2, page.height))
    found = read(picture, tmp_path / "page.png")
    assert likeness(found, expected) > 0.98


def test_what_is_half_transparent_is_read_too(five, expected, tmp_path):
    picture = five.convert("RGBA")
    picture.putalpha(120)
    assert likeness(read(picture, tmp_path / "half.png"), expected) > 0.98


def test_the_first_of_several_pages(five, expected, tmp_path):
    blank = Image.new("L", five.size, 255)
    found = read(five, tmp_path / "five.gif", save_all=True, append_images=[blank])
    assert likeness(found, expected) > 0.98


@pytest.mark.parametrize("size", [24, 40, 90, 700, 2500])
def test_the_size_makes_little_difference(five, expected, tmp_path, size):
    shape = (round(size * five.width / five.height), size)
    for kind in ("png", "jpg"):
        resized = five.resize(shape, Image.Resampling.BICUBIC)
        found = read(resized, tmp_path / f"five.{kind}")
        assert likeness(found, expected) > 0.95


def test_ruled_paper_and_dirt_are_not_ink(five, expected, tmp_path):
    page = np.asarray(five).copy()
    page[::25] = np.minimum(page[::25], 185)  # faint lines
    page[3:8, 3:8] = page[-9:-4, 5:9] = 40  # specks
    found = read(Image.fromarray(page), tmp_path / "ruled.png")
    assert likeness(found, expected) > 0.98


def test_pieces_of_a_digit_are_kept(tmp_path):
    page = np.zeros((200, 200))
    page[40:52, 60:140] = 1
    page[70:160, 60:72] = 1  # apart from the first
    image = read(photographed(page, np.random.default_rng(0)), tmp_path / "two.png").reshape(28, 28)
    assert np.any(image[:, 18:] > 0.5)
    assert np.any(image[18:] > 0.5)


# -- what is no picture of a digit ------------------------------------------------------------------


@pytest.mark.parametrize("size", [(28, 28), (1, 1), (1, 400), (5, 5), (300, 200), (20_000, 3)])
@pytest.mark.parametrize("color", ["white", "black", (0, 0, 0, 0), (255, 255, 255, 100)])
def test_a_blank_picture_is_named(tmp_path, size, color):
    with pytest.raises(ValueError, match=r"blank\.png: no digit found"):
        read(Image.new("RGBA", size, color), tmp_path / "blank.png")


@pytest.mark.parametrize("light", [light for light in LIGHTS if "shadow" not in light])
@pytest.mark.parametrize("noise", [0, 0.02, 0.1])
def test_light_and_grain_are_not_ink(tmp_path, light, noise):
    for shape in ((60, 80), (500, 300)):
        blank = photographed(np.zeros(shape), np.random.default_rng(0), light, noise=noise)
        with pytest.raises(ValueError, match=r"blank\.png: no digit found"):
            read(blank, tmp_path / "blank.png")


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        nn.data.read_image(tmp_path / "nowhere.png")
    with pytest.raises(OSError, match=str(tmp_path.name)):
        nn.data.read_image(str(tmp_path))


@pytest.mark.parametrize("content", [b"", b"Seven", b"\x89PNG\r\n\x1a\n"])
def test_a_file_that_is_no_picture_is_named(tmp_path, content):
    path = tmp_path / "seven.png"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"seven\.png: not a picture that Pillow reads; save it as PNG"):
        nn.data.read_image(path)


@pytest.mark.parametrize("kind", ["png", "jpeg", "gif", "tiff", "webp", "bmp"])
def test_a_damaged_picture_is_named(five, tmp_path, kind):
    stream = io.BytesIO()
    five.save(stream, kind)
    path = tmp_path / f"half.{kind}"
    path.write_bytes(stream.getvalue()[: len(stream.getvalue()) // 2])
    with pytest.raises(ValueError, match=rf"half\.{kind}: damaged picture \("):
        nn.data.read_image(path)


@pytest.mark.parametrize("side", [10_000, 60_000])
def test_a_picture_of_absurd_size_is_not_unpacked(tmp_path, side):
    def chunk(name, content):
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
    path = tmp_path / "bomb.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b""))
    with pytest.raises(ValueError, match=rf"bomb\.png: too large to read; save it smaller .*{side**2}"):
        nn.data.read_image(path)


def test_without_pillow_the_command_that_installs_it_is_told(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    with pytest.raises(ImportError, match=r'reading a picture needs PIL: pip install "chainrule\[images\]"'):
        nn.data.read_image(tmp_path / "seven.png")
