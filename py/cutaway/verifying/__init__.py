"""What the stage ``verify`` is made of: reading a written file back and judging it."""
