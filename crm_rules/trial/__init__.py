"""Trying out a pack: its examples on every engine, and whether they would notice a change of its rules."""
