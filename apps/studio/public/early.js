// Before anything is painted, and while the first script is still under way. A file of its own, because servers with a
// strict content security policy run no script inside a page.
{
  // The theme that was chosen here before, or the system's.
  let chosen = null
  try {
    chosen = localStorage.getItem('theme')
  } catch {
    // No storage: the system's theme it is.
  }
  const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
  document.documentElement.dataset.theme = chosen === 'light' || chosen === 'dark' ? chosen : system
}
{
  // The browser fetches what the page that the address names will need; see `build/page-links.ts`.
  const [, name] = location.hash.split('/')
  const pages = [...document.querySelectorAll('template[data-page]')]
  const page = pages.find(({ dataset }) => dataset.page === name) ?? pages[0]
  if (page) document.head.append(page.content)
}
