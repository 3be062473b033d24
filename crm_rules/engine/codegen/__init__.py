"""Programs as Python source: a function per stratum, with loops, index lookups and inlined tests."""
