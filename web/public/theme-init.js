// Before the first paint, so that nobody who reads in the dark sees a white flash.
;(function () {
  var kept = null
  try {
    kept = localStorage.getItem('shoal-theme')
  } catch {}
  var dark = kept === 'dark' || (kept !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
})()
