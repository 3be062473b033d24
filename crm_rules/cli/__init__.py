"""The command `crm-rules`: arguments, exit codes, progress. Nothing is decided here, and only here is printed."""

from crm_rules.cli.app import main

__all__ = ["main"]
