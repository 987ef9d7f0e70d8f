"""Who: regions, departments, names in time, users, roles, sign-in, audit trail."""
