"""The demo: a company, its suppliers and a story, told through the real doors of a real installation of its own."""
