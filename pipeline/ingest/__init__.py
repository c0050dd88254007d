"""Files become posts, posts become submissions with eligibility."""
