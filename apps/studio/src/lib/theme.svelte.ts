/** Light or dark: as the system says until the reader chooses. `early.js` has set the first. */

type Theme = 'light' | 'dark'

const { dataset } = document.documentElement
const key = 'theme'
let current = $state<Theme>(dataset.theme === 'dark' ? 'dark' : 'light')

function show(theme: Theme): void {
  current = theme
  dataset.theme = theme
}

function isChosen(): boolean {
  try {
    return localStorage.getItem(key) !== null
  } catch {
    return false
  }
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', ({ matches }) => {
  if (!isChosen()) show(matches ? 'dark' : 'light')
})

export const theme = {
  get current(): Theme {
    return current
  },
  toggle(): void {
    show(current === 'dark' ? 'light' : 'dark')
    try {
      localStorage.setItem(key, current)
    } catch {
      // A browser that stores nothing forgets the choice with the page.
    }
  },
}
