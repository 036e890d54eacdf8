"""`fit`, with optimizers, schedules, histories, callbacks and compiled steps."""
