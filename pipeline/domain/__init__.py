"""The words and rules of grading: pure values and functions. No clock, randomness, files, network or logging."""
