"""Files: fetched, checked, stored once, and placed into exports."""
