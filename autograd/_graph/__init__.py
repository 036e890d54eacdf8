"""What is recorded: nodes, the operations they hold, and what watches numbers enter and leave."""
