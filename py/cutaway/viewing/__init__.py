"""What the screen is shown while a photo is worked on."""
