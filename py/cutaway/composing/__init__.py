"""What the stage ``compose`` is made of: the scene around the subject."""
