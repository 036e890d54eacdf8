"""Rules that the lectures teach beside the true gradient."""
