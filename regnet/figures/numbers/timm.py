"""What timm calls the published networks and their weights."""

from functools import cache

from regnet.figures.numbers.published_models import Model, models, timm_name

# timm has the paper's own weights for the RegNets alone; for the others the plainest training it lists
TRAINED = {
    "regnetx": "pycls_in1k", "regnety": "pycls_in1k", "efficientnet": "in1k",
    "resnet": "tv_in1k", "resnext-50": "tv_in1k", "resnext-101": "gluon_in1k",
}  # fmt: skip
PORT = "tf_"  # TensorFlow's network, whose asymmetric padding takes time of its own


def architecture(model: Model) -> str:
    """A network's name without weights.

    >>> [architecture(model) for model in models()[::12]]
    ['regnetx_002', 'regnety_002', 'resnet50']
    """
    if model.line:
        return timm_name(model.key)
    family, _, size = model.key.partition("-")
    return {"resnet": f"resnet{size}", "resnext": f"resnext{size}_32x4d"}.get(family, f"{family}_{size}")


def weights(model: Model) -> str:
    """The weights that are shown; "" where timm has none.

    >>> {model.name: weights(model) for model in models("resnext")}
    {'ResNeXt-50': 'resnext50_32x4d.tv_in1k', 'ResNeXt-101': 'resnext101_32x4d.gluon_in1k', 'ResNeXt-152': ''}
    """
    trained = TRAINED.get(model.key) or TRAINED.get(model.family)
    return f"{PORT * (model.family == 'efficientnet')}{architecture(model)}.{trained}" if trained else ""


@cache
def keys() -> dict[str, str]:
    """timm's name of a published network -> the zoo's; a port stands beside timm's own.

    >>> [keys()[name] for name in ("regnety_120", "resnext50_32x4d", "tf_efficientnet_b5")]
    ['regnety-12gf', 'resnext-50', 'efficientnet-b5']
    """
    return {port + architecture(model): model.key for model in models() for port in ("", PORT)}
