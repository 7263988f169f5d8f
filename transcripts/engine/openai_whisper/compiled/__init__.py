"""The model in int8 on a processor: a step of the decoder in torch's many small operations costs several times what their sums do.

Each thread writes rows of its own from first to last token and waits for nobody; only the vocabulary's product, and the keys and values
of the sound, which are large, are torch's. Weights, keys and values are 8 bits, what is added up is float32, so rows come out nearer
to float32 than by int8 products, and the same, to the last bit, whatever stands beside them. Measured by
``python -m tests.benchmarks.transcribe``.

machine_code.py   functions compiled by numba (which whisper brings)
kernels.py   the inner loops
weights.py   a model's weights as the loops want them
slots.py     what is kept of rows
product.py   Int8Linear: a layer between two passes of machine code
encoder.py   CompiledEncoder
network.py   CompiledNetwork, a ``contract.Network``
rules.py     the likeliest token
warping.py   when words were said: time warping and median filter, for any precision
"""
