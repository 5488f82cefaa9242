// Before anything is painted: the theme that was chosen here before. A file of its own, because servers with a strict
// content security policy run no script inside a page.
try {
  const theme = localStorage.getItem('theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // No storage: the system's theme it is.
}
