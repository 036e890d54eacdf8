recompute();
leaves().forEach(prepareLeaf);
prepareControls();
preparePrinting();
state.step = Math.min(last, fromAddress());
show();
fit();
look();
