"""The files that a fresh installation starts with; each teaches its own format in comments."""
