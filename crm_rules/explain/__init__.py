"""Explanations: what engines report, interpreted. Derivations, their verification, questions, wording."""
