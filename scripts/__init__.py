"""Commands for whoever develops, builds or runs the platform."""
