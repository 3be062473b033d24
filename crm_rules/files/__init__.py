"""Files: authored text and data in, with the place of every key and value."""
