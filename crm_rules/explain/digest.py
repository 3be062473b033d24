"""Short stable ids: hashes of the JSON form of what they stand for."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from json.encoder import encode_basestring_ascii

Content = str | Sequence["Content"]
"""Texts, and lists of them to any depth."""


def digest(content: Content, digits: int) -> str:
    """The first hexadecimal digits of the hash of a content's JSON text."""
    return hashlib.sha256(_json(content).encode()).hexdigest()[:digits]


def _json(content: Content) -> str:
    # What json.dumps gives for lists of texts, without setting up an encoder every time.
    if isinstance(content, str):
        return encode_basestring_ascii(content)
    return "[" + ", ".join(map(_json, content)) + "]"
