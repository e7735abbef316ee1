// Before the first paint, so that nobody who reads in the dark sees a white flash.
;(function () {
  var kept = null
  try {
    kept = localStorage.getItem('shoal-theme')
  } catch {}
  var dark = kept === 'dark' || (kept !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
})()

// Before the page's own code is there: what its first questions are is known by the address alone. Only
// where somebody is logged in here, and for the screens that show the same whatever the address adds.
;(function () {
  var known = false
  var language = null
  try {
    known = localStorage.getItem('shoal-known') !== null
    language = localStorage.getItem('shoal-language')
  } catch {}
  if (!known) return
  var root = new URL(document.baseURI).pathname.replace(/\/$/, '')
  var questions = ['/api/v1/me', '/api/v1/project']
  var place = location.pathname.slice(root.length) || '/'
  if (!location.search && (place === '/' || place === '/segments')) questions.push('/api/v1/segments', '/api/v1/segments/sizes')
  var asked = new Map()
  questions.forEach(function (path) {
    var headers = language === null ? {} : { 'x-language': language }
    var answer = fetch(root + path, { headers: headers })
    answer.catch(function () {}) // whoever takes it is told
    asked.set(location.origin + root + path, answer)
  })
  window.shoalAhead = { language: language, asked: asked }
})()
