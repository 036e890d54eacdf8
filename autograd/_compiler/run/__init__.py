"""Programs run on examples, and by the engine itself where arithmetic fails."""
