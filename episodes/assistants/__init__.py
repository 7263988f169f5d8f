"""The catalog for AI assistants over the Model Context Protocol (``nir mcp``); two tools, ``search`` and ``show``.

    tools.py    what the tools return: documents of the command line, cut to what an assistant can read at once
    server.py   the tools over stdin and stdout; the only module that imports ``mcp``, an optional extra

The tools only read. Results quote what others said and wrote; the server tells the assistant so, and nothing in them is
executed here.
"""
