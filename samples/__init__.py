"""Sample lists of an invented province, and the script that makes them."""
