"""Where the road touches its surroundings: the engine's face, its native and its browser side."""
