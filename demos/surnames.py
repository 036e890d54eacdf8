"""Surnames of mathematicians, physicists and computer scientists, in plain letters: text to learn from."""

from __future__ import annotations

__all__ = ["SURNAMES"]

_TEXT = """
abel adams adleman agnesi ahlfors aiken airy aitken alexandrov alfven amdahl ampere anderson appel
archimedes argand aristarchus arnold artin aryabhata atiyah avogadro babbage backus baer baire balmer banach
bardeen barrow bateman bayes beckmann becquerel bell bellman beltrami berger bergman bernays bernoulli
bernstein bertrand bessel betti bezout bhabha bhaskara bianchi binet birkhoff blackett blackwell bloch
bochner bode bohr boltzmann bolyai bolzano bombieri boole borel born bose boyle bragg brahe brahmagupta
brent brewster broglie bromwich brooks brouwer brown bruno buffon burnside cantor caratheodory cardano
carleman carleson carmichael carnot cartan casimir cassini catalan cauchy cavalieri cavendish cayley celsius
cerf cesaro chandra chaplygin chapman chasles chebyshev cherenkov chern chomsky church clairaut clausius
clebsch clifford codd cohen collatz compton connes conway cooley copernicus coriolis coulomb courant coxeter
cramer cray crelle cremona crick curie curry dalembert dalton darboux darwin davis debye dedekind dehn
delaunay deligne democritus descartes dickson diffie dijkstra dini diophantus dirac dirichlet donaldson
doppler drinfeld dyson eckert eddington edison egorov ehrenfest eilenberg einstein eisenstein engelbart
eotvos eratosthenes erdos erlang escher euclid eudoxus euler fabry faltings faraday fatou feigenbaum fejer
feller fermat fermi feynman fibonacci fields fischer fisher fizeau floquet floyd fock foucault fourier
fraenkel frankel fredholm freedman frege fresnel friedmann frobenius fubini fuchs gabor galerkin galileo
galois galton gamow gauss gegenbauer geiger gelfand gell germain gibbs gilbert givens glauber godel goldbach
goppa gosper gosset goursat graham gram grassmann green gregory grothendieck haar hadamard haken halley
halmos hamilton hamming hankel hardy hartley hartree harvey hasse hausdorff hawking heaviside hecke
heisenberg hellman helmholtz henry hensel hermite heron hertz hess hesse hessenberg hewish higgs hilbert
hipparchus hoare hodge holder hooke hooper hopf hopper horner householder hubble huffman hurwitz huygens
hypatia ising ito iwasawa jacobi janiszewski jansky jensen johnson jordan josephson joule julia kac kahan
kahler kalman kantorovich karatsuba karmarkar karp kelvin kepler kernighan khayyam khinchin kildall killing
kirchhoff kleene klein knuth kolmogorov kovalevskaya kraft kramers krawtchouk kronecker krull kruskal krylov
kuiper kummer kuratowski lagrange laguerre lamarr lambert lame lamport lanczos landau langevin langlands
laplace laurent lavoisier lebesgue legendre leibniz lemaitre leray levi lie lindelof liouville lipschitz
liskov listing littlewood lobachevsky lorentz lorenz lovelace lyapunov lyell mach maclaurin mahler
mandelbrot marconi markov mascheroni maskelyne maupertuis maxwell mccarthy mcculloch meitner mellin menelaus
menger mercator mersenne michelson millikan milnor minkowski minsky mirzakhani mittag mobius moivre monge
moore mordell morse moser muller mumford napier nash navier neumann newton neyman nikodym nobel noether
novikov nyquist oersted ohm onsager oppenheimer ostrowski padoa painleve papert pappus parseval pascal pasch
pauli pauling peano pearson peirce penrose perelman perlis perrin petri pfaff picard planck plateau plato
playfair plemelj plucker poincare poisson polya poncelet pontryagin post postel prandtl prim ptolemy puiseux
pythagoras quine rademacher radon raman ramanujan ramsey rayleigh recorde regge riccati ricci riemann riesz
ritchie ritz rivest robinson roche rolle romberg rontgen rosenblatt runge russell rutherford rydberg sagan
sakharov salam savage schauder schmidt schrodinger schur schwartz schwarz schwinger seidel selberg serre
shamir shannon shor sierpinski simpson smale snell sobolev sommerfeld stark steiner steinmetz stevin
stieltjes stirling stokes stone strachey strassen sturm sylow sylvester szego tarjan tarski tartaglia tate
taylor teichmuller teller tesla thales thompson thomson thue titchmarsh torricelli tukey turing tychonoff
uhlenbeck ulam urysohn vallee vandermonde venn verhulst viete vinogradov volta volterra waals wallis watt
weber wegener weierstrass weil weyl wheeler whitehead whitney wien wiener wigner wiles wilkes wilkinson
wirth witten wronski yang yau young yukawa zariski zassenhaus zeeman zeno zermelo zorn zuse zygmund
"""

SURNAMES = _TEXT.split()
