"""Layers of Telegram's schema: reading what was kept when Chatkeep spoke an older one.

A row of the archive says by which layer its bytes were made. `N.tl` beside this module is the part
of layer N that messages are made of; it stays here for as long as there may be such rows.
"""

from exporter.telegram.layers.older import LeftOut, Vanished
from exporter.telegram.layers.reading import read_message

__all__ = ["LeftOut", "Vanished", "read_message"]
