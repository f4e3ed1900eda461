// A key that was not there or not wanted: say so on the page instead of only in the console.
document.addEventListener('allauth.error', event => {
  const sentence = document.getElementById('key-error');
  if (sentence) { sentence.hidden = false; event.preventDefault(); }
});
