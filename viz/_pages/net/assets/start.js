emit(...EVENTS);
