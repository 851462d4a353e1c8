"""The models, and which of them runs where: registry, tiers, policy, models of one's own."""
