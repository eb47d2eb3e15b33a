import pytest

from regnet import published
from regnet.design.complexity import complexity
from regnet.design.zoo import zoo

PYCLS = published.load("pycls_model_zoo").set_index("model")
PAPER = published.load("paper_models").set_index("model")
MODELS = list(PYCLS.index)
MOBILE = [model for model in MODELS if model.startswith("EfficientNet")]


def integers(text):
    return tuple(int(x) for x in text.split())


def test_the_zoo_has_the_papers_networks():
    assert list(zoo) == [model.lower() for model in MODELS]
    assert len(zoo) == 36


@pytest.mark.parametrize("model", MODELS)
def test_counts_equal_pycls_to_the_unit(model):
    row = PYCLS.loc[model]
    cost = complexity(zoo[model.lower()], resolution=zoo.resolution(model.lower()))
    assert cost.flops == round(row["flops_G"] * 1e9)
    assert cost.params == round(row["params_M"] * 1e6)
    assert cost.acts == round(row["acts_M"] * 1e6)


@pytest.mark.parametrize("model", MODELS)
def test_stages_equal_the_published_configuration(model):
    row, net = PYCLS.loc[model], zoo[model.lower()]
    assert net.depths == integers(row["stage_depths"])
    assert net.widths == integers(row["stage_widths"])
    assert zoo.resolution(model.lower()) == row["train_im_size"]
    if model not in MOBILE:
        assert net.group_widths == integers(row["stage_group_ws"])
        assert (net.se_ratio > 0) == (str(row["se_on"]).lower() == "true")


@pytest.mark.parametrize("model", MOBILE)
def test_mobile_blocks_equal_the_published_configuration(model):
    row, net = PYCLS.loc[model], zoo[model.lower()]
    assert tuple(stage.expansion for stage in net.stages) == integers(row["exp_ratios"])
    assert tuple(stage.kernel for stage in net.stages) == integers(row["kernels"])
    assert net.strides == integers(row["strides"])
    assert (net.stem.width, net.head_width, net.activation) == (row["stem_w"], row["head_w"], row["activation"])


def test_convolution_outputs_equal_the_papers_activations_as_printed_but_once():
    differing = []
    for model in MODELS:
        cost = complexity(zoo[model.lower()], resolution=zoo.resolution(model.lower()))
        if f"{cost.conv_acts / 1e6:.1f}" != f"{PAPER.loc[model, 'acts_M']:.1f}":
            differing.append(model)
    assert differing == ["EfficientNet-B4"]  # 48.5M are printed, 49.5M counted


def test_where_an_efficientnet_would_not_do_it_is_refused():
    assert zoo.anynet("resnet-50") == zoo["resnet-50"]
    with pytest.raises(ValueError, match="efficientnet-b0 has MBConv blocks"):
        zoo.anynet("efficientnet-b0")


def test_an_unknown_network_is_refused_with_a_hint():
    with pytest.raises(KeyError, match=r"regnetx-400'.*did you mean 'regnetx-400mf'"):
        zoo["regnetx-400"]
    with pytest.raises(ValueError, match="no published network 'vgg'"):
        zoo.resolution("vgg")
