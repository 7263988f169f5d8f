"""The model on a processor in machine code, in int8 or float32.

A step of the decoder in torch's many small operations costs several times what their sums do, and more where another program keeps a core
busy, since torch's threads wait for each other at every one of them.

Each thread writes rows of its own from first to last token and waits for nobody; only the vocabulary's product, and the keys and values
of the sound, which are large, are torch's. In int8, weights, keys and values are 8 bits and what is added up is float32, so rows come
out nearer to float32 than by int8 products. They are the same, to the last bit, whatever stands beside them. Measured by
``python -m tests.benchmarks.transcribe``.

jit.py           functions compiled by numba (which whisper brings)
arrays.py        the arrays that the kernels take
activations.py   kernels: exp, GELU, layer normalisation, softmax
forward.py       kernels: the decoder's forward pass with self-attention and cross-attention
quantize.py      kernels: quantization of weights and rows
sampling.py      kernels: the likeliest token; CompiledSampler
weights.py       a model's weights as the kernels want them
kv_cache.py      what is kept of rows
int8_linear.py   Int8Linear: a layer between two passes of machine code
encoder.py       CompiledEncoder, in int8
text_decoder.py  CompiledTextDecoder and CompiledFloatTextDecoder, each a ``protocols.TextDecoder``
dtw.py           when words were said: time warping and median filter, for any precision
"""
