"""The manual: one Markdown file per topic, printed by ``nir help TOPIC`` and served as ``/help/TOPIC``.

    topics.py    the topics in order, which commands each covers, search by name
    markdown.py  Markdown -> HTML without raw HTML: the only module that imports markdown-it
    *.md         the text: a title, one sentence as the summary, examples, details

The first paragraph of a file is its summary in the list of topics. Examples in ``sh`` blocks are run by tests/test_readme.py, so every
command shown works. To add a topic, write its file and add a line to ``GROUPS`` in topics.py.
"""
