"""The offline reader: a folder that opens by a double click on index.html.

What the files hold is described in docs/reader-data.md; the program that shows them is in
`exporter/writers/reader/`.
"""

from exporter.writers.html.attachments import second_name
from exporter.writers.html.writer import FILE_NAME, HtmlReader

__all__ = ["FILE_NAME", "HtmlReader", "second_name"]
