"""Settings shared by all tests; fixtures live beside the tests that use them."""

from __future__ import annotations

import os

from hypothesis import settings

# The default makes every run the same; `thorough` looks for what the default has not found yet.
settings.register_profile("default", derandomize=True, deadline=None)
settings.register_profile("thorough", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
