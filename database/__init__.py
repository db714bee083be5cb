"""How the database is asked where Django's own way is not enough. Knows no model.

Queries whose SQL is written once (`prepared`), decisions one at a time (`turns`), long writes in
portions (`portions`), how long a statement may take (`patience`), and whether the database hangs
(`watch`).
"""
