"""What ``build.py`` hands over to: one module for each thing it does."""
