"""The catalog for assistants that speak the Model Context Protocol (``nir mcp``): two tools, ``search`` and ``show``. It only reads.

    tools.py     what the tools give: the documents of the command line, cut to what an assistant can read at once
    server.py    the tools over stdin and stdout; the only file that knows the package ``mcp``, which is an optional extra

What the tools give was said and written by others. The server says so to the assistant, and nothing in it is carried out here.
"""
