preparePlane();
prepareCurve();
prepareSurface();
