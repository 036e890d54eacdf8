"""Laws of derivatives that hold for any engine."""
