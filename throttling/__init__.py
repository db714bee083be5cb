"""How much may be asked for, by whom and from where: counts that all processes share."""
