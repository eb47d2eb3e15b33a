"""A matplotlib figure as SVG text that lies inside a page: hover titles, ids of its own, the page's colours.

Deviations from what matplotlib writes:
- ids begin with the figure's name, and only those that something points at stay: figures share one page;
- text and axes take the page's text colour (`currentColor`), so that dark pages need no second picture;
- the style sheet, the metadata and the long font list are gone: inside a page they would hold for all of it.
"""

import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence

import matplotlib
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure

from regnet.figures.panels.style import INK

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
FONTS = "'DejaVu Sans', Verdana, sans-serif"
PIXELS_PER_POINT = 96 / 72
IMAGES = 192  # pixels an inch of what is too crowded to be drawn point by point


def render(figure: Figure, name: str, *, alt: str) -> str:
    """The figure as one `<svg>` element with `role="img"` and the alternative text; equal figures give equal text.

    Points made by `style.scatter` carry their titles, which browsers show on hover.

    Raises:
        ValueError: the axes cannot show a titled point.
    """
    titled = _name_titled_points(figure)
    with matplotlib.rc_context({"svg.hashsalt": name, "svg.fonttype": "none"}):
        file = io.StringIO()
        crowded = any(points.get_rasterized() for points in figure.findobj(PathCollection))
        dpi = IMAGES if crowded else "figure"  # the layout's last digits hang on it
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None}, dpi=dpi)
    root = ET.fromstring(file.getvalue())
    _strip(root)
    for gid, titles in titled.items():
        _title_points(root, gid, titles)
    _own_ids(root, name)
    whole = root.find(f"{{{SVG}}}g")
    assert whole is not None
    whole.set("id", drawing(name))
    _fit(root, alt)
    ET.register_namespace("", SVG)
    text = ET.tostring(root, encoding="unicode").replace(INK, "currentColor")
    return re.sub(r">\s+<", "><", re.sub(r"font-family: 'DejaVu Sans'[^;\"]*", f"font-family: {FONTS}", text))


def drawing(name: str) -> str:
    """The id of the group that holds the whole drawing of an element."""
    return f"{name}-drawing"


def png(figure: Figure) -> bytes:
    """The figure as PNG on white, for readers of notebooks and for print."""
    file = io.BytesIO()
    figure.savefig(file, format="png", facecolor="white", metadata={"Software": None})
    return file.getvalue()


def _name_titled_points(figure: Figure) -> dict[str, Sequence[str]]:
    """Group id -> titles, for every collection that `style.scatter` drew."""
    titled: dict[str, Sequence[str]] = {}
    for points in figure.findobj(PathCollection):
        titles = getattr(points, "titles", None)
        if titles is not None:
            gid = f"titled-{len(titled)}"
            points.set_gid(gid)
            titled[gid] = titles
    return titled


def _strip(root: ET.Element) -> None:
    metadata = root.find(f"{{{SVG}}}metadata")
    if metadata is not None:
        root.remove(metadata)
    for defs in root.findall(f"{{{SVG}}}defs"):
        for sheet in defs.findall(f"{{{SVG}}}style"):
            defs.remove(sheet)


def _title_points(root: ET.Element, gid: str, titles: Sequence[str]) -> None:
    group = root.find(f".//{{{SVG}}}g[@id='{gid}']")
    marks = [] if group is None else _marks(group)
    if len(marks) != len(titles):
        raise ValueError(
            f"{len(titles)} titled points but {len(marks)} drawn: these axes cannot show one (0 on a log axis?); "
            "leave it out before style.scatter"
        )
    for mark, title in zip(marks, titles, strict=True):
        ET.SubElement(mark, f"{{{SVG}}}title").text = title


def _marks(group: ET.Element) -> list[ET.Element]:
    """The drawn points: `<use>` of one shape, or where points are few and their shape is short a `<path>` each."""
    uses = [m for m in group.iter() if m.tag == f"{{{SVG}}}use"]
    return uses or [m for m in group.iter() if m.tag == f"{{{SVG}}}path"]


def _own_ids(root: ET.Element, name: str) -> None:
    """Gives every id that is pointed at the figure's name and a number, in their order, and drops the others.

    Matplotlib's own may come from addresses in memory, which would make equal figures differ.
    """
    pointed = r"url\(#([^)]+)\)"
    used: set[str] = set()
    for element in root.iter():
        for key, value in element.attrib.items():
            used.update(re.findall(pointed, value))
            if key == f"{{{XLINK}}}href" and value.startswith("#"):
                used.add(value.removeprefix("#"))
    ids = (element.get("id", "") for element in root.iter())
    own = {old: f"{name}-{number}" for number, old in enumerate(old for old in ids if old in used)}
    for element in root.iter():
        for key, value in list(element.attrib.items()):
            if key == "id":
                del element.attrib[key]
                if value in used:
                    element.set(key, own[value])
            elif key == f"{{{XLINK}}}href":
                del element.attrib[key]
                element.set("href", f"#{own[value[1:]]}" if value.startswith("#") else value)  # an image has its data
            elif "url(#" in value:
                element.set(key, re.sub(pointed, lambda found: f"url(#{own[found[1]]})", value))


def _fit(root: ET.Element, alt: str) -> None:
    """Width in CSS pixels; shrinks with the page, keeps its shape."""
    width = round(float(root.attrib.pop("width").removesuffix("pt")) * PIXELS_PER_POINT)
    del root.attrib["height"]
    root.attrib.update({
        "width": str(width), "role": "img", "aria-label": alt,
        "style": "max-width: 100%; height: auto; stroke-linejoin: round; stroke-linecap: butt",
    })  # fmt: skip
