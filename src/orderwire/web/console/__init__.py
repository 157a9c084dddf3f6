"""The console: one file per screen, a template of the same name."""
