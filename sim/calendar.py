"""The calendar of the model."""

YEAR = 4
"""Quarters in a year."""
