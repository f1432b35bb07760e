"""Address books: where chance finds an organisation.  A country's book is `addresses[c, :book[c]]`, a row or -1.

An organisation takes the first empty address from the hash of its id on, so that those who come and go move nobody else.
"""

import numpy as np
from numba import njit

from agents.draws import bits


@njit(cache=True)
def fill_address_books(k, id, country, staff, addresses, book):
    """Enter all organisations that have staff in their countries' address books."""
    for i in range(len(id)):
        if id[i] >= 0 and staff[i] > 0.0:
            list_address(k, id[i], i, country[i], addresses, book)


@njit(cache=True)
def list_address(k, id, row, c, addresses, book):
    """Give a row the first empty address from the hash of its id."""
    a = np.int64(bits(k, id, 0) % np.uint64(book[c]))
    while addresses[c, a] >= 0:
        a = (a + 1) % book[c]
    addresses[c, a] = row


@njit(cache=True)
def strike_address(k, id, row, c, addresses, book):
    """Empty the address of a row."""
    a = np.int64(bits(k, id, 0) % np.uint64(book[c]))
    for _ in range(book[c]):
        if addresses[c, a] == row:
            addresses[c, a] = -1
            return
        a = (a + 1) % book[c]
