"""Makes invented data: the demonstration province, and as many obligations as a load test needs."""
