"""Who there is: state as columns, behaviour as plain functions over columns.

Knows numpy, numba and mesa; never `sim` or `scenarios`.
"""
