"""A training step compiled for this CPU, for AnyNets and EfficientNets by the recipes that populations are made of.

The mathematics is that of the plain PyTorch modules, in bfloat16 with float32 sums. What is done otherwise, and why:

- one compiled call a step: autograd, Python and allocation took 30% of PyTorch's step;
- a network is planned once (`forward_plan`, `backward_plan`), its buffers in one block of memory, every offset checked
  before the first step (`bounds`); the step then reads tables (`tables`) and allocates nothing between layers;
- convolutions are matrix products whose left side is gathered through tables of offsets (`convolution_kernels`), so
  that padding, strides and groups cost nothing in between; a data gradient is a convolution too;
- batch norm's sums are taken while the convolution is written, and at inference it is folded into the convolution;
- ReLU's slope is read off its output; what SiLU got is computed again, so that no map more is kept (`activations`);
- weights are float32 in one flat vector, which SGD passes over once, and are rounded to bfloat16 once a step;
- what few channels leave of a register is filled with neighbouring pixels (`norm_kernels`) or zeros (`layout`).

Vector code is written as LLVM IR (`emit`), since numba has no bfloat16: for AVX-512 with its bfloat16 products, and for
AVX-512 and AVX2 in float32 arithmetic on bfloat16 storage (`isa`). The three give different digits. What it does not
know (`engine.refusal`) PyTorch trains.
"""
