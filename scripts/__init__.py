"""Commands for developing, building and running the platform."""
