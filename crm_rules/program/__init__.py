"""From drafts to a frozen program: check, stratify, plan. Knows no files, no engine, no subject."""
