"""A regime of one's own: a TOML file that says where the images lie and what is to differ from `natural`.

    name = "flowers"
    data = "flowers"  # a folder beside the file, or an absolute path: train/<class>/*, val/<class>/*, test/<class>/*
    resolution = 32   # every image becomes a square of so many pixels

`regime_keys.KEYS` lists all keys. What is left out is `natural`'s, or is found in the folder; F is scaled from
`natural`'s by the area that the stem gives out. All of it is kept in `runs/<name>/regime.toml`, so that sealed runs say
what they are of, and the name alone is enough from then on. Once something is trained, only `FREE` keys may change.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from regnet.design.lookup import Lookup
from regnet.design.recipe import ImageFolder, Recipe
from regnet.sweeps.folders import full_path, runs_folder, work_folder
from regnet.sweeps.regime import Limits, Regime
from regnet.sweeps.regime_keys import FREE, KEYS, NAME, NEEDED
from regnet.sweeps.strict_toml import read_toml
from regnet.sweeps.whole import write_whole

SUFFIX = ".toml"
KEPT = "regime.toml"
MODEL = "natural"  # whose settings stand for those that a file leaves out
TAKEN = frozenset({"timings"})  # folders of runs that are no regime's
VALIDATION = 5000  # images at most, unless the file says otherwise
Values = dict[str, Any]


def given(path: Path, library: Mapping[str, Regime]) -> Regime:
    """The regime that a file describes, which is kept from then on; `library` has the regimes that there are already.

    Raises:
        FileNotFoundError: no such file, no folder of images, or no place for runs.
        ValueError: an unknown key, a value that a key cannot have, images that do not fit, or a file that says
            otherwise than what was trained; the message names file, key and value.
    """
    path = full_path(path)
    said = _read(path)
    name = said["name"]
    if name in library or name in TAKEN:
        raise ValueError(f"{path}: name = {name!r} is the library's own: give the regime another name")
    said["data"] = str(full_path(path.parent / _home(said["data"])))
    place = runs_folder() / name / KEPT
    before = _read(place) if place.exists() else {}
    usual = _usual(said, library[MODEL])
    if before and _trained(name):
        _refuse_changes(path, said, before, place)
        values = usual | {key: before[key] for key in before if key not in FREE} | said
    else:
        values = usual | _found(path, said) | said
    regime = _regime(path, values, library[MODEL])
    if values != before:
        place.parent.mkdir(parents=True, exist_ok=True)
        write_whole(place, _text(values, path.name))
    return regime


def kept(name: str, model: Regime) -> Regime | None:
    """The regime of that name whose file was read before; None where there is none."""
    if not NAME.fullmatch(name):
        return None
    try:
        place = runs_folder() / name / KEPT
        state = place.stat()
    except FileNotFoundError:
        return None
    return _kept(place, state.st_mtime_ns, state.st_size, model)


def names() -> list[str]:
    """Names of the regimes whose files were read before, sorted."""
    try:
        return sorted(path.parent.name for path in runs_folder().glob(f"*/{KEPT}"))
    except FileNotFoundError:
        return []


@lru_cache(maxsize=16)
def _kept(place: Path, changed: int, size: int, model: Regime) -> Regime:
    del changed, size  # what the cache goes by
    values = _read(place)
    if values["name"] != place.parent.name or set(values) | {"limits"} != set(KEYS):
        raise ValueError(f"{place} is not what was kept there: give the regime's own file again")
    return _regime(place, values, model)


def _read(path: Path) -> Values:
    """A file's keys, each with a value that it can have."""
    try:
        said = read_toml(path)
    except FileNotFoundError:
        raise FileNotFoundError(f"no regime file {path}") from None
    for name, value in said.items():
        if name not in KEYS:
            raise ValueError(f"{path}: {Lookup('key', KEYS).unknown(name)}")
        if not KEYS[name].good(value):
            raise ValueError(f"{path}: {name} = {_toml(value)}, expected {KEYS[name].expected}")
    if lacking := [name for name in NEEDED if name not in said]:
        raise ValueError(f"{path}: {lacking[0]} is missing, expected {KEYS[lacking[0]].expected}")
    return said


def _usual(said: Values, model: Regime) -> Values:
    """What stands for keys that are left out, whatever the images are."""
    base, stem = model.base, model.stem
    images = said.get("images", base.images)
    stride = said.get("stem_stride", stem.stride)
    area = (said["resolution"] / stride) ** 2 / (model.resolution / stem.stride) ** 2
    return {
        "stem_width": stem.width, "stem_stride": stem.stride, "flops": float(f"{model.flops_unit * area:.2g}"),
        "images": images, "batch": base.batch, "lr": base.lr, "weight_decay": base.weight_decay,
        "warmup_images": images // 10, "precision": base.precision,
        "lengths": list(model.lengths), "n": model.n, "n_long": model.n_long, "n_rate": model.n_rate,
    }  # fmt: skip


def _found(path: Path, said: Values) -> Values:
    """What the images say: classes, channels, how many validate; raises where the file says otherwise."""
    from regnet.training.image_folder import survey

    try:
        found = survey(Path(said["data"]), said["resolution"])
    except (OSError, ValueError) as error:
        raise type(error)(f"{path}: data = {_toml(said['data'])}: {error}") from error
    if said.get("classes", found.classes) != found.classes:
        raise ValueError(f"{path}: classes = {said['classes']}, but {said['data']}/train has {found.classes}")
    there = found.validation_images
    if said.get("validation_images", 1) > there:
        raise ValueError(f"{path}: validation_images = {said['validation_images']}, but {said['data']}/val has {there}")
    return {
        "classes": found.classes,
        "channels": found.channels,
        "validation_images": min(VALIDATION, there),
    }


def _regime(path: Path, values: Values, model: Regime) -> Regime:
    folder = ImageFolder(values["data"], values["resolution"], values["channels"])
    recipe = ("resolution", "images", "batch", "lr", "weight_decay", "warmup_images", "validation_images", "precision")
    try:
        base = Recipe(
            data=values["name"], num_classes=values["classes"], final_gamma=model.base.final_gamma, folder=folder,
            **{name: values[name] for name in recipe},
        )  # fmt: skip
        stem = replace(
            model.stem, width=values["stem_width"], stride=values["stem_stride"], channels=values["channels"]
        )
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    return Regime(
        values["name"], base, stem, float(values["flops"]), values["n"], values["n_long"], model.margin,
        tuple(values["lengths"]), Limits(**limits) if (limits := values.get("limits")) else None, values["n_rate"],
        outcome=model.outcome,
    )  # fmt: skip


def _home(text: str) -> Path:
    """A path with `~` as the home folder; it may be relative."""
    try:
        return Path(text).expanduser()
    except RuntimeError as error:
        raise ValueError(f"{text!r} is no path: {error}") from None


def _trained(name: str) -> bool:
    """Whether a training of the regime is in a journal or sealed."""
    journals = (path for path in (work_folder() / name).glob("*.jsonl") if path.stat().st_size)
    return any(journals) or any((runs_folder() / name).glob("*.csv"))


def _refuse_changes(path: Path, said: Values, before: Values, place: Path) -> None:
    differ = [
        f"{name} = {_toml(value)}, trained with {_toml(before[name])}"
        for name, value in said.items()
        if name not in FREE and name in before and value != before[name]
    ]
    if differ:
        raise ValueError(
            f"{path} is not the regime {said['name']} that was trained ({place}): {'; '.join(differ)}; "
            "set it back, or give the changed regime another name"
        )


def _text(values: Values, source: str) -> str:
    lines = (f"{name} = {_toml(values[name])}\n" for name in KEYS if name in values)
    return f"# The regime of {source}, filled up; kept by regnet.\n" + "".join(lines)


def _toml(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_toml(one)}" for name, one in value.items()) + " }"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, str | bool):
        return json.dumps(value, ensure_ascii=False).replace(
            "\x7f", "\\u007f"
        )  # the one that JSON leaves and TOML forbids
    return str(value)
