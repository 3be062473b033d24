"""The waist: rules and typed expressions as data. No files, no engine, no subject matter."""
