// Everything is there: show what the URL asks for.

matrix.querySelector(".tools").hidden = false;
document.getElementById("language").hidden = false;
recall();
fit();
route();
