"""What the stage ``refine`` is made of: the edge, and what a user asks of it."""
