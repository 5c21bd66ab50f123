"""Demo data that the project makes itself: the cast, portraits, papers and about twenty loans."""
