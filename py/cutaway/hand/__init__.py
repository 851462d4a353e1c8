"""What is done to a photo's automatic matte by hand."""
