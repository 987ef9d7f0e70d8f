"""Tags and filters of the obligations' pages."""
