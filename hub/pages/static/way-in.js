// The secret stands behind '#', which no server ever sees. It leaves the address bar at once and goes as a form.
const form = document.getElementById("in");
const secret = location.hash.slice(1);
if (form && secret) {
  history.replaceState(null, "", location.pathname);
  form.elements.secret.value = secret;
  document.body.classList.add("opening");
  form.submit();
}
