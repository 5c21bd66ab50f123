"""What came in from borrowers: the officer hears of it."""
