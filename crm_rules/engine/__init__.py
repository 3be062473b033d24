"""Engines: same programs, same answers. Engines report what fired; they interpret nothing."""
