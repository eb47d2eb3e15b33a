"""Designing Network Design Spaces, regenerated: sample spaces, train populations, redraw and judge every figure.

`import regnet` is lazy and never imports torch.
"""

import importlib
from typing import Any

# public name -> (module, attribute); None stands for the module itself
_HOME = {
    "AnyNet": ("regnet.design.networks", "AnyNet"),
    "EfficientNet": ("regnet.design.networks", "EfficientNet"),
    "MBStage": ("regnet.design.networks", "MBStage"),
    "RegNet": ("regnet.design.networks", "RegNet"),
    "Stage": ("regnet.design.networks", "Stage"),
    "Stem": ("regnet.design.networks", "Stem"),
    "Complexity": ("regnet.design.complexity", "Complexity"),
    "complexity": ("regnet.design.complexity", "complexity"),
    "DesignSpace": ("regnet.design.spaces", "DesignSpace"),
    "spaces": ("regnet.design.spaces", "spaces"),
    "zoo": ("regnet.design.zoo", "zoo"),
    "network_from": ("regnet.design.descriptions", "network_from"),
    "network_of": ("regnet.sweeps.rows", "network_of"),
    "scale_to": ("regnet.design.shapes", "scale_to"),
    "Recipe": ("regnet.design.recipe", "Recipe"),
    "Record": ("regnet.design.recipe", "Record"),
    "regimes": ("regnet.sweeps.regimes", "regimes"),
    "load": ("regnet.sweeps.store", "load"),
    "open_runs": ("regnet.sweeps.store", "open_runs"),
    "fit_quantized_linear": ("regnet.analysis.linear_fit", "fit_quantized_linear"),
    "analysis": ("regnet.analysis", None),
    "published": ("regnet.published", None),
}

__version__ = "0.1.0"
__all__ = ["build", *_HOME]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'regnet' has no attribute {name!r}")
    module, attribute = _HOME[name]
    home = importlib.import_module(module)
    value = home if attribute is None else getattr(home, attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])


def build(network: Any, num_classes: int = 1000, *, seed: int | None = None) -> Any:
    """The torch module of a network, initialised from `seed` or torch's own state (needs the extra `train`).

    `torch.export` and `torch.jit.script` take it, in training and in evaluation mode.

    Raises:
        ImportError: torch is not installed; the message names the extra.
    """
    from regnet.training import build as build_module

    return build_module(network, num_classes, seed=seed)
