"""What channels over HTTP share: the guarded way out, settings, logins, and what a status means."""
