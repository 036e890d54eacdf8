"""`fit` and what it uses: optimizers, schedules, histories, callbacks, compiled steps."""
