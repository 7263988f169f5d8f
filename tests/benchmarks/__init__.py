"""Figures, not tests: each module is a command that prints what it measured, as ratios within one run."""
