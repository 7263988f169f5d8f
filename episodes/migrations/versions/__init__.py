"""The steps, oldest first: NNNN_what.py."""
