"""What can go wrong in a demo."""


class DemoError(Exception):
    """The demo did not end as it should; the text says what is wrong."""
