// What was measured long ago says so, whenever it is read.
const aged = document.getElementById("outdated");
aged.hidden = !(Date.now() - Date.parse(aged.dataset.started) > aged.dataset.days * 864e5);
