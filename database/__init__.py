"""How the database is asked where Django's own way takes too long. Knows no model."""
