// Before anything is painted: the theme that was chosen here before, or the system's. A file of its own, because
// servers with a strict content security policy run no script inside a page.
{
  let chosen = null
  try {
    chosen = localStorage.getItem('theme')
  } catch {
    // No storage: the system's theme it is.
  }
  const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
  document.documentElement.dataset.theme = chosen === 'light' || chosen === 'dark' ? chosen : system
}
