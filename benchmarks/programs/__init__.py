"""Drawing and shrinking programs, measured on a student's engine with known mistakes."""
