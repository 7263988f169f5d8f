"""Encoder and text decoder on a CPU as machine code, in int8 or float32.

A decoder step of many small torch operations costs several times their arithmetic, and more if another program keeps a
core busy, because torch's threads wait for each other in every operation.

Here each thread decodes its own rows from first to last token and waits for no other. Only the product with the
vocabulary, and the cross-attention keys and values, are computed by torch, because they are large. In int8, weights,
keys and values have 8 bits and sums are in float32, so rows are closer to float32 than with int8 products. They are the
same, to the last bit, whatever the other rows are. Measured by ``python -m tests.benchmarks.transcribe``.

jit.py           compile functions with numba (a dependency of whisper), and cache them
arrays.py        the arrays and constants of the kernels
activations.py   kernels: exp, GELU, layer normalization, softmax
forward.py       kernels: the decoder's forward pass with self-attention and cross-attention
quantize.py      kernels: quantization of weights and rows
sampling.py      kernels: greedy decoding; CompiledSampler
weights.py       a decoder's weights as arrays
kv_cache.py      CompiledKVCache
int8_linear.py   Int8Linear: torch's int8 product between two kernels
encoder.py       CompiledEncoder, in int8
text_decoder.py  CompiledTextDecoder and CompiledFloatTextDecoder
dtw.py           dynamic time warping and median filter for word timestamps, in any precision
"""
