prepareModes(data.modes);
emit(...EVENTS);
