/** What a message's HTML may do while it is looked at: nothing. It is shown without what fetches or runs. */
const POLICY = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">`
const ACTIVE = 'script, iframe, frame, object, embed, link, base, meta, form, audio, video, noscript'
const FETCHED = ['src', 'srcset', 'background', 'poster', 'data']

/** HTML for a frame without scripts; pictures from elsewhere are left out, so that looking tells nobody. */
export function quietened(html: string): string {
  const page = new DOMParser().parseFromString(html, 'text/html')
  for (const one of page.querySelectorAll(ACTIVE)) one.remove()
  for (const one of page.querySelectorAll('*'))
    for (const { name, value } of [...one.attributes])
      if (name.startsWith('on') || (FETCHED.includes(name) && !value.startsWith('data:')) || name === 'href') one.removeAttribute(name)
  return `<!doctype html>${POLICY}${page.documentElement.innerHTML}`
}
