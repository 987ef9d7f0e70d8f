"""Ways out of the program for a short message: mail, signed posts, robots. Knows no obligations."""
