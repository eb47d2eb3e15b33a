"""Networks from what describes them: a name, JSON of `regnet zoo --json`, a quantised line, pycls' configuration.

Which a mapping is, its keys say: REGNET, ANYNET or EN are pycls' (`pycls_configuration`), `stages` those of an AnyNet
or an EfficientNet, `w_a` those of a RegNet, `network` an object that holds one of them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from regnet.design import pycls_configuration
from regnet.design.names import caveat
from regnet.design.networks import AnyNet, EfficientNet, MBStage, Network, RegNet, Stage, Stem
from regnet.design.zoo import zoo

FILES = (".json", ".yaml", ".yml")
_RESOLUTION = 224


@dataclass(frozen=True)
class Named:
    """A network with what to call it, its resolution, and what must be said of its name ("" for nothing).

    The name is the zoo's where the network is `known` to it, else that of a file.
    """

    name: str
    network: Network
    resolution: int
    caveat: str = ""
    known: bool = True


def find(text: str) -> Named:
    """The network of a name, whoever spelt it, or of a .json or .yaml file.

    Raises:
        UnknownName: not a published network (a ValueError).
        FileNotFoundError: no such file.
        ValueError: a file that describes no network.
    """
    path = Path(text)
    if path.suffix.lower() not in FILES:
        key = zoo.name(text)
        return Named(key, zoo[key], zoo.resolution(key), caveat(text))
    description = _read(path)
    try:
        network, resolution = network_from(description), _resolution(description)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    known = [key for key in (*zoo, *zoo.beyond) if zoo[key] == network]
    return Named(known[0] if known else path.name, network, resolution, known=bool(known))


def network_from(description: str | Path | Mapping[str, Any]) -> Network:
    """The network that a name, a .json or .yaml file, or a mapping read from one describes.

    A mapping is one object of `regnet zoo --json` or its "network", the fields of a `RegNet`, or pycls' configuration.

    Raises:
        ValueError: what describes no network; the message says which key.
        FileNotFoundError: no such file.

    >>> network_from({"d": 22, "w_a": 24.48, "w_0": 24, "w_m": 2.54, "g": 16}) == zoo["regnetx-400mf"]
    True
    >>> network_from({"stages": [{"depth": 1, "width": 16, "group_width": 8}], "stem": {"width": 8}}).widths
    (16,)
    """
    if isinstance(description, str | Path):
        return find(str(description)).network
    if not isinstance(description, Mapping):
        raise ValueError(f"a mapping that describes a network is expected, got {description!r}")
    if "network" in description:
        return network_from(description["network"])
    try:
        if pycls_configuration.is_one(description):
            return pycls_configuration.network(description)
        return _network(description)
    except (TypeError, AttributeError, ArithmeticError) as error:  # words for numbers, numbers for lists, 1 / 0
        raise ValueError(f"no network is described so: {error}") from error


def _network(description: Mapping[str, Any]) -> Network:
    given = {name: value for name, value in description.items() if name != "resolution"}
    if "stem" in given:
        given["stem"] = _made(Stem, given["stem"])
    if "w_a" in given:
        line: RegNet = _made(RegNet, given)
        return line.to_anynet()
    if "stages" not in given:
        raise ValueError(
            "a network is described by its stages, or its line (d, w_a, w_0, w_m, g), or pycls' configuration, "
            f"got the keys {', '.join(map(str, given)) or '(none)'}"
        )
    mobile = any("expansion" in stage for stage in given["stages"]) or "head_width" in given
    stage_kind: type[Any] = MBStage if mobile else Stage
    given["stages"] = tuple(_made(stage_kind, stage) for stage in given["stages"])
    found: Network = _made(EfficientNet if mobile else AnyNet, given)
    return found


def _made(kind: type[Any], given: Mapping[str, Any]) -> Any:
    """A frozen value of its fields; raises ValueError where one is unknown, TypeError where one is missing."""
    known = [field.name for field in fields(kind)]
    if unknown := [str(name) for name in given if name not in known]:
        raise ValueError(f"{kind.__name__} has no {unknown[0]!r}: it has {', '.join(known)}")
    return kind(**given)


def _resolution(description: Mapping[str, Any]) -> int:
    """Of the training images, where the description says it."""
    its = pycls_configuration.resolution(description) if pycls_configuration.is_one(description) else None
    side = description.get("resolution", _RESOLUTION) if its is None else its
    if not isinstance(side, int) or side < 1:
        raise ValueError(f"the resolution must be a positive whole number of pixels, got {side!r}")
    return side


def _read(path: Path) -> Mapping[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        found = json.loads(text) if path.suffix.lower() == ".json" else _yaml(text)
    except RecursionError:
        raise ValueError(f"{path} cannot be read: it is nested too deeply") from None
    except ValueError as error:  # no UTF-8, no JSON
        raise ValueError(f"{path} cannot be read: {str(error).splitlines()[0]}") from error
    if not isinstance(found, Mapping):
        raise ValueError(f"{path} holds no object of keys and values, but {type(found).__name__}")
    return found


def _yaml(text: str) -> Any:
    try:
        import yaml
    except ImportError as error:
        raise ImportError("reading YAML needs PyYAML: pip install pyyaml") from error
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from error
