"""Memory that is free goes back to the system: after visitors leave, the C library would otherwise keep what their worlds took."""

import ctypes
import gc
import sys


def give_back() -> None:
    """Collect what nobody holds any more and, where the C library can (glibc), hand free memory back; elsewhere nothing happens."""
    gc.collect()
    if sys.platform.startswith("linux"):
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
