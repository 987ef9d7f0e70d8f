"""提醒: what each person is told on a working day, how it is sent, and what each one chose."""
