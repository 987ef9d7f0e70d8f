"""What every part of the API shares, and the addresses of people, departments and regions."""
