"""What the stage ``read`` is made of: telling a file's kind, its limits, decoding, metadata."""
