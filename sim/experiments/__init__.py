"""Experiments: arms of equal cost on paired seeds, run on any executor, stored as tidy tables."""
